/** What the header of a DICOM image says of its place among others; its pixels are not read. */
import type { DataSet } from 'dicom-parser';
import { throwIfCancelled } from '../../contract/errors.ts';
import { nextTurn } from '../../pixels/turns.ts';
import { cutTags, isCutShort } from './cut-short.ts';
import { lookIntoHeader } from './header.ts';
import { numbersOf, partsOf } from './text.ts';

type Vector = readonly [number, number, number];

export interface Slice {
  readonly path: string;
  /** SOP Instance UID; empty: it has none. */
  readonly instance: string;
  readonly series: string;
  /** Whose it is, to tell mixed ones apart. Never said, never written anywhere. */
  readonly patient: string;
  readonly rows: number;
  readonly columns: number;
  /** Millimetres between rows, between columns; empty where it is not said. */
  readonly spacing: readonly number[];
  /** Directions of rows and of columns (PS3.3, C.7.6.2.1.1); null: it has no place in space. */
  readonly rowDirection: Vector | null;
  readonly columnDirection: Vector | null;
  /** Of the middle of its first pixel, millimetres; null: it has no place in space. */
  readonly position: Vector | null;
  /** Value 3 of Image Type: LOCALIZER, AXIAL … */
  readonly kind: string;
  readonly frames: number;
  /** Some of its pixels are missing, as far as that shows without reading them. */
  readonly cut: boolean;
  readonly instanceNumber: number;
  /** What tells images of one place apart: times, echoes. */
  readonly turn: readonly number[];
}

/** @throws HourglassError damaged-image, unsupported-image; what the file system says */
export const readSlice = (path: string): Slice =>
  lookIntoHeader(path, wanted, (dataSet, pixels, file) => ({
    ...sliceOf(path, dataSet),
    cut: isCutShort(dataSet, pixels, file),
  }));

/** Files between two turns of the event loop. */
const BETWEEN = 16;

/**
 * Reads many, with a pause for others now and then.
 * @param failed what stands for a file that can not be read, or throws
 */
export async function readSlices<T>(
  paths: readonly string[],
  failed: (path: string, error: unknown) => T,
  signal?: AbortSignal,
): Promise<(Slice | T)[]> {
  const slices: (Slice | T)[] = [];
  for (const [at, path] of paths.entries()) {
    if (at % BETWEEN === 0) {
      await nextTurn();
      if (signal) throwIfCancelled(signal);
    }
    try {
      slices.push(readSlice(path));
    } catch (error) {
      slices.push(failed(path, error));
    }
  }
  return slices;
}

/** Elements that are looked at; the others are only passed. */
const asked = {
  imageType: 'x00080008',
  instance: 'x00080018',
  series: 'x0020000e',
  patientId: 'x00100020',
  patientName: 'x00100010',
  position: 'x00200032',
  orientation: 'x00200037',
  rows: 'x00280010',
  columns: 'x00280011',
  spacing: 'x00280030',
  frames: 'x00280008',
  instanceNumber: 'x00200013',
  echoTime: 'x00180081',
  temporalPosition: 'x00200100',
  triggerTime: 'x00181060',
  frameReferenceTime: 'x00541300',
  acquisitionTime: 'x00080032',
  acquisitionNumber: 'x00200012',
} as const;
const wanted = new Map(
  [...Object.values(asked), ...Object.values(cutTags)].map((tag) => [
    parseInt(tag.slice(1), 16),
    tag,
  ]),
);

function sliceOf(path: string, dataSet: DataSet): Omit<Slice, 'cut'> {
  const text = (tag: string): string => dataSet.string(tag) ?? '';
  const orientation = numbersOf(dataSet, asked.orientation, 6);
  const [a, b, c, d, e, f] = orientation ?? [];
  const position = numbersOf(dataSet, asked.position, 3) as Vector | null;
  // Rows and columns of one direction lie in no plane.
  const placed = position && orientation && area(orientation) > 0.5;
  return {
    path,
    instance: text(asked.instance),
    series: text(asked.series),
    patient: [text(asked.patientId), text(asked.patientName)].join('\0'),
    rows: dataSet.uint16(asked.rows) ?? 0,
    columns: dataSet.uint16(asked.columns) ?? 0,
    spacing: numbersOf(dataSet, asked.spacing, 2) ?? [],
    rowDirection: placed ? [a!, b!, c!] : null,
    columnDirection: placed ? [d!, e!, f!] : null,
    position: placed ? position : null,
    kind: partsOf(dataSet, asked.imageType)[2] ?? '',
    frames: Math.max(1, number(dataSet, asked.frames, 1)),
    instanceNumber: number(dataSet, asked.instanceNumber),
    turn: [
      number(dataSet, asked.echoTime),
      number(dataSet, asked.temporalPosition),
      number(dataSet, asked.triggerTime),
      number(dataSet, asked.frameReferenceTime),
      number(dataSet, asked.acquisitionTime),
      number(dataSet, asked.acquisitionNumber),
    ],
  };
}

/** Of the parallelogram of two directions: 1 where they are what they should be. */
function area([a, b, c, d, e, f]: readonly number[]): number {
  return Math.hypot(b! * f! - c! * e!, c! * d! - a! * f!, a! * e! - b! * d!);
}

/** A decimal string; `otherwise` where it is not there, or no number: one that is none can not be sorted by. */
function number(dataSet: DataSet, tag: string, otherwise = 0): number {
  const value = dataSet.floatString(tag);
  return value !== undefined && Number.isFinite(value) ? value : otherwise;
}
