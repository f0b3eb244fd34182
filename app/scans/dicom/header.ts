/** A DICOM file up to its pixels. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import type { DataSet } from 'dicom-parser';
import { HourglassError, toHourglassError } from '../../contract/errors.ts';
import { say } from '../sentences.ts';
import type { OpenFile, PixelPlace } from './cut-short.ts';
import { parseDicom, parseSome, tags, type DicomFile } from './file.ts';

/** Headers are seldom longer; private groups and icons can be. */
const FIRST_BYTES = 64 * 1024;
const GROWTH = 8;
/** So much is read at the most: tables of many frames have tens of megabytes, a damaged file may have gigabytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** @throws HourglassError damaged-image, unsupported-image; what the file system says */
export function readHeader(path: string): DicomFile {
  const name = basename(path);
  return withBeginning(path, Buffer.allocUnsafe(FIRST_BYTES), (head, isAll) => {
    const dicom = parseDicom(head, name, { untilTag: tags.pixelData });
    return dicom.dataSet.elements[tags.pixelData] || isAll() ? dicom : null;
  });
}

/** Lent to one file after another: 64 kB for each of hundreds would be most of what reading them takes. */
let lent: Buffer | null = null;

/**
 * Looks at some elements of a file's top, without the others (see `parseSome`).
 * @param use takes what it wants: the bytes are lent, and the file is open until it is over
 * @throws HourglassError as `readHeader`
 */
export function lookIntoHeader<T>(
  path: string,
  wanted: ReadonlyMap<number, string>,
  use: (dataSet: DataSet, pixels: PixelPlace | null, file: OpenFile) => T,
): T {
  const name = basename(path);
  lent ??= Buffer.allocUnsafeSlow(FIRST_BYTES);
  return withBeginning(path, lent, (head, isAll, file) => {
    const found = parseSome(head, name, wanted);
    if (found && (found.reachesPixels || isAll()))
      return { made: use(found.dataSet, found.pixels, file) };
    if (isAll()) throw new HourglassError('damaged-image', say('damaged', { name }));
    return null;
  }).made;
}

/**
 * Reads 64 kB of a file, and more only where its header is longer, up to 64 MB. At once: a series has hundreds of files, and waiting
 * for the answers of the system would take several times as long as they do.
 * @param first for what is read first
 * @param use null: it has not seen enough; so is a beginning that seems damaged
 */
function withBeginning<T extends object>(
  path: string,
  first: Buffer,
  use: (head: Buffer, isAll: () => boolean, file: OpenFile) => T | null,
): T {
  const file = openSync(path, 'r');
  try {
    for (let bytes = first; ;) {
      const head = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
      const size = (): number => Math.min(fstatSync(file).size, MOST_BYTES);
      // Asked only where it matters, which it does for few.
      const isAll = (): boolean => head.length < bytes.length || head.length >= size();
      try {
        const used = use(head, isAll, openFile(file));
        if (used) return used;
      } catch (error) {
        if (toHourglassError(error).code !== 'damaged-image' || isAll()) throw error;
      }
      bytes = Buffer.allocUnsafe(Math.min(bytes.length * GROWTH, size()));
    }
  } finally {
    closeSync(file);
  }
}

/** Looks at the size only where it matters. */
function openFile(file: number): OpenFile {
  return {
    get size() {
      return fstatSync(file).size;
    },
    read(at, bytes) {
      const buffer = Buffer.allocUnsafe(bytes);
      return buffer.subarray(0, readSync(file, buffer, 0, bytes, at));
    },
  };
}
