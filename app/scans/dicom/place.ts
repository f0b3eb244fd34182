/** Where a frame lies in the body, how large its pixels are (PS3.3, C.7.6.2, C.7.6.16.2 and 10.7.1.3), and how fast frames are played (C.7.6.5). */
import type { DataSet } from 'dicom-parser';
import type { DecodedImage } from '../../pixels/index.ts';
import { tags } from './file.ts';
import { macroOf } from './image.ts';
import { numbersOf } from './text.ts';

/** Frames in a second that anybody plays: high-speed cameras say how they took them elsewhere. */
const MOST_RATE = 1000;

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
  const frameRate = frameRateOf(dataSet);
  const right = orientation && unit(orientation.slice(0, 3));
  const down = orientation && unit(orientation.slice(3));
  return {
    ...(modality ? { modality } : {}),
    ...(frameRate === null ? {} : { frameRate }),
    ...(rows! > 0 && columns! > 0 ? { pixelSize: { x: columns!, y: rows! } } : {}),
    ...(origin && right && down ? { place: { origin: [...(origin as Vector)], right, down } } : {}),
  };
}

/** Recommended Display Frame Rate, else Cine Rate, else that of Frame Time (milliseconds); null: none is said. */
function frameRateOf(dataSet: DataSet): number | null {
  const said = (tag: string): number => numbersOf(dataSet, tag, 1)?.[0] ?? 0;
  const rates = [said('x00082144'), said('x00180040'), 1000 / said('x00181063')];
  return rates.find((rate) => rate > 0 && rate <= MOST_RATE) ?? null;
}

function unit(vector: readonly number[]): [number, number, number] | null {
  const length = Math.hypot(...vector);
  if (!(length > 0)) return null;
  const [x = 0, y = 0, z = 0] = vector;
  return [x / length, y / length, z / length];
}
