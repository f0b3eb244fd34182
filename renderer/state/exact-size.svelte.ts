/**
 * The exact size of a file before it is saved: the export itself, written where nobody sees it and removed. Made when a
 * person asks; from then on it follows the picture and its settings, until the session ends.
 */
import type { HostBridge, HourglassEvent } from '../../app/contract/index.ts';
import { Answer } from './answer.svelte.ts';
import type { FileEntry } from './entry.svelte.ts';
import type { ExportPlan, Written } from './export-plan.ts';

/** Further changes within this time join the measurement that is about to start, milliseconds. */
const DEBOUNCE = 500;

/** What is said of a file that would be written. */
export interface FileSize extends Pick<Written, 'bytes'> {
  /** Where a size was asked for: the best quality that fits. */
  readonly quality?: number;
  /** The size at one step of quality more, which does not fit; null: there is no more. */
  readonly next?: { readonly quality: number; readonly bytes: number } | null;
}

export class ExactSize {
  /** Somebody wants to know. */
  wanted = $state(false);
  readonly answer = new Answer<FileSize>('size');

  readonly #bridge: Pick<HostBridge, 'run'>;
  /** What the answer is of, or is being made for. */
  #key = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(bridge: Pick<HostBridge, 'run'>) {
    this.#bridge = bridge;
  }

  /** True while the answer, or its failure, is of this file. */
  isOf(entry: FileEntry, plan: ExportPlan): boolean {
    return this.#key === keyOf(entry, plan);
  }

  /** Makes the answer one of this file, unless it is, or failed so. */
  follow(entry: FileEntry, plan: ExportPlan): void {
    clearTimeout(this.#timer);
    const key = keyOf(entry, plan);
    if (!this.wanted || (this.#key === key && this.answer.status !== 'none')) return;
    this.leave();
    this.#timer = setTimeout(() => {
      this.#key = key;
      void this.answer.start(async ({ job, signal }) => {
        const input = { ...plan.input, source: await entry.admitted } as never;
        return (await this.#bridge.run(plan.command, input, {
          ...{ job, signal, trial: true },
        })) as FileSize;
      });
    }, DEBOUNCE);
  }

  /** Nothing is asked for any more: what runs is cancelled. */
  leave(): void {
    clearTimeout(this.#timer);
    if (!this.answer.busy) return;
    this.answer.lose();
    this.#key = '';
  }

  /** The person has it end. */
  cancel(): void {
    this.wanted = false;
    this.leave();
  }

  onJob(event: Extract<HourglassEvent, { type: 'job' }>): void {
    this.answer.onJob(event);
  }
}

/** A file of another name or folder has the same size. */
const keyOf = (entry: FileEntry, { command, input, settings }: ExportPlan): string =>
  JSON.stringify([entry.id, entry.source, command, settings, { ...input, out: '' }]);
