/**
 * The pixels of one frame of an open document: let go when memory is short, decoded again when they are
 * asked for, and refused once a file on the disk is another one (`source-files.ts`).
 */
import type { Plane } from '../../contract/index.ts';
import { decodeImage, sourceFilesOf } from '../decode.ts';
import { Pyramid } from '../pyramid.ts';
import type { Readers } from '../readers.ts';
import type { DecodedImage, DecodeLimits } from '../types.ts';
import type { DocumentMemory, Holding } from './memory.ts';
import type { SourceFiles } from './source-files.ts';

export interface SourceInMemory {
  readonly image: DecodedImage;
  readonly pyramid: Pyramid;
}

export interface SourcePixelsOptions {
  /** null: not decoded yet. */
  readonly image: DecodedImage | null;
  readonly frame: number;
  readonly page: number;
  readonly plane: Plane | undefined;
  readonly files: SourceFiles;
  /** Memory of the pixels and their pyramid. */
  readonly fullBytes: number;
  readonly limits: DecodeLimits;
  readonly readers: Readers;
  readonly memory: DocumentMemory;
  readonly pinned: () => boolean;
  /** Takes what belongs to the whole document from there. */
  readonly inDocument: (image: DecodedImage) => DecodedImage;
}

export class SourcePixels implements Holding {
  readonly #options: Omit<SourcePixelsOptions, 'image'>;
  #pixels: SourceInMemory | null = null;
  #loading: Promise<SourceInMemory> | null = null;
  #closed = false;

  constructor({ image, ...options }: SourcePixelsOptions) {
    this.#options = options;
    if (image) this.#pixels = { image, pyramid: new Pyramid(image.raster) };
  }

  get fullBytes(): number {
    return this.#options.fullBytes;
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

  /** Nobody needs it any more; what is being decoded is not kept. */
  close(): void {
    this.#closed = true;
    this.letGo();
    this.#options.memory.forget(this);
  }

  /** @throws HourglassError document-not-open: the file has changed; as `decodeImage` */
  async get(): Promise<SourceInMemory> {
    this.#options.files.check();
    this.#loading ??= this.#pixels ? null : this.#decode();
    const pixels = this.#pixels ?? (await this.#loading!);
    if (!this.#closed) this.#options.memory.use(this);
    return pixels;
  }

  async #decode(): Promise<SourceInMemory> {
    const { files, frame, page, plane, limits, readers, inDocument } = this.#options;
    const { paths } = files;
    try {
      const decoded = await decodeImage({
        ...{ path: paths[0]!, files: paths, frame, page, plane, limits, readers },
      });
      files.compare(sourceFilesOf(decoded));
      const image = inDocument(decoded);
      const pixels = { image, pyramid: new Pyramid(image.raster) };
      if (!this.#closed) this.#pixels = pixels;
      return pixels;
    } finally {
      this.#loading = null;
    }
  }
}
