/**
 * Settings of one file, and how those of several are changed as one step that can be undone. What a change brings
 * about is elsewhere.
 */
import type { FileEntry } from './entry.svelte.ts';
import type { Step, StepPart, Steps } from './steps.svelte.ts';

export class Edited<S extends object> {
  settings = $state.raw() as S;
  readonly same: (a: S, b: S) => boolean;

  constructor(settings: S, same: (a: S, b: S) => boolean) {
    this.settings = settings;
    this.same = same;
  }

  /** Sets values that are no step: what is remembered of a file. */
  put(values: Partial<S>): void {
    this.settings = { ...this.settings, ...values };
  }
}

/** @returns the files whose settings were changed */
export function editTogether<S extends object>(
  steps: Steps,
  entries: readonly FileEntry[],
  workOf: (entry: FileEntry) => Edited<S>,
  next: Partial<S> | ((settings: S, entry: FileEntry) => Partial<S>),
  about: Pick<Step, 'what' | 'workspace'> & {
    /** Changes with the same gesture are one step. */
    readonly gesture?: string | null;
  },
): readonly FileEntry[] {
  const { gesture = null, ...step } = about;
  const parts = entries.flatMap((entry): StepPart[] => {
    const work = workOf(entry);
    const patch = typeof next === 'function' ? next(work.settings, entry) : next;
    const changed = { ...work.settings, ...patch };
    if (work.same(changed, work.settings)) return [];
    let other = work.settings;
    work.settings = changed;
    const swap = (): void => {
      [work.settings, other] = [other, work.settings];
    };
    return [{ entry, of: work, swap }];
  });
  if (parts.length > 0) steps.record({ ...step, parts }, gesture);
  return parts.map(({ entry }) => entry);
}

/** True when a value is the same for all files; where it differs it is shown as mixed. */
export function alike<S extends object>(
  entries: readonly FileEntry[],
  workOf: (entry: FileEntry) => Edited<S>,
  value: (settings: S) => unknown,
): boolean {
  const [first, ...rest] = entries.map((entry) => value(workOf(entry).settings));
  return rest.every((one) => one === first);
}
