/**
 * How many pixels there are to a length, along both axes: what each format says of it, and what each can
 * say. Nothing is made up where a file is silent, a ratio without a unit stays one, and numbers stay exact
 * where the format allows. Turning: `turn.ts`; where in a file it stands is the business of who calls.
 */
import {
  entryNumbers,
  entryRational,
  findEntry,
  layOutDirectory,
  numberEntry,
  tiffHeaderBytes,
  type NewEntry,
  type TiffDirectory,
} from './tiff-structure.ts';

/** Pixels per unit, as stored: before the picture is turned upright. */
export interface Resolution {
  readonly x: number;
  readonly y: number;
  /** none: only the ratio of the axes means something by itself (ImageJ names its unit elsewhere). */
  readonly unit: 'inch' | 'centimetre' | 'metre' | 'none';
}

export const resolutionTag = { x: 282, y: 283, unit: 296 } as const;

/** Inches in a unit. */
const inches = { inch: 1, centimetre: 1 / 2.54, metre: 1 / 0.0254 } as const;

const isPositive = (value: number | null): value is number =>
  value !== null && Number.isFinite(value) && value > 0;

/** Null where the numbers say nothing: not positive, or one to one of no unit, which is how formats say "not known". */
export const resolutionOf = (
  x: number | null,
  y: number | null,
  unit: Resolution['unit'],
): Resolution | null =>
  isPositive(x) && isPositive(y) && !(unit === 'none' && x === 1 && y === 1)
    ? { x, y, unit }
    : null;

/**
 * Pixels per another unit. PNG's whole pixels per metre are mostly rounded dots per inch, and become them again:
 * 11811 per metre are 300 per inch.
 */
function perUnit(value: number, from: Resolution['unit'], to: 'inch' | 'centimetre' | 'metre') {
  if (from === to || from === 'none') return value;
  const converted = (value * inches[to]) / inches[from];
  const whole = Math.round(converted);
  const back = (whole * inches[from]) / inches[to];
  const isRounded = from === 'metre' && to === 'inch' && Math.round(back) === value;
  return isRounded || Math.abs(whole - converted) < 1e-9 * converted ? whole : converted;
}

const inUnit = (
  { x, y, unit }: Resolution,
  to: 'inch' | 'centimetre' | 'metre',
): { x: number; y: number } => ({ x: perUnit(x, unit, to), y: perUnit(y, unit, to) });

/** Width and height have changed places. */
export const turnedResolution = (resolution: Resolution | null): Resolution | null =>
  resolution && { ...resolution, x: resolution.y, y: resolution.x };

/** What both say is the same but for rounding; of no unit: the same ratio. */
function agree(one: Resolution, other: Resolution): boolean {
  if ((one.unit === 'none') !== (other.unit === 'none')) return false;
  const near = (a: number, b: number, most: number): boolean => Math.abs(a - b) <= most;
  if (one.unit === 'none') return near((one.x * other.y) / (one.y * other.x), 1, 1e-4);
  const [a, b] = [inUnit(one, 'inch'), inUnit(other, 'inch')];
  // JFIF rounds to whole numbers per inch or per centimetre.
  return near(a.x, b.x, 1.3) && near(a.y, b.y, 1.3);
}

/**
 * Which of several statements holds: that of the container, in the more exact words of another that agrees with
 * it; else the next one that there is.
 * @param others in the order in which they are believed
 */
export function believed(
  container: Resolution | null,
  ...others: readonly (Resolution | null)[]
): Resolution | null {
  const first = container ?? others.find((one) => one !== null) ?? null;
  return first && (others.find((one) => one !== null && agree(one, first)) ?? first);
}

/** Of a directory of TIFF or EXIF (TIFF 6.0, section 8, "Physical dimensions"). */
export function directoryResolution(
  directory: TiffDirectory | null,
  littleEndian: boolean,
): Resolution | null {
  const axis = (tag: number): number | null =>
    entryRational(findEntry(directory, tag), littleEndian);
  const [unit = 2] = entryNumbers(findEntry(directory, resolutionTag.unit), littleEndian);
  const [x, y] = [axis(resolutionTag.x), axis(resolutionTag.y)];
  return resolutionOf(x ?? y, y ?? x, unit === 3 ? 'centimetre' : unit === 1 ? 'none' : 'inch');
}

/** Largest numerator and denominator of a RATIONAL. */
const most = 0xffff_ffff;

/** The simplest fraction that is this number (to 1 part in 10¹²): its continued fraction. */
function fraction(value: number): readonly [number, number] {
  let [before, now] = [
    [0, 1],
    [1, 0],
  ] as [[number, number], [number, number]];
  let rest = value;
  for (let step = 0; step < 40; step++) {
    const whole = Math.floor(rest);
    const next: [number, number] = [whole * now[0] + before[0], whole * now[1] + before[1]];
    if (next[0] > most || next[1] > most) break;
    [before, now] = [now, next];
    if (Math.abs(now[0] / now[1] - value) <= 1e-12 * value || rest === whole) break;
    rest = 1 / (rest - whole);
  }
  return now[1] === 0 ? [most, 1] : now;
}

function rationalEntry(tag: number, value: number, littleEndian: boolean): NewEntry {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  const [numerator, denominator] = fraction(value);
  view.setUint32(0, numerator, littleEndian);
  view.setUint32(4, denominator, littleEndian);
  return { tag, type: 5, count: 1, value: bytes };
}

/**
 * XResolution, YResolution, ResolutionUnit. Per metre there is no word for: it becomes inches where that is a
 * whole number, else centimetres. Null: one to one without a unit, which TIFF's baseline wants in the place of nothing.
 */
export function resolutionEntries(
  resolution: Resolution | null,
  littleEndian: boolean,
): [NewEntry, NewEntry, NewEntry] {
  const { x, y, unit } = inDirectory(resolution ?? { x: 1, y: 1, unit: 'none' });
  const code = unit === 'none' ? 1 : unit === 'centimetre' ? 3 : 2;
  return [
    rationalEntry(resolutionTag.x, x, littleEndian),
    rationalEntry(resolutionTag.y, y, littleEndian),
    numberEntry(resolutionTag.unit, 3, [code], littleEndian),
  ];
}

function inDirectory(resolution: Resolution): Resolution {
  if (resolution.unit !== 'metre') return resolution;
  const inch = inUnit(resolution, 'inch');
  return Number.isInteger(inch.x) && Number.isInteger(inch.y)
    ? { ...inch, unit: 'inch' }
    : { ...inUnit(resolution, 'centimetre'), unit: 'centimetre' };
}

/** Nothing is to be added to an EXIF directory for it to say this resolution. */
export const isSame = (one: Resolution | null, other: Resolution): boolean => {
  if (!one) return false;
  const [a, b] = [inDirectory(one), inDirectory(other)];
  return a.x === b.x && a.y === b.y && a.unit === b.unit;
};

/** An EXIF blob that says nothing else. */
export const exifOfResolution = (resolution: Resolution): Uint8Array =>
  exifOf(resolutionEntries(resolution, true));

/** Little endian, one directory. */
export const exifOf = (entries: readonly NewEntry[]): Uint8Array => {
  const directory = layOutDirectory(entries, 8, true);
  const blob = new Uint8Array(8 + directory.length);
  blob.set(tiffHeaderBytes(true, 8));
  blob.set(directory, 8);
  return blob;
};

/** Whole numbers of a format's own field; exact: they say all of it. */
interface Whole {
  readonly x: number;
  readonly y: number;
  readonly exact: boolean;
}

/** A ratio in whole numbers up to `largest`. */
function wholeRatio({ x, y }: Pick<Resolution, 'x' | 'y'>, largest: number): Whole {
  if ([x, y].every((value) => Number.isInteger(value) && value <= largest))
    return { x, y, exact: true };
  const [up, down] = fraction(x / y);
  const shrink = Math.max(1, Math.max(up, down) / largest);
  const [a, b] = [up, down].map((value) => Math.max(1, Math.round(value / shrink)));
  return { x: a!, y: b!, exact: false };
}

function rounded({ x, y }: Pick<Resolution, 'x' | 'y'>, largest: number): Whole {
  const whole = (value: number): number => Math.min(largest, Math.max(1, Math.round(value)));
  return { x: whole(x), y: whole(y), exact: whole(x) === x && whole(y) === y };
}

/** Of JFIF (ITU-T T.871, 10.1): 16 bits per axis; unit 0 is none, 1 inch, 2 centimetre. */
export function jfifDensity(resolution: Resolution | null): Whole & { readonly unit: 0 | 1 | 2 } {
  if (!resolution) return { x: 1, y: 1, exact: true, unit: 0 };
  if (resolution.unit === 'none') return { ...wholeRatio(resolution, 0xffff), unit: 0 };
  const inch = { ...rounded(inUnit(resolution, 'inch'), 0xffff), unit: 1 } as const;
  const centimetre = { ...rounded(inUnit(resolution, 'centimetre'), 0xffff), unit: 2 } as const;
  // More than 16 bits hold is still right in the larger number of smaller units.
  if (inch.x === 0xffff || inch.y === 0xffff) return centimetre;
  if (resolution.unit === 'centimetre') return inch.exact && !centimetre.exact ? inch : centimetre;
  return centimetre.exact && !inch.exact ? centimetre : inch;
}

export const resolutionOfJfif = (x: number, y: number, unit: number): Resolution | null =>
  resolutionOf(x, y, unit === 1 ? 'inch' : unit === 2 ? 'centimetre' : 'none');

/** Of pHYs (PNG, third edition, 11.3.4.3): 31 bits per axis; unit 1 is the metre. */
export function pngPhysical(resolution: Resolution): Whole & { readonly unit: 0 | 1 } {
  const largest = 0x7fff_ffff;
  if (resolution.unit === 'none') return { ...wholeRatio(resolution, largest), unit: 0 };
  const metre = inUnit(resolution, 'metre');
  const whole = rounded(metre, largest);
  // Whole pixels per metre that become the same number again when they are read.
  const back = inUnit({ ...whole, unit: 'metre' }, 'inch');
  const inch = inUnit(resolution, 'inch');
  return { ...whole, unit: 1, exact: whole.exact || (back.x === inch.x && back.y === inch.y) };
}

export const resolutionOfPhysical = (x: number, y: number, unit: number): Resolution | null =>
  resolutionOf(x, y, unit === 1 ? 'metre' : 'none');
