/** A DICOM file up to its pixels. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { toHourglassError } from '../../contract/errors.ts';
import { parseDicom, tags, type DicomFile } from './file.ts';

/** Headers are seldom longer; private groups and icons can be. */
const FIRST_BYTES = 64 * 1024;
const GROWTH = 8;
/** So much is read at the most: tables of many frames have tens of megabytes, a damaged file may have gigabytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Reads 64 kB of a file, and more only where its header is longer, up to 64 MB. At once: a series has hundreds of files, and waiting
 * for the answers of the system would take several times as long as they do.
 * @throws HourglassError damaged-image, unsupported-image; what the file system says
 */
export function readHeader(path: string): DicomFile {
  const file = openSync(path, 'r');
  try {
    const size = Math.min(fstatSync(file).size, MOST_BYTES);
    for (let wanted = FIRST_BYTES; ; wanted *= GROWTH) {
      const bytes = Buffer.allocUnsafe(Math.min(wanted, size));
      const head = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
      try {
        const dicom = parseDicom(head, basename(path), { untilTag: tags.pixelData });
        // What was read may end between two elements.
        if (wanted >= size || dicom.dataSet.elements[tags.pixelData]) return dicom;
      } catch (error) {
        if (wanted >= size || toHourglassError(error).code !== 'damaged-image') throw error;
      }
    }
  } finally {
    closeSync(file);
  }
}
