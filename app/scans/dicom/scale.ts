/**
 * What the stored values of a frame measure, and what of them is shown first: modality LUT, windows and padding
 * (PS3.3, C.11.1, C.11.2, C.7.5.1.1.2). Stored values, measured values and what the screen shows are three things.
 */
import type { DataSet } from 'dicom-parser';
import { isWindow, type Scale } from '../../contract/index.ts';
import { windowsOfCt } from '../../contract/value-window.ts';
import { percentileRange } from '../../pixels/percentiles.ts';
import type { Raster } from '../../pixels/raster.ts';
import { tags } from './file.ts';
import { macroOf, type PixelFacts } from './image.ts';

type Window = NonNullable<Scale['window']>;

/** What a scale can not say of a file, for a notice. */
export type ScaleLoss =
  | { readonly what: 'modalityLut' | 'voiLut' }
  /** VOI LUT Function, as it stands in the file. */
  | { readonly what: 'voiFunction'; readonly found: string };

export interface FoundScale {
  readonly scale: Scale;
  readonly losses: readonly ScaleLoss[];
}

/** Values of Rescale Type, and of Units of PET, as people write them. */
const units: Readonly<Record<string, string>> = {
  ...{ HU: 'HU', BQML: 'Bq/ml', CNTS: 'counts', GML: 'g/ml', OD: '10⁻³ OD', MGML: 'mg/ml' },
};

/** @param frame from 0 on */
export function scaleOfFrame(dataSet: DataSet, facts: PixelFacts, frame: number): FoundScale {
  const losses: ScaleLoss[] = [];
  const rescale = macroOf(dataSet, frame, 'x00289145');
  const stated = rescale.floatString('x00281053');
  const slope = stated === undefined || stated === 0 || !Number.isFinite(stated) ? 1 : stated;
  const intercept = rescale.floatString('x00281052') ?? 0;
  if (dataSet.elements['x00283000']?.items?.length) losses.push({ what: 'modalityLut' });
  const { bitsStored, signed } = facts;
  const { window, losses: ofWindow } = windowOf(macroOf(dataSet, frame, 'x00289132'));
  losses.push(...ofWindow);
  const padding = paddingOf(dataSet, facts);
  return {
    losses,
    scale: {
      black: signed ? -(2 ** (bitsStored - 1)) : 0,
      white: 2 ** (signed ? bitsStored - 1 : bitsStored) - 1,
      ...{ slope, intercept, window },
      unit: unitOf(dataSet, rescale),
      ...(facts.photometric === 'MONOCHROME1' ? { inverted: true } : {}),
      ...(padding ? { padding } : {}),
    },
  };
}

/** CT counts in HU where nothing else is said (PS3.3, C.8.2.1.1.2). */
function unitOf(dataSet: DataSet, rescale: DataSet): string | null {
  const stated = rescale.string('x00281054') ?? dataSet.string('x00541001');
  if (stated && stated !== 'US') return units[stated] ?? (stated === 'UNSPECIFIED' ? null : stated);
  const counts = dataSet.string(tags.modality) === 'CT' && rescale.elements['x00281053'];
  return counts ? 'HU' : null;
}

/** As LINEAR_EXACT or SIGMOID, which the screen computes (PS3.3, C.11.2.1.2 and C.11.2.1.3). */
function windowOf(dataSet: DataSet): { window: Window | null; losses: readonly ScaleLoss[] } {
  const center = dataSet.floatString('x00281050', 0);
  const width = dataSet.floatString('x00281051', 0);
  const losses: ScaleLoss[] = [];
  if (dataSet.elements['x00283010']?.items?.length) losses.push({ what: 'voiLut' });
  if (center === undefined || width === undefined || !isWindow({ center, width }))
    return { window: null, losses };
  const stated = dataSet.string('x00281056') ?? '';
  if (stated === 'LINEAR_EXACT') return { window: { center, width }, losses };
  if (stated === 'SIGMOID') return { window: { center, width, sigmoid: true }, losses };
  // LINEAR is what holds where nothing is said (C.11.2.1.3), and so where it is said in a word that nobody knows.
  if (stated !== '' && stated !== 'LINEAR') losses.push({ what: 'voiFunction', found: stated });
  // From center − 0.5 − (width − 1) / 2; a width of 1 is a step.
  return { window: { center: center - 0.5, width: Math.max(width - 1, 1e-3) }, losses };
}

/** It asks for no window, and is shown in one that follows from what it holds. */
export const isSeenByItsValues = (
  scale: Scale,
  { bitsStored }: Pick<PixelFacts, 'bitsStored'>,
): boolean => !scale.window && bitsStored > 8 && scale.unit !== 'HU';

/**
 * What is shown first of a frame that asks for no window. From black to white 16 bits would be one grey: of CT it is soft tissue, the same
 * in every slice, of others where the values of the frame lie (of several those of the middle one: `common-window.ts`). 8 bits and less
 * were made to be looked at.
 */
export function withAssumedWindow(
  scale: Scale,
  { bitsStored }: Pick<PixelFacts, 'bitsStored'>,
  raster: Raster,
): Scale {
  if (scale.window || bitsStored <= 8) return scale;
  if (scale.unit === 'HU') return { ...scale, window: windowsOfCt['soft-tissue'], assumed: true };
  const range = percentileRange({ ...raster, scale });
  const width = range ? Math.abs((range.high - range.low) * scale.slope) : 0;
  if (!range || !(width > 0)) return scale;
  const center = ((range.low + range.high) / 2) * scale.slope + scale.intercept;
  return { ...scale, window: { center, width }, assumed: true };
}

/** Padding value, or the range from it to its limit, as stored. */
function paddingOf(dataSet: DataSet, { signed, bitsStored }: PixelFacts): Scale['padding'] {
  const read = (tag: string): number | undefined => {
    const element = dataSet.elements[tag];
    // An empty value means none, not 0.
    if (!element || element.length < 2) return undefined;
    const value = signed ? dataSet.int16(tag) : dataSet.uint16(tag);
    if (value === undefined || signed) return value;
    return value % 2 ** Math.max(bitsStored, 8);
  };
  const first = read('x00280120');
  if (first === undefined) return undefined;
  const last = read('x00280121') ?? first;
  return { low: Math.min(first, last), high: Math.max(first, last) };
}
