/** Settings that are changed step by step, with undo and redo. What a change brings about is elsewhere. */
import { History } from './history.svelte.ts';

export class Edited<S extends object> {
  settings = $state.raw() as S;
  readonly #history = new History<S>();
  readonly #same: (a: S, b: S) => boolean;

  constructor(settings: S, same: (a: S, b: S) => boolean) {
    this.settings = settings;
    this.#same = same;
  }

  get canUndo(): boolean {
    return this.#history.canUndo;
  }

  get canRedo(): boolean {
    return this.#history.canRedo;
  }

  /** Changes the settings as one step of undo; changes with the same gesture are one step. */
  edit(patch: Partial<S>, gesture: string | null = null): boolean {
    const next = { ...this.settings, ...patch };
    if (this.#same(next, this.settings)) return false;
    this.#history.record(this.settings, gesture);
    this.settings = next;
    return true;
  }

  /** Ends a gesture; the next change is an entry of its own. */
  settle(): void {
    this.#history.settle();
  }

  undo(): boolean {
    return this.#take(this.#history.undo(this.settings));
  }

  redo(): boolean {
    return this.#take(this.#history.redo(this.settings));
  }

  #take(settings: S | null): boolean {
    if (settings === null) return false;
    this.settings = settings;
    return true;
  }
}
