/**
 * The way from the picture that is shown back to the camera: what `colour.ts` did, undone, for a linear DNG. Other editors then develop
 * the cleaned picture with their own profiles of the camera. What was clipped on the way (highlights by white balance, colours outside of
 * ProPhoto RGB) stays clipped. The file itself is written by `pixels/formats/dng.ts`.
 */
import type { CameraSpace } from '../pixels/index.ts';
import { textEntry, type NewEntry } from '../pixels/metadata/tiff-structure.ts';
import { encodingTable, prophotoCode, toneCurve } from './colour.ts';
import { made } from './made.ts';
import { dngTag, keptTags, lostTags, type DngTags } from './dng-tags.ts';
import type { Development } from './protocol.ts';

/** Denominator of the fractions that are written; numerators of matrices and balances stay below 2³¹. */
const denominator = 1_000_000;

/** CalibrationIlluminant D65 (EXIF LightSource 21), of LibRaw's matrices. */
const d65 = 21;

/** Linear value, 0–65536, of each encoded one: the middle of what `encodingTable` and the cut-off before it send there. */
const decodingTable = made((): Float64Array => {
  const { power, slope, join, offset } = toneCurve;
  return Float64Array.from({ length: 65536 }, (_, value) => {
    const encoded = (value + 0.5) / 65536;
    const linear =
      encoded < join * slope
        ? value / 65536 / slope
        : ((encoded + offset) / (1 + offset)) ** (1 / power);
    return 65536 * linear + 0.5;
  });
});

/** Linear light, 0 to 1, of an encoded value, 0 to 65535. */
export const linearAt = (encoded: number): number => decodingTable()[encoded]! / 65536;

/**
 * null: LibRaw itself converted the colours, or neither the file nor LibRaw knows the camera's.
 * @param tags of the original, where it is a DNG
 */
export function cameraSpaceOf(
  development: Development,
  channels: 1 | 3,
  tags: DngTags | null,
): CameraSpace | null {
  const { matrix, multipliers, cameraOfXyz } = development;
  if (channels === 1)
    return {
      toCamera: toneToCamera,
      entries: (little) => entriesOf(development, tags, false, little),
      lost: () => lostTags(tags),
    };
  const known = tags?.kept.some(({ tag }) => tag === dngTag.colorMatrix1) ?? false;
  const inverse = matrix && inverted(matrix);
  if (!inverse || (!known && !cameraOfXyz)) return null;
  const way: Way = {
    back: inverse.map((value, at) => value / multipliers[Math.floor(at / 3)]!),
    matrix: new Float32Array(matrix),
    multipliers: new Float32Array(multipliers),
  };
  return {
    toCamera: (samples) => colourToCamera(samples, way),
    entries: (little) => entriesOf(development, tags, true, little),
    lost: () => lostTags(tags),
  };
}

const clip = (value: number): number => (value <= 0 ? 0 : value >= 65535 ? 65535 : value);

const toneToCamera = (samples: Uint16Array): Uint16Array =>
  Uint16Array.from(samples, (value) => clip(Math.floor(65536 * linearAt(value))));

function colourToCamera(samples: Uint16Array, way: Way): Uint16Array {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = way.back;
  const camera = new Uint16Array(samples.length);
  const linear = decodingTable();
  const reached = isReached();
  for (let at = 0; at < samples.length; at += 3) {
    const x = samples[at]!;
    const y = samples[at + 1]!;
    const z = samples[at + 2]!;
    const linearX = linear[x]!;
    const linearY = linear[y]!;
    const linearZ = linear[z]!;
    const red = whole(a * linearX + b * linearY + c * linearZ);
    const green = whole(d * linearX + e * linearY + f * linearZ);
    const blue = whole(g * linearX + h * linearY + i * linearZ);
    const step =
      reached[x] && reached[y] && reached[z] ? exactStep(way, red, green, blue, x, y, z) : stay;
    camera[at] = clip(red + step[0]);
    camera[at + 1] = clip(green + step[1]);
    camera[at + 2] = clip(blue + step[2]);
  }
  return camera;
}

const whole = (value: number): number => clip(Math.floor(value + 0.5));

/** There and back. */
interface Way {
  /** Camera colours of linear ProPhoto, white not balanced, rows. */
  readonly back: readonly number[];
  /** As `encodeProphoto` has them. */
  readonly matrix: Float32Array;
  readonly multipliers: Float32Array;
}

type Step = readonly [number, number, number];
const stay: Step = [0, 0, 0];

/** To the camera colour close by that is developed to exactly these values; none where no such is there. */
function exactStep(
  { matrix, multipliers }: Way,
  red: number,
  green: number,
  blue: number,
  x: number,
  y: number,
  z: number,
): Step {
  const redBy = multipliers[0]!;
  const greenBy = multipliers[1]!;
  const blueBy = multipliers[2]!;
  for (const step of steps) {
    const r = balanced(red + step[0], redBy);
    const g = balanced(green + step[1], greenBy);
    const b = balanced(blue + step[2], blueBy);
    if (
      prophotoCode(matrix, 0, r, g, b) === x &&
      prophotoCode(matrix, 3, r, g, b) === y &&
      prophotoCode(matrix, 6, r, g, b) === z
    )
      return step;
  }
  return stay;
}

/** White balance as LibRaw applies it: in single precision, cut off. */
const balanced = (value: number, multiplier: number): number =>
  clip(Math.trunc(Math.fround(clip(value) * multiplier)));

/** Encoded values that some linear value becomes. */
const isReached = made((): Uint8Array => {
  const reached = new Uint8Array(65536);
  for (const value of encodingTable()) reached[value] = 1;
  return reached;
});

/** The colour itself and what lies around it, the nearest first. */
const steps: readonly Step[] = (() => {
  const one = [-2, -1, 0, 1, 2];
  const all = one.flatMap((x) => one.flatMap((y) => one.map((z): Step => [x, y, z])));
  return all.sort((left, right) => Math.hypot(...left) - Math.hypot(...right));
})();

/** Of a 3 × 3 matrix, rows; null: it has none. */
export function inverted(matrix: readonly number[]): number[] | null {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = matrix;
  const cofactors = [
    ...[e * i - f * h, c * h - b * i, b * f - c * e],
    ...[f * g - d * i, a * i - c * g, c * d - a * f],
    ...[d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  const determinant = a * cofactors[0]! + b * cofactors[3]! + c * cofactors[6]!;
  return Math.abs(determinant) < 1e-6 ? null : cofactors.map((value) => value / determinant);
}

/** DNG 1.7.1, chapter 4: DNGVersion, DNGBackwardVersion, UniqueCameraModel; chapter 6: the colours. */
function entriesOf(
  { make, model, uniqueModel, multipliers, cameraOfXyz }: Development,
  tags: DngTags | null,
  colours: boolean,
  little: boolean,
): NewEntry[] {
  const kept = tags ? keptTags(tags, colours, little) : [];
  const has = new Set(kept.map(({ tag }) => tag));
  const ours: NewEntry[] = [
    { tag: dngTag.uniqueCameraModel, ...uniqueName([make, model], uniqueModel) },
  ];
  if (colours) {
    // What white is in the camera's colours: the reciprocal of the balance, the largest 1.
    const least = Math.min(...multipliers);
    ours.push(
      fractions(
        dngTag.asShotNeutral,
        5,
        multipliers.map((multiplier) => least / multiplier),
        little,
      ),
    );
    if (!has.has(dngTag.colorMatrix1))
      ours.push(fractions(dngTag.colorMatrix1, 10, cameraOfXyz!, little), {
        ...{ tag: dngTag.calibrationIlluminant1, type: 3, count: 1 },
        value: little ? Uint8Array.of(d65, 0) : Uint8Array.of(0, d65),
      });
  }
  return [
    // The third illuminant is of 1.6; all else is read by any reader that knows LinearRaw.
    versionEntry(dngTag.version, later(tags?.version ?? [], [1, 4, 0, 0])),
    versionEntry(dngTag.backwardVersion, [1, 1, 0, 0]),
    ...ours.filter(({ tag }) => !has.has(tag)),
    ...kept,
  ];
}

function uniqueName(
  camera: readonly string[],
  unique: string,
): Pick<NewEntry, 'type' | 'count' | 'value'> {
  const { type, count, value } = textEntry(
    0,
    unique || camera.filter(Boolean).join(' ') || 'Unknown camera',
  );
  return { type, count, value };
}

const versionEntry = (tag: number, version: readonly number[]): NewEntry => ({
  ...{ tag, type: 1, count: 4 },
  value: new Uint8Array(version),
});

/** The later of two versions. */
function later(one: readonly number[], other: readonly number[]): readonly number[] {
  const at = other.findIndex((number, index) => number !== one[index]);
  return one.length === 4 && at >= 0 && one[at]! > other[at]! ? one : other;
}

/** RATIONAL (5) or SRATIONAL (10). */
function fractions(
  tag: number,
  type: 5 | 10,
  numbers: readonly number[],
  little: boolean,
): NewEntry {
  const value = new Uint8Array(numbers.length * 8);
  const view = new DataView(value.buffer);
  numbers.forEach((number, index) => {
    view.setInt32(index * 8, Math.round(number * denominator), little);
    view.setInt32(index * 8 + 4, denominator, little);
  });
  return { tag, type, count: numbers.length, value };
}
