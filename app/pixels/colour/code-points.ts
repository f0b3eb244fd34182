/**
 * Colours by code points, as AVIF (nclx) and PNG (cICP) tell them: ITU-T H.273 (07/2024), tables 2 and 3. What a code means:
 * where primaries and white lie, and how stored values become light.
 */
import { hlgCurve, pqCurve } from './hdr.ts';

export interface ColourCodes {
  /** ColourPrimaries. */
  readonly primaries: number;
  /** TransferCharacteristics. */
  readonly transfer: number;
}

/** CIE 1931 x and y of red, green, blue and white. */
export type Chromaticities = readonly [
  ...[rx: number, ry: number, gx: number, gy: number],
  ...[bx: number, by: number, wx: number, wy: number],
];

/** Stored values from 0 to 1 to linear light from 0 to 1. */
export type Transfer =
  | { readonly kind: 'gamma'; readonly gamma: number }
  /** x ≥ d: (a·x + b)^g; below c·x: parametricCurveType 3 of ICC.1:2022, 10.18. */
  | {
      readonly kind: 'parametric';
      readonly parameters: readonly [number, number, number, number, number];
    }
  | { readonly kind: 'sampled'; readonly curve: (encoded: number) => number };

const d65 = [0.3127, 0.329] as const;
const illuminantC = [0.31, 0.316] as const;

export const srgbPrimaries: Chromaticities = [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, ...d65];
export const adobePrimaries: Chromaticities = [0.64, 0.33, 0.21, 0.71, 0.15, 0.06, ...d65];
const bt2020: Chromaticities = [0.708, 0.292, 0.17, 0.797, 0.131, 0.046, ...d65];

const primariesByCode: Readonly<Record<number, { name: string; at: Chromaticities }>> = {
  1: { name: 'sRGB primaries', at: srgbPrimaries },
  4: { name: 'BT.470 M', at: [0.67, 0.33, 0.21, 0.71, 0.14, 0.08, ...illuminantC] },
  5: { name: 'BT.470 BG', at: [0.64, 0.33, 0.29, 0.6, 0.15, 0.06, ...d65] },
  6: { name: 'SMPTE 170M', at: [0.63, 0.34, 0.31, 0.595, 0.155, 0.07, ...d65] },
  7: { name: 'SMPTE 240M', at: [0.63, 0.34, 0.31, 0.595, 0.155, 0.07, ...d65] },
  8: { name: 'film', at: [0.681, 0.319, 0.243, 0.692, 0.145, 0.049, ...illuminantC] },
  9: { name: 'BT.2020', at: bt2020 },
  10: { name: 'XYZ', at: [1, 0, 0, 1, 0, 0, 1 / 3, 1 / 3] },
  11: { name: 'DCI-P3', at: [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.314, 0.351] },
  12: { name: 'P3 D65', at: [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, ...d65] },
  22: { name: 'EBU 3213', at: [0.63, 0.34, 0.295, 0.605, 0.155, 0.077, ...d65] },
};

export const srgbTransfer: Transfer = {
  kind: 'parametric',
  parameters: [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045],
};

const bt709: Transfer = {
  kind: 'parametric',
  parameters: [1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081],
};

const logarithmic = (decades: number): Transfer => ({
  kind: 'sampled',
  curve: (encoded) => (encoded <= 0 ? 0 : 10 ** ((encoded - 1) * decades)),
});

const transfersByCode: Readonly<Record<number, { name: string; transfer: Transfer }>> = {
  1: { name: 'BT.709 curve', transfer: bt709 },
  4: { name: 'gamma 2.2', transfer: { kind: 'gamma', gamma: 2.2 } },
  5: { name: 'gamma 2.8', transfer: { kind: 'gamma', gamma: 2.8 } },
  6: { name: 'BT.709 curve', transfer: bt709 },
  7: {
    name: 'SMPTE 240M curve',
    transfer: {
      kind: 'parametric',
      parameters: [1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 1 / 4, 0.0913],
    },
  },
  8: { name: 'linear', transfer: { kind: 'gamma', gamma: 1 } },
  9: { name: 'logarithmic', transfer: logarithmic(2) },
  10: { name: 'logarithmic', transfer: logarithmic(2.5) },
  11: { name: 'BT.709 curve', transfer: bt709 },
  12: { name: 'BT.709 curve', transfer: bt709 },
  13: { name: 'sRGB curve', transfer: srgbTransfer },
  14: { name: 'BT.709 curve', transfer: bt709 },
  15: { name: 'BT.709 curve', transfer: bt709 },
  16: { name: 'PQ', transfer: { kind: 'sampled', curve: pqCurve } },
  17: { name: 'gamma 2.6', transfer: { kind: 'gamma', gamma: 2.6 } },
  18: { name: 'HLG', transfer: { kind: 'sampled', curve: hlgCurve } },
};

export const isHdrTransfer = (transfer: number): boolean => transfer === 16 || transfer === 18;

/** Curves that writers state for what they encoded as sRGB: BT.709 and its kin, sRGB, and none. */
const likeSrgb = new Set([1, 6, 11, 12, 13, 14, 15]);

export interface CodedColour {
  readonly name: string;
  readonly primaries: Chromaticities;
  readonly transfer: Transfer;
}

/**
 * What code points mean; those that H.273 leaves unspecified or reserved are taken for sRGB's, with an HDR transfer for BT.2020's.
 * @returns null: sRGB in effect. So are sRGB's primaries with the curve of BT.709: encoders for video state it for pictures that
 *   were sRGB before, and nothing that shows pictures tells the two apart
 */
export function codedColour({ primaries, transfer }: ColourCodes): CodedColour | null {
  const curve = transfersByCode[transfer];
  const space = primariesByCode[primaries] ?? primariesByCode[isHdrTransfer(transfer) ? 9 : 1]!;
  if (space.at === srgbPrimaries && (!curve || likeSrgb.has(transfer))) return null;
  const name =
    primaries === 12 && transfer === 13
      ? 'Display P3'
      : `${space.name}, ${curve?.name ?? 'sRGB curve'}`;
  return { name, primaries: space.at, transfer: curve?.transfer ?? srgbTransfer };
}
