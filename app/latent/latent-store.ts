/**
 * The latents of a whole picture before quantisation, kept while the same picture is encoded at several
 * qualities: in memory while they are few, else in a temporary file (a 100-megapixel picture has 1.2 GB
 * of them).
 */
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAll } from '../pixels/formats/splice.ts';
import { writeError } from '../pixels/output-place.ts';
import { createTemporaryFolder, removeTemporary } from '../pixels/temporaries.ts';
import { HourglassError } from '../contract/index.ts';
import { say } from './sentences.ts';

/** Latents kept in memory, bytes: those of 21 megapixels. */
const IN_MEMORY = 256e6;

interface Place {
  readonly at: number;
  readonly length: number;
}

export class LatentStore {
  readonly #memory: Map<number, Float32Array> | null;
  readonly #places = new Map<number, Place>();
  readonly #bytes: number;
  #folder: string | null = null;
  #file: FileHandle | null = null;
  #end = 0;

  /** @param inMemory bytes that may be kept in memory, for tests */
  constructor(values: number, inMemory = IN_MEMORY) {
    this.#bytes = 4 * values;
    this.#memory = this.#bytes <= inMemory ? new Map() : null;
  }

  async put(index: number, y: Float32Array): Promise<void> {
    if (this.#memory) {
      this.#memory.set(index, y);
      return;
    }
    const place = { at: this.#end, length: y.length };
    this.#end += y.byteLength;
    this.#places.set(index, place);
    const bytes = new Uint8Array(y.buffer, y.byteOffset, y.byteLength);
    try {
      await writeAll(await this.#open(), bytes, place.at);
    } catch (error) {
      throw writeError(error, say('temporaryData'));
    }
  }

  async get(index: number): Promise<Float32Array> {
    const kept = this.#memory?.get(index);
    if (kept) return kept;
    const place = this.#places.get(index);
    if (!place || !this.#file)
      throw new HourglassError('internal', say('latentsTileNotKept', { index }));
    const y = new Float32Array(place.length);
    const bytes = new Uint8Array(y.buffer);
    for (let done = 0; done < bytes.length;) {
      const { bytesRead } = await this.#file.read(
        bytes,
        done,
        bytes.length - done,
        place.at + done,
      );
      if (bytesRead === 0) throw new HourglassError('internal', say('fileKeptLatentsCutShort'));
      done += bytesRead;
    }
    return y;
  }

  /** Two tiles may come at once: they share the file. */
  async #open(): Promise<FileHandle> {
    this.#opening ??= (async () => {
      this.#folder = await createTemporaryFolder({ bytes: this.#bytes, what: say('picture') });
      this.#file = await open(join(this.#folder, 'latents'), 'wx+', 0o600);
      return this.#file;
    })();
    return this.#opening;
  }
  #opening: Promise<FileHandle> | null = null;

  /** Safe at any time, also twice. */
  async close(): Promise<void> {
    this.#memory?.clear();
    await this.#opening?.catch(() => undefined);
    await this.#file?.close();
    this.#file = null;
    if (this.#folder) removeTemporary(this.#folder);
    this.#folder = null;
  }
}
