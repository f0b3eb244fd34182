/**
 * What was done, in the order in which it was done, and taking it back: one list for all photos and workspaces, so
 * that undo goes to the photo that a step belongs to. Changes of one gesture (a slider being dragged) are one step:
 * they share a key until `settle` ends the gesture. What a step changes is its own affair.
 */
import type { FileEntry } from './entry.svelte.ts';

const LIMIT = 200;

/** One file's share of a step. */
export interface StepPart {
  readonly entry: FileEntry;
  /** What it changes: of one gesture the first change of it counts. */
  readonly of: object;
  /** Takes the change back, or makes it again: called in turns. */
  readonly swap: () => void;
}

export interface Step {
  /** What was done, in a few words. */
  readonly what: string;
  /** Where it is seen; null: everywhere. */
  readonly workspace: string | null;
  readonly parts: readonly StepPart[];
}

export class Steps {
  #past = $state.raw<readonly Step[]>([]);
  #future = $state.raw<readonly Step[]>([]);
  #gesture: string | null = null;
  /** Hears of each change, also where it is taken back. */
  onchange: ((step: Step) => void) | null = null;

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Remembers what has just been done. `gesture` joins it to the step before, if it is the same. */
  record(step: Step, gesture: string | null = null): void {
    this.onchange?.(step);
    const last = this.#past.at(-1);
    if (last && gesture !== null && gesture === this.#gesture) {
      const more = step.parts.filter(({ of }) => last.parts.every((part) => part.of !== of));
      if (more.length > 0)
        this.#past = [...this.#past.slice(0, -1), { ...last, parts: [...last.parts, ...more] }];
      return;
    }
    this.#gesture = gesture;
    this.#past = [...this.#past, step].slice(-LIMIT);
    this.#future = [];
  }

  /** Ends a gesture; the next change is a step of its own. */
  settle(): void {
    this.#gesture = null;
  }

  /** Takes the last step back. Returns it; null: there is none. */
  undo(): Step | null {
    const step = this.#past.at(-1);
    if (!step) return null;
    this.#past = this.#past.slice(0, -1);
    this.#future = [...this.#future, step];
    return this.#swap(step);
  }

  /** Does again what was taken back last. */
  redo(): Step | null {
    const step = this.#future.at(-1);
    if (!step) return null;
    this.#future = this.#future.slice(0, -1);
    this.#past = [...this.#past, step];
    return this.#swap(step);
  }

  #swap(step: Step): Step {
    this.#gesture = null;
    for (const { swap } of step.parts) swap();
    this.onchange?.(step);
    return step;
  }
}
