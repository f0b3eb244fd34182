/**
 * Undo and redo of one value. Steps of one gesture (a slider being dragged) become one entry: they
 * share a key until `settle` ends the gesture.
 */
const LIMIT = 200;

export class History<T> {
  #past = $state.raw<readonly T[]>([]);
  #future = $state.raw<readonly T[]>([]);
  #gesture: string | null = null;

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Remembers the value before a change. `gesture` joins it to the change before, if it is the same. */
  record(before: T, gesture: string | null = null): void {
    if (gesture !== null && gesture === this.#gesture) return;
    this.#gesture = gesture;
    this.#past = [...this.#past, before].slice(-LIMIT);
    this.#future = [];
  }

  /** Ends a gesture; the next change is an entry of its own. */
  settle(): void {
    this.#gesture = null;
  }

  /** The value to go back to, or null. `current` becomes what redo returns to. */
  undo(current: T): T | null {
    return this.#step(current, 'undo');
  }

  redo(current: T): T | null {
    return this.#step(current, 'redo');
  }

  #step(current: T, direction: 'undo' | 'redo'): T | null {
    const from = direction === 'undo' ? this.#past : this.#future;
    const value = from.at(-1);
    if (value === undefined) return null;
    const rest = from.slice(0, -1);
    if (direction === 'undo') {
      this.#past = rest;
      this.#future = [...this.#future, current];
    } else {
      this.#future = rest;
      this.#past = [...this.#past, current];
    }
    this.#gesture = null;
    return value;
  }
}
