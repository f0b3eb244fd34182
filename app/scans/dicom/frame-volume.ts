/**
 * The volume that the frames of one file are, where its functional groups say how each of them lies (PS3.3, C.7.6.16.2): pixel
 * measures, position and orientation, of all frames together or of each. Frames stay in the order of the file.
 */
import type { VolumeShape } from '../../contract/index.ts';
import { leans, whyNoPlanes } from '../planes.ts';
import type { DicomFile } from './file.ts';
import { macroOf, pixelFactsOf, type PixelFacts } from './image.ts';
import { SAME_DIRECTION, SAME_PLACE, SAME_STEP } from './series.ts';
import { numbersOf } from './text.ts';

type Vector = readonly [number, number, number];
type Volume = VolumeShape | { readonly refused: string };

/** Of a file in memory: every frame of it is asked for what it belongs to. */
const known = new WeakMap<DicomFile, Volume>();

/** @throws HourglassError as `pixelFactsOf` */
export function volumeOfFrames(dicom: DicomFile): Volume {
  let found = known.get(dicom);
  if (!found) known.set(dicom, (found = find(dicom, pixelFactsOf(dicom))));
  return found;
}

interface FramePlace {
  readonly position: Vector;
  readonly orientation: readonly number[];
  /** Millimetres between rows, between columns. */
  readonly spacing: readonly number[];
}

function find(dicom: DicomFile, facts: PixelFacts): Volume {
  const refused = (reason: Parameters<typeof whyNoPlanes>[0]): Volume => ({
    refused: whyNoPlanes(reason),
  });
  const { rows, columns, frames, photometric } = facts;
  if (frames < 2) return refused('alone');
  if (!photometric.startsWith('MONOCHROME')) return refused('colours');
  const places: FramePlace[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const place = placeOf(dicom, frame);
    if (typeof place === 'string') return refused(place);
    places.push(place);
  }
  const [first] = places;
  const [between, along] = first!.spacing as [number, number];
  const isLike = ({ orientation, spacing }: FramePlace): boolean =>
    orientation.every((part, i) => Math.abs(part - first!.orientation[i]!) <= SAME_DIRECTION) &&
    spacing.every((size, i) => Math.abs(size - first!.spacing[i]!) <= SAME_STEP * between);
  if (!places.every(isLike)) return refused('framesDiffer');

  const [a, b, c, d, e, f] = first!.orientation as [number, number, number, number, number, number];
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d];
  const at = places.map(({ position }) =>
    position.reduce((sum, part, axis) => sum + part * normal[axis]!, 0),
  );
  const count = placesAtOneTime(at);
  if (count === null) return refused('framesOrder');
  if (count === 1)
    return refused(new Set(at.map(Math.round)).size > 1 ? 'framesOrder' : 'onePlace');
  const steps = stepsOf(at.slice(0, count));
  if (!areEven(steps)) {
    const sorted = at.slice(0, count).sort((one, other) => one - other);
    return refused(areEven(stepsOf(sorted)) ? 'framesOrder' : 'gaps');
  }
  const [start, end] = [first!.position, places[count - 1]!.position];
  const shape: VolumeShape = {
    ...{ size: [columns, rows, count], times: frames / count, origin: [...start] },
    steps: [
      [a * along, b * along, c * along],
      [d * between, e * between, f * between],
      [0, 1, 2].map((axis) => (end[axis]! - start[axis]!) / (count - 1)) as [
        number,
        number,
        number,
      ],
    ],
  };
  return leans(shape) ? refused('tilt') : shape;
}

/** What a frame's own or shared groups say; the name of what they do not. */
function placeOf({ dataSet }: DicomFile, frame: number): FramePlace | 'frames' | 'size' {
  const groupOf = (sequence: string) => {
    const found = macroOf(dataSet, frame, sequence);
    // Elements of the whole file say nothing of one frame.
    return found === dataSet ? null : found;
  };
  const [measures, position, orientation] = ['x00289110', 'x00209113', 'x00209116'].map(groupOf);
  const origin = position && numbersOf(position, 'x00200032', 3);
  const directions = orientation && numbersOf(orientation, 'x00200037', 6);
  if (!origin || !directions || !isUpright(directions)) return 'frames';
  const spacing = measures && numbersOf(measures, 'x00280030', 2);
  if (!spacing || !spacing.every((size) => size > 0)) return 'size';
  return { position: origin as Vector, orientation: directions, spacing };
}

/** Two directions of length 1. What angle is between them, `leans` looks at. */
const isUpright = (directions: readonly number[]): boolean =>
  [directions.slice(0, 3), directions.slice(3)].every(
    (one) => Math.abs(Math.hypot(...one) - 1) <= 10 * SAME_DIRECTION,
  );

const stepsOf = (at: readonly number[]): number[] => at.slice(1).map((one, i) => one - at[i]!);

function areEven(steps: readonly number[]): boolean {
  const sorted = [...steps].sort((one, other) => one - other);
  const usual = sorted[(sorted.length - 1) >> 1]!;
  return (
    Math.abs(usual) > SAME_PLACE &&
    steps.every((step) => Math.abs(step - usual) <= SAME_STEP * Math.abs(usual))
  );
}

/**
 * How many frames there are until the first place is there again, all places then being the same ones over and over.
 * @param at millimetres along the normal, of every frame
 * @returns null: they are not
 */
function placesAtOneTime(at: readonly number[]): number | null {
  const near = (one: number, other: number): boolean => Math.abs(one - other) <= SAME_PLACE;
  const again = at.findIndex((one, frame) => frame > 0 && near(one, at[0]!));
  const count = again === -1 ? at.length : again;
  const repeats =
    at.length % count === 0 && at.every((one, frame) => near(one, at[frame % count]!));
  if (repeats) return count;
  return count === 1 ? 1 : null;
}
