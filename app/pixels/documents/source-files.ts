/**
 * The files of an open document, and whether they are still the ones that were opened. One change spoils
 * all of it: what is open is one thing, wherever it comes from. Their pixels are `source-pixels.ts`.
 */
import { HourglassError } from '../../contract/index.ts';
import { lookAnew, lookAt, type FileFacts } from '../looks.ts';
import type { SourceFile } from '../types.ts';
import { say } from './sentences.ts';

export interface SourceFilesOptions {
  /** As they were when the document was opened; the first one names it. */
  readonly files: readonly SourceFile[];
  /** For sentences. */
  readonly name: string;
  /** Called once, when one of them turns out to be another one. */
  readonly onchanged: (error: HourglassError) => void;
}

const isSame = (one: Omit<SourceFile, 'path'>, other: Omit<SourceFile, 'path'>): boolean =>
  one.bytes === other.bytes && one.modifiedMs === other.modifiedMs;

export class SourceFiles {
  readonly paths: readonly string[];
  readonly #options: SourceFilesOptions;
  #changed: HourglassError | null = null;

  constructor(options: SourceFilesOptions) {
    this.#options = options;
    this.paths = options.files.map(({ path }) => path);
  }

  /** True while the files on the disk are those that were opened. Looks now. */
  get areCurrent(): boolean {
    return this.#look(lookAnew) && this.#changed === null;
  }

  /** @throws HourglassError document-not-open: one has changed, as seen within the last second */
  check(): void {
    this.#look(lookAt);
    if (this.#changed) throw this.#changed;
  }

  /** @param read as they are now @throws HourglassError document-not-open: one has changed */
  compare(read: readonly SourceFile[]): void {
    const { files } = this.#options;
    const same = read.every((file, i) => file.path === files[i]!.path && isSame(file, files[i]!));
    if (read.length !== files.length || !same) throw this.#change();
  }

  /** Are they all there? What was taken away can still be looked at. */
  #look(look: (path: string) => FileFacts | null): boolean {
    let all = true;
    for (const file of this.#options.files) {
      let facts = look(file.path);
      // The look may be older than the file that was opened.
      if (look === lookAt && !(facts && isSame(file, facts))) facts = lookAnew(file.path);
      if (!facts) all = false;
      else if (!isSame(file, facts)) this.#change();
    }
    return all;
  }

  #change(): HourglassError {
    if (this.#changed) return this.#changed;
    this.#changed = new HourglassError(
      'document-not-open',
      say('changedOnDisk', { name: this.#options.name }),
      { hint: say('openAgain') },
    );
    this.#options.onchanged(this.#changed);
    return this.#changed;
  }
}
