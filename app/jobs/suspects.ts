/**
 * Files that were being decoded when the engine died. Twice is no accident: such a file is not
 * decoded again until it changes on the disk.
 */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { HourglassError } from '../contract/index.ts';
import { say } from './sentences.ts';

export class Suspects {
  readonly #deaths = new Map<string, number>();

  accuse(path: string): void {
    const print = fingerprint(path);
    this.#deaths.set(print, this.deaths(path) + 1);
  }

  deaths(path: string): number {
    return this.#deaths.size === 0 ? 0 : (this.#deaths.get(fingerprint(path)) ?? 0);
  }

  /** @throws HourglassError engine-died for a file that ended the engine twice */
  refuseConvicted(path: string): void {
    if (this.deaths(path) < 2) return;
    throw new HourglassError('engine-died', say('notOpenedAgain', { name: basename(path) }), {
      details: { reason: say('endedEngineTwice'), source: path },
    });
  }
}

/** Path, size and time of change: an edited file gets a new chance. */
function fingerprint(path: string): string {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts ? `${path}\n${facts.size}\n${facts.mtimeMs}` : path;
}
