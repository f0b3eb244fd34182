/**
 * The three first steps, shown beside the first picture that somebody opens: compare, adjust, export. Gone to the end or dismissed they
 * do not come back by themselves, in this or any later session; the help menu shows them again.
 */
import type { PreferenceStore } from './preferences.svelte.ts';

export const tourSteps = ['compare', 'adjust', 'export'] as const;
export type TourStep = (typeof tourSteps)[number];

export class Tour {
  #at = $state(0);

  readonly #kept: Pick<PreferenceStore, 'tourDone' | 'set'>;

  constructor(kept: Pick<PreferenceStore, 'tourDone' | 'set'>) {
    this.#kept = kept;
  }

  /** null: it is over. */
  get step(): TourStep | null {
    return this.#kept.tourDone ? null : (tourSteps[this.#at] ?? null);
  }

  /** From 1. */
  get number(): number {
    return this.#at + 1;
  }

  get isLast(): boolean {
    return this.#at === tourSteps.length - 1;
  }

  back(): void {
    this.#at = Math.max(0, this.#at - 1);
  }

  next(): void {
    if (this.isLast) this.dismiss();
    else this.#at += 1;
  }

  /** For ever. */
  dismiss(): void {
    this.#kept.set({ tourDone: true });
  }

  again(): void {
    this.#at = 0;
    this.#kept.set({ tourDone: false });
  }
}
