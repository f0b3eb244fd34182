/** Where a frame lies in the body, how large its pixels are (PS3.3, C.7.6.2, C.7.6.16.2 and 10.7.1.3), and how fast frames are played (C.7.6.5). */
import type { DataSet } from 'dicom-parser';
import type { DocumentInfo } from '../../contract/index.ts';
import type { DecodedImage } from '../../pixels/index.ts';
import { tags } from './file.ts';
import { macroOf } from './image.ts';
import { numbersOf, partsOf } from './text.ts';

/** Milliseconds between frames that anybody plays: high-speed cameras say how they took them elsewhere. */
const LEAST_TIME = 1;
/** A cine that stands still for longer says something else. */
const MOST_TIME = 60_000;

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
  const cine = cineOf(dataSet, frame);
  const right = orientation && unit(orientation.slice(0, 3));
  const down = orientation && unit(orientation.slice(3));
  return {
    ...(modality ? { modality } : {}),
    ...(cine === null ? {} : { cine }),
    ...(rows! > 0 && columns! > 0 ? { pixelSize: { x: columns!, y: rows! } } : {}),
    ...(origin && right && down ? { place: { origin: [...(origin as Vector)], right, down } } : {}),
  };
}

type Cine = NonNullable<DocumentInfo['cine']>;

const FRAME_TIME_VECTOR = { tag: 'x00181065', group: 0x0018, element: 0x1065 };

/**
 * What is recommended for the screen goes before how frames were taken; of that, what Frame Increment Pointer names before the others,
 * for a file whose frames are unevenly apart often has their mean as its Cine Rate.
 * @param frame from 0 on
 * @returns null: nothing is said
 */
function cineOf(dataSet: DataSet, frame: number): Cine | null {
  const said = (tag: string): number => numbersOf(dataSet, tag, 1)?.[0] ?? 0;
  const vector: Cine = {
    milliseconds: timeInVector(dataSet, frame),
    said: 'FrameTimeVector',
  };
  const ways: readonly Cine[] = [
    { milliseconds: 1000 / said('x00082144'), said: 'RecommendedDisplayFrameRate' },
    ...(pointsToVector(dataSet) ? [vector] : []),
    { milliseconds: 1000 / said('x00180040'), said: 'CineRate' },
    { milliseconds: said('x00181063'), said: 'FrameTime' },
    vector,
  ];
  const isTime = ({ milliseconds }: Cine): boolean =>
    milliseconds >= LEAST_TIME && milliseconds <= MOST_TIME;
  return ways.find(isTime) ?? null;
}

/** Frame Increment Pointer (0028,0009): which element says how far frames are apart. */
function pointsToVector(dataSet: DataSet): boolean {
  const length = dataSet.elements['x00280009']?.length ?? 0;
  return Array.from({ length: length >> 2 }, (_, at) => at).some(
    (at) =>
      dataSet.uint16('x00280009', 2 * at) === FRAME_TIME_VECTOR.group &&
      dataSet.uint16('x00280009', 2 * at + 1) === FRAME_TIME_VECTOR.element,
  );
}

/**
 * The vector has what lies before each frame, the first of them 0: a frame is seen until the next one comes, and the last as long as
 * the mean of the others.
 * @returns 0: it does not say
 */
function timeInVector(dataSet: DataSet, frame: number): number {
  const parts = partsOf(dataSet, FRAME_TIME_VECTOR.tag);
  const times = numbersOf(dataSet, FRAME_TIME_VECTOR.tag, parts.length);
  const between = times?.slice(1) ?? [];
  const mean = between.reduce((sum, time) => sum + time, 0) / Math.max(1, between.length);
  // Two frames of one moment are seen both.
  return mean > 0 ? Math.max(between[frame] ?? mean, LEAST_TIME) : 0;
}

function unit(vector: readonly number[]): [number, number, number] | null {
  const length = Math.hypot(...vector);
  if (!(length > 0)) return null;
  const [x = 0, y = 0, z = 0] = vector;
  return [x / length, y / length, z / length];
}
