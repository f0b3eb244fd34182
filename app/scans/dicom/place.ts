/** Where a frame lies in the body, and how large its pixels are (PS3.3, C.7.6.2, C.7.6.16.2 and 10.7.1.3). */
import type { DataSet } from 'dicom-parser';
import type { DecodedImage } from '../../pixels/index.ts';
import { tags } from './file.ts';
import { macroOf } from './image.ts';
import { numbersOf } from './text.ts';

type Vector = readonly [number, number, number];

/** @param frame from 0 on */
export function scannedOf(dataSet: DataSet, frame: number): NonNullable<DecodedImage['scanned']> {
  const modality = dataSet.string(tags.modality);
  const measures = macroOf(dataSet, frame, 'x00289110');
  // Of a projection only the size at the detector may be known.
  const [rows, columns] = (['x00280030', 'x00181164'] as const)
    .map((tag) => numbersOf(measures, tag, 2))
    .find((found) => found !== null) ?? [0, 0];
  const origin = numbersOf(macroOf(dataSet, frame, 'x00209113'), 'x00200032', 3);
  const orientation = numbersOf(macroOf(dataSet, frame, 'x00209116'), 'x00200037', 6);
  const right = orientation && unit(orientation.slice(0, 3));
  const down = orientation && unit(orientation.slice(3));
  return {
    ...(modality ? { modality } : {}),
    ...(rows! > 0 && columns! > 0 ? { pixelSize: { x: columns!, y: rows! } } : {}),
    ...(origin && right && down ? { place: { origin: [...(origin as Vector)], right, down } } : {}),
  };
}

function unit(vector: readonly number[]): [number, number, number] | null {
  const length = Math.hypot(...vector);
  if (!(length > 0)) return null;
  const [x = 0, y = 0, z = 0] = vector;
  return [x / length, y / length, z / length];
}
