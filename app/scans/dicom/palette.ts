/** Palettes (PS3.3, C.7.6.3.1.5): indices to RGB of 8 bits. */
import type { DataSet } from 'dicom-parser';
import { HourglassError } from '../../contract/errors.ts';
import { say } from '../sentences.ts';
import { valueBytes, type DicomFile } from './file.ts';
import type { Samples } from '../../pixels/raster.ts';

const channels = ['1', '2', '3'] as const;

/** @throws HourglassError unsupported-image: segmented palettes, or none; damaged-image */
export function rgbFromPalette(file: DicomFile, indices: Samples): Uint8Array {
  const tables = channels.map((channel) => readTable(file, channel));
  const rgb = new Uint8Array(indices.length * 3);
  tables.forEach(({ first, levels }, channel) => {
    const last = levels.length - 1;
    for (let at = 0, to = channel; at < indices.length; at++, to += 3)
      rgb[to] = levels[Math.min(last, Math.max(0, indices[at]! - first))]!;
  });
  return rgb;
}

function readTable(file: DicomFile, channel: string): { first: number; levels: Uint8Array } {
  const { dataSet, name } = file;
  const refused = (): HourglassError =>
    new HourglassError(
      'unsupported-image',
      say('pixelsNotRead', { name, what: say('otherPalette') }),
    );
  const [count, first, bits] = descriptorOf(dataSet, `x0028110${channel}`);
  const data = dataSet.elements[`x0028120${channel}`];
  if (count === undefined || first === undefined || bits === undefined || !data) throw refused();
  const bytes = valueBytes(file, data);
  const entries = count === 0 ? 65_536 : count;
  const { littleEndian } = file.syntax;
  const levels = new Uint8Array(entries);
  if (bits === 8 && bytes.length < 2 * entries) {
    if (bytes.length < entries) throw refused();
    levels.set(bytes.subarray(0, entries));
  } else {
    if (bytes.length < 2 * entries) throw refused();
    for (let at = 0; at < entries; at++) {
      const word = littleEndian ? bytes.readUInt16LE(2 * at) : bytes.readUInt16BE(2 * at);
      levels[at] = bits === 8 ? word & 255 : word >>> 8;
    }
  }
  return { first, levels };
}

/** Entries, first index mapped, bits. */
const descriptorOf = (dataSet: DataSet, tag: string): (number | undefined)[] => [
  dataSet.uint16(tag, 0),
  dataSet.uint16(tag, 1),
  dataSet.uint16(tag, 2),
];
