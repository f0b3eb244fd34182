/**
 * The pixels of an open file: let go when memory is short, decoded again when they are asked for, and
 * refused once the file on the disk is another one.
 */
import { statSync } from 'node:fs';
import { HourglassError } from '../../contract/index.ts';
import { decodeImage } from '../decode.ts';
import { Pyramid } from '../pyramid.ts';
import type { Readers } from '../readers.ts';
import type { DecodedImage, DecodeLimits } from '../types.ts';
import { rasterBytes } from './layer.ts';
import type { DocumentMemory, Holding } from './memory.ts';

export interface SourceInMemory {
  readonly image: DecodedImage;
  readonly pyramid: Pyramid;
}

export interface SourcePixelsOptions {
  readonly image: DecodedImage;
  /** For sentences. */
  readonly name: string;
  readonly limits: DecodeLimits;
  readonly readers: Readers;
  readonly memory: DocumentMemory;
  readonly pinned: () => boolean;
  /** Called once, when the file turns out to be another one. */
  readonly onchanged: (error: HourglassError) => void;
}

/** The file is looked at again at most this often, milliseconds. */
const LOOK_EVERY = 1000;

export class SourcePixels implements Holding {
  readonly fullBytes: number;
  readonly #options: Omit<SourcePixelsOptions, 'image'>;
  readonly #path: string;
  /** Size and time of the file when it was opened. */
  readonly #opened: { readonly bytes: number; readonly modifiedMs: number };
  #pixels: SourceInMemory | null;
  #loading: Promise<SourceInMemory> | null = null;
  #changed: HourglassError | null = null;
  #lookedAt = -Infinity;

  constructor({ image, ...options }: SourcePixelsOptions) {
    this.#options = options;
    this.#path = image.path;
    this.#opened = { bytes: image.bytes, modifiedMs: image.metadata.modifiedMs };
    this.#pixels = { image, pyramid: new Pyramid(image.raster) };
    this.fullBytes = rasterBytes(image.raster);
  }

  get bytes(): number {
    return this.#pixels ? this.fullBytes : 0;
  }

  get pinned(): boolean {
    return this.#options.pinned();
  }

  letGo(): void {
    this.#pixels = null;
  }

  /** @throws HourglassError document-not-open: the file has changed; as `decodeImage` */
  async get(): Promise<SourceInMemory> {
    this.check();
    this.#loading ??= this.#pixels ? null : this.#decodeAgain();
    const pixels = this.#pixels ?? (await this.#loading!);
    this.#options.memory.use(this);
    return pixels;
  }

  /** True while the file on the disk is the one that was opened. Looks now. */
  get isCurrent(): boolean {
    return this.#look() && this.#changed === null;
  }

  /** @throws HourglassError document-not-open: the file has changed, as seen within the last second */
  check(): void {
    if (performance.now() - this.#lookedAt > LOOK_EVERY) this.#look();
    if (this.#changed) throw this.#changed;
  }

  /** Is the file there? What was taken away can still be looked at. */
  #look(): boolean {
    this.#lookedAt = performance.now();
    const facts = statSync(this.#path, { throwIfNoEntry: false });
    if (facts && !this.#same({ bytes: facts.size, modifiedMs: facts.mtimeMs })) this.#change();
    return facts !== undefined;
  }

  #same({ bytes, modifiedMs }: { readonly bytes: number; readonly modifiedMs: number }): boolean {
    return bytes === this.#opened.bytes && modifiedMs === this.#opened.modifiedMs;
  }

  #change(): HourglassError {
    if (this.#changed) return this.#changed;
    this.#changed = new HourglassError(
      'document-not-open',
      `${this.#options.name} was changed on the disk after it was opened.`,
      { hint: 'Open it again to work on the file as it is now.' },
    );
    this.#pixels = null;
    this.#options.onchanged(this.#changed);
    return this.#changed;
  }

  async #decodeAgain(): Promise<SourceInMemory> {
    const { limits, readers } = this.#options;
    try {
      const image = await decodeImage({ path: this.#path, limits, readers });
      if (!this.#same({ bytes: image.bytes, modifiedMs: image.metadata.modifiedMs }))
        throw this.#change();
      this.#pixels = { image, pyramid: new Pyramid(image.raster) };
      return this.#pixels;
    } finally {
      this.#loading = null;
    }
  }
}
