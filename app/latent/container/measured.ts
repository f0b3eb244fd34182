/**
 * The part of a header that scans have: what their values measure, and which of them the latents' levels stand for. A part
 * with a version of its own, behind everything else of the header. Byte layout: docs/latent-format.md.
 */
import type { Scale, ValueRange } from '../../contract/index.ts';
import { maxValue, minValue, type SampleType } from '../../pixels/index.ts';
import { ByteReader, ByteWriter, Malformed, maxText } from './bytes.ts';
import { say } from './sentences.ts';

/** Of the values of a scan. */
export interface MeasuredValues {
  /** Of the source's samples, as it has them. */
  readonly scale: Scale;
  /** Stored values that the latents' levels 0 and 255 stand for. */
  readonly range: ValueRange;
  /** Which pixels are padding is kept, without loss: there is a chunk of it for each row of tiles. */
  readonly keepsPadding: boolean;
}

const partVersion = 1;
const flag = {
  window: 1,
  sigmoid: 2,
  inverted: 4,
  padding: 8,
  keepsPadding: 16,
  assumed: 32,
} as const;
const knownFlags = Object.values(flag).reduce((all, one) => all | one, 0);

export function encodeMeasured({ scale, range, keepsPadding }: MeasuredValues): Uint8Array {
  const { window, assumed, inverted, padding } = scale;
  const writer = new ByteWriter()
    .u8(partVersion)
    .u8(
      (window ? flag.window : 0) |
        (window?.sigmoid ? flag.sigmoid : 0) |
        (inverted ? flag.inverted : 0) |
        (padding ? flag.padding : 0) |
        (keepsPadding ? flag.keepsPadding : 0) |
        (window && assumed ? flag.assumed : 0),
    );
  for (const value of [range.low, range.high, scale.black, scale.white]) writer.f64(value);
  writer
    .f64(scale.slope)
    .f64(scale.intercept)
    .text(scale.unit ?? '');
  if (window) writer.f64(window.center).f64(window.width);
  if (padding) writer.f64(padding.low).f64(padding.high);
  return writer.done();
}

/**
 * @param sampleType of the source
 * @returns null: of a version, or with a flag, that is not known here
 * @throws Malformed
 */
export function parseMeasured(reader: ByteReader, sampleType: SampleType): MeasuredValues | null {
  const version = reader.u8();
  if (version === 0) throw new Malformed(say('valuesOfVersion0'));
  const flags = reader.u8();
  if (version > partVersion || (flags & ~knownFlags) !== 0) return null;
  const has = (one: number): boolean => (flags & one) !== 0;
  const number = (): number => {
    const value = reader.f64();
    if (!Number.isFinite(value)) throw new Malformed(say('valuesContradict'));
    return value;
  };
  const pair = (): [number, number] => [number(), number()];
  const [low, high] = pair();
  const [black, white] = pair();
  const [slope, intercept] = pair();
  const unit = reader.text(maxText) || null;
  const [center, width] = has(flag.window) ? pair() : [0, 1];
  const [first, last] = has(flag.padding) ? pair() : [0, 0];
  const isStored = (value: number): boolean =>
    sampleType === 'float32' ||
    (Number.isInteger(value) && value >= minValue(sampleType) && value <= maxValue(sampleType));
  const fits =
    low < high &&
    black < white &&
    slope !== 0 &&
    width > 0 &&
    first <= last &&
    [low, high].every(isStored) &&
    (!has(flag.sigmoid) || has(flag.window)) &&
    (!has(flag.assumed) || has(flag.window)) &&
    (!has(flag.keepsPadding) ||
      (has(flag.padding) && sampleType !== 'float32' && [first, last].every(isStored)));
  if (!fits) throw new Malformed(say('valuesContradict'));
  return {
    scale: {
      ...{ black, white, slope, intercept, unit },
      window: has(flag.window)
        ? { center, width, ...(has(flag.sigmoid) ? { sigmoid: true as const } : {}) }
        : null,
      // The source asked for none.
      ...(has(flag.assumed) ? { assumed: true as const } : {}),
      ...(has(flag.inverted) ? { inverted: true } : {}),
      ...(has(flag.padding) ? { padding: { low: first, high: last } } : {}),
    },
    range: { low, high },
    keepsPadding: has(flag.keepsPadding),
  };
}

/** A scale as a header can hold it: without a unit that is no short text, and stored values where nothing is measured. */
export function storableScale(scale: Scale): Scale {
  const { black, white, window, assumed, inverted, padding } = scale;
  const measures = Number.isFinite(scale.intercept) && Number.isFinite(scale.slope);
  const { slope, intercept, unit } = measures ? scale : { slope: 1, intercept: 0, unit: null };
  return {
    ...{ black, white, slope, intercept, window },
    unit: unit !== null && isShortText(unit) ? unit : null,
    ...(window && assumed ? { assumed } : {}),
    ...(inverted ? { inverted } : {}),
    ...(padding ? { padding } : {}),
  };
}

function isShortText(text: string): boolean {
  try {
    return new ByteReader(new ByteWriter().text(text).done()).text(maxText) === text;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}
