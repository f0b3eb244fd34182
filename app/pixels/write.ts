/**
 * Writes an image atomically: rows in, then one file that appears whole under its name, or nothing.
 * Carries profile, metadata and dates over. Names are chosen in `naming.ts`; what temporary files
 * there are and how they go is in `temporaries.ts`; encoders and containers are in `formats/`.
 */
import { link, mkdir, open, rename, rmdir, stat, utimes, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HourglassError, throwIfCancelled, type Notice } from '../contract/index.ts';
import { avifEdits } from './formats/bmff.ts';
import { jpegEdits, pngEdits, webpEdits } from './formats/containers.ts';
import { encodeRows } from './formats/encode.ts';
import { spliceCopy, writeAll, type Edit } from './formats/splice.ts';
import { TiffWriter } from './formats/tiff.ts';
import { interpretation, vipsHeader, vipsTrailer } from './formats/vips-file.ts';
import { fileAsSource } from './metadata/tiff-file.ts';
import { planOutput, type OutputPlan } from './output-plan.ts';
import { bytesPerSample, type Samples } from './raster.ts';
import { sameFile } from './same-file.ts';
import { convertSamples, withoutAlpha } from './samples.ts';
import {
  createTemporaryFolder,
  forgetTemporary,
  removeTemporary,
  sweepTemporaries,
  temporaryFolder,
  temporaryNameIn,
  unlinkIfThere,
} from './temporaries.ts';
import type { ImageWriter, WriteRequest } from './types.ts';
import { inDecodeSlot, vipsMessage } from './vips.ts';

/**
 * Begins an output. Refuses at once what could not be finished.
 * Rows may be of any sample type: they are converted (rounded, clipped) to what is stored.
 * @throws HourglassError output-exists, output-is-source, output-unsupported, output-not-writable
 */
export async function createWriter(request: WriteRequest): Promise<ImageWriter> {
  const plan = await planOutput(request);
  await refuseOccupied(request);
  const writer = new AtomicWriter(request, plan);
  try {
    await writer.begin();
    return writer;
  } catch (error) {
    await writer.abort();
    throw writeError(error, request.path);
  }
}

async function refuseOccupied(request: WriteRequest): Promise<void> {
  if (await sameFile(request.path, request.from.path))
    throw new HourglassError(
      'output-is-source',
      `The output would overwrite the original ${basename(request.from.path)}.`,
    );
  const facts = await stat(request.path).catch(() => null);
  if (facts?.isDirectory())
    throw new HourglassError(
      'output-not-writable',
      `${request.path} is a folder; an output needs a file name.`,
    );
  if (facts && !request.overwrite) throw outputExists(request.path);
}

/** An output's name is taken. */
export const outputExists = (path: string): HourglassError =>
  new HourglassError('output-exists', `${basename(path)} exists already in ${dirname(path)}.`);

/** What a failed file system call while writing means. */
function writeError(error: unknown, path: string): Error {
  if (error instanceof HourglassError) return error;
  const { code } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOSPC: `the disk is full (temporary files go to ${temporaryFolder()}, or where HOURGLASS_TEMP says)`,
    EDQUOT: 'the quota of the disk is used up',
    EACCES: 'the folder may not be written to',
    EPERM: 'the folder may not be written to',
    EROFS: 'the disk is read-only',
    ENAMETOOLONG: 'the name is too long',
    ENOTDIR: 'a part of its path is a file, not a folder',
  };
  const reason = (code && reasons[code]) ?? vipsMessage(error);
  return new HourglassError(
    'output-not-writable',
    `${basename(path)} can not be written: ${reason}.`,
    { cause: error },
  );
}

class AtomicWriter implements ImageWriter {
  readonly #request: WriteRequest;
  readonly #plan: OutputPlan;
  /** First folder that was created for the output; removed again on abort when it is empty. */
  #createdFolder: string | null = null;
  #temporary: string | null = null;
  #rows: FileHandle | null = null;
  #tiff: TiffWriter | null = null;
  #written = 0;
  #position = 0;
  #ended = false;

  constructor(request: WriteRequest, plan: OutputPlan) {
    this.#request = request;
    this.#plan = plan;
  }

  get #rowsPath(): string {
    return join(this.#temporary!, this.#request.format === 'tiff' ? 'encoded.tif' : 'rows.v');
  }

  async begin(): Promise<void> {
    const folder = dirname(this.#request.path);
    this.#createdFolder = (await mkdir(folder, { recursive: true })) ?? null;
    sweepTemporaries(folder);
    this.#temporary = await createTemporaryFolder();
    this.#rows = await open(this.#rowsPath, 'wx', 0o600);
    const { layout, blobs } = this.#plan;
    if (this.#request.format === 'tiff') {
      this.#tiff = new TiffWriter(this.#rows, layout, blobs, this.#request.mark.software);
      await this.#tiff.begin();
    } else {
      await this.#append(vipsHeader({ ...layout, density: blobs.density }));
    }
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await writeAll(this.#rows!, bytes, this.#position);
    this.#position += bytes.length;
  }

  async writeRows(samples: Samples, rows: number): Promise<void> {
    const { width, height, channels } = this.#request;
    if (this.#ended || !this.#rows)
      throw new HourglassError('internal', 'Rows were written after the end.');
    if (samples.length !== rows * width * channels || this.#written + rows > height)
      throw new HourglassError(
        'internal',
        `Expected whole rows of ${width} × ${channels} samples, ${height} in all.`,
      );
    try {
      const colours = this.#plan.dropAlpha ? withoutAlpha(samples, channels) : samples;
      const stored = convertSamples(colours, this.#plan.layout.sampleType);
      if (this.#tiff) await this.#tiff.writeRows(stored);
      else await this.#append(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
      this.#written += rows;
    } catch (error) {
      throw writeError(error, this.#request.path);
    }
  }

  async finish(signal: AbortSignal): Promise<{ bytes: number; notices: Notice[] }> {
    if (this.#ended || !this.#rows)
      throw new HourglassError('internal', 'The output was finished twice.');
    if (this.#written !== this.#request.height)
      throw new HourglassError(
        'internal',
        `Only ${this.#written} of ${this.#request.height} rows were written.`,
      );
    try {
      throwIfCancelled(signal);
      const encoded = await this.#encode(signal);
      const bytes = await this.#publish(encoded, signal);
      this.#ended = true;
      removeTemporary(this.#temporary!);
      return { bytes, notices: [...this.#plan.notices] };
    } catch (error) {
      await this.abort();
      throw writeError(error, this.#request.path);
    }
  }

  /** The encoded file and the edits that put metadata into it. */
  async #encode(
    signal: AbortSignal,
  ): Promise<{ path: string; edits: (file: FileHandle, length: number) => Promise<Edit[]> }> {
    const { format, quality } = this.#request;
    const { layout, blobs, lossless } = this.#plan;
    if (this.#tiff) {
      await this.#tiff.finish();
      await this.#closeRows();
      return { path: this.#rowsPath, edits: () => Promise.resolve([]) };
    }
    await this.#append(vipsTrailer(this.#plan.encoderBlobs));
    await this.#closeRows();
    const output = join(this.#temporary!, `encoded.${format}`);
    if (format === 'tiff') throw new HourglassError('internal', 'TIFF has a writer of its own.');
    await inDecodeSlot(() => {
      throwIfCancelled(signal);
      return encodeRows(this.#rowsPath, output, {
        format,
        quality,
        lossless,
        space: interpretation(layout).name,
        sampleType: layout.sampleType,
      });
    });
    throwIfCancelled(signal);
    unlinkIfThere(this.#rowsPath);
    const edits = (file: FileHandle, length: number): Promise<Edit[]> => {
      const source = fileAsSource(file, length);
      if (format === 'jpeg') return jpegEdits(source, blobs);
      if (format === 'png') return pngEdits(source, blobs);
      if (format === 'webp') return webpEdits(source, blobs, layout);
      return avifEdits(source, blobs);
    };
    return { path: output, edits };
  }

  async #closeRows(): Promise<void> {
    await this.#rows?.close();
    this.#rows = null;
  }

  /** Copies the bytes next to the output, makes them durable, and gives them their name. */
  async #publish(
    encoded: { path: string; edits: (file: FileHandle, length: number) => Promise<Edit[]> },
    signal: AbortSignal,
  ): Promise<number> {
    const { path, from, overwrite } = this.#request;
    const temporary = temporaryNameIn(dirname(path));
    try {
      const source = await open(encoded.path, 'r');
      let bytes: number;
      try {
        const target = await open(temporary, 'wx');
        try {
          const { size } = await source.stat();
          bytes = await spliceCopy(source, target, size, await encoded.edits(source, size), signal);
          await target.utimes(from.metadata.accessedMs / 1000, from.metadata.modifiedMs / 1000);
          await target.sync();
        } finally {
          await target.close();
        }
      } finally {
        await source.close();
      }
      throwIfCancelled(signal);
      if (overwrite) {
        if (await sameFile(path, from.path))
          throw new HourglassError(
            'output-is-source',
            `The output would overwrite the original ${basename(from.path)}.`,
          );
        await rename(temporary, path);
      } else await renameWithoutReplacing(temporary, path);
      forgetTemporary(temporary);
      await utimes(path, from.metadata.accessedMs / 1000, from.metadata.modifiedMs / 1000);
      await syncFolder(dirname(path));
      return bytes;
    } catch (error) {
      removeTemporary(temporary);
      throw error;
    }
  }

  async abort(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#closeRows();
    if (this.#temporary) removeTemporary(this.#temporary);
    if (this.#createdFolder)
      await removeEmptyFolders(dirname(this.#request.path), this.#createdFolder);
  }
}

/**
 * Gives a file its name without ever replacing another one: a hard link fails when the name is
 * taken, whatever other processes do meanwhile. Where there are no hard links (FAT, some shares)
 * the name is reserved by creating it exclusively, and only our own empty file is replaced.
 */
async function renameWithoutReplacing(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
    unlinkIfThere(temporary);
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw outputExists(path);
  }
  try {
    await (await open(path, 'wx')).close();
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? outputExists(path) : error;
  }
  try {
    await rename(temporary, path);
  } catch (error) {
    unlinkIfThere(path);
    throw error;
  }
}

/** A rename is durable once its folder is (not possible, and not needed, on Windows). */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Some network file systems can not sync a folder; the file itself is written and named.
  }
}

/** Removes folders from `deepest` up to `first`, as long as they are empty. */
async function removeEmptyFolders(deepest: string, first: string): Promise<void> {
  for (let folder = deepest; folder.length >= first.length; folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return; // Not empty (another output is there) or gone: both are fine.
    }
  }
}

/** Bytes of a row of a request, for callers that choose how many rows to hand over at once. */
export const rowBytes = (
  request: Pick<WriteRequest, 'width' | 'channels' | 'sampleType'>,
): number => request.width * request.channels * bytesPerSample(request.sampleType);
