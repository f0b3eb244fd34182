/** Air around the body of a scan stays bit for bit, and all of the body is cleaned. */
import { describe, expect, test } from 'vitest';
import { magnitudeNoiseOf } from '../../../app/denoise/noise/magnitude.ts';
import { outsideOf } from '../../../app/denoise/outside.ts';
import { lookAt } from '../../../app/denoise/picture.ts';
import type { Raster } from '../../../app/pixels/raster.ts';
import { normal } from '../../random.ts';
import { cleanedByBlur } from './helpers.ts';

const SIDE = 192;
const PAD = -2000;
const AIR = -1000;
const LUNG = -860;

const ct = { black: -32768, white: 32767, slope: 1, intercept: 0, window: null, unit: 'HU' };

/** @param huAt Hounsfield units, PAD stays without noise */
function slice(huAt: (x: number, y: number) => number, scale: object = {}): Raster {
  const random = normal(7);
  const data = new Int16Array(SIDE * SIDE);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const hu = huAt(x, y);
      data[y * SIDE + x] = hu === PAD ? PAD : Math.round(hu + 25 * random());
    }
  const shape = { width: SIDE, height: SIDE, channels: 1, hasAlpha: false } as const;
  return {
    ...shape,
    sampleType: 'int16',
    data,
    scale: { ...ct, padding: { low: PAD, high: PAD }, ...scale },
  };
}

const far = (x: number, y: number, cx = 96, cy = 96): number => Math.hypot(x - cx, y - cy);
/** A chest with two lungs, on a table. */
const chest = (x: number, y: number): number => {
  if (far(x, y, 66) < 22 || far(x, y, 126) < 22) return LUNG;
  if (Math.hypot((x - 96) / 72, (y - 96) / 50) < 1) return 40;
  return y > 160 && y < 166 ? -300 : AIR;
};
const isBody = (x: number, y: number, grown = 0): boolean =>
  Math.hypot((x - 96) / (72 + grown), (y - 96) / (50 + grown)) < 1;

const seenIn = (raster: Raster): Uint8Array | null => outsideOf(lookAt({ raster }));
const shareOf = (mask: Uint8Array | null): number =>
  mask ? mask.reduce((sum, one) => sum + one, 0) / mask.length : 0;

describe('CT', () => {
  test('air around a body stays bit for bit; the body, lungs too, is cleaned up to its skin', async () => {
    const source = slice(chest);
    const { data } = await cleanedByBlur(source, { sigma: 10 });
    let [air, kept, lung, cleanedLung] = [0, 0, 0, 0];
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++) {
        const at = y * SIDE + x;
        const isSame = data[at] === source.data[at];
        if (!isBody(x, y, 9) && (y < 152 || y > 174)) {
          air++;
          if (isSame) kept++;
        }
        if (chest(x, y) !== LUNG) continue;
        lung++;
        if (!isSame) cleanedLung++;
      }
    expect(kept).toBe(air);
    // Some come back as they were, rounded.
    expect(cleanedLung / lung).toBeGreaterThan(0.7);
    const mask = seenIn(source)!;
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++) if (isBody(x, y, 2)) expect(mask[y * SIDE + x]).toBe(0);
  });
  test('air in a body is none of its outside, also where the edge of the picture cuts it open', () => {
    // A windpipe at the upper edge, bowel gas inside, a lung at the left edge.
    const open = (x: number, y: number): number => {
      if (far(x, y, 96, 0) < 14 || far(x, y, 120, 110) < 30) return AIR;
      return far(x, y, 0, 96) < 60 ? LUNG : 40;
    };
    expect(seenIn(slice(open))).toBeNull();
  });
  test('air that a body and a table cut off from the rest is outside where most of the edge is; clothes do not make it patchy', () => {
    // Two arms that leave the picture, with a pocket of air under one of them; a shirt of −900.
    const isArm = (x: number, y: number): boolean =>
      x > 150 && (Math.abs(y - 80) < 4 || Math.abs(y - 110) < 4);
    const shirt = (x: number, y: number): boolean => y > 20 && y < 34 && x > 40 && x < 150;
    const huAt = (x: number, y: number): number =>
      isArm(x, y) || far(x, y) < 55 ? 40 : shirt(x, y) ? -900 : AIR;
    const mask = seenIn(slice(huAt))!;
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++) {
        if (huAt(x, y) === 40) expect(mask[y * SIDE + x]).toBe(0);
        else if (far(x, y) > 61 && (x < 140 || (y > 88 && y < 102)))
          expect(mask[y * SIDE + x]).toBe(1);
      }
  });
  test('emphysema behind a wall of three pixels is cleaned beside air, and where the picture cuts a body open', () => {
    const chestOf = (x: number, y: number): number =>
      far(x, y) < 60 ? -940 : far(x, y) < 63 ? 40 : AIR;
    const mask = seenIn(slice(chestOf))!;
    expect(shareOf(mask)).toBeGreaterThan(0.4);
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++) if (far(x, y) < 63) expect(mask[y * SIDE + x]).toBe(0);
    // Half of the edge is air; the lung reaches the lower edge.
    const cut = (x: number, y: number): number =>
      y < 60 ? AIR : far(x, y, 96, 191) < 12 ? -960 : 40;
    const seen = seenIn(slice(cut))!;
    expect(shareOf(seen)).toBeGreaterThan(0.2);
    for (let at = 60 * SIDE; at < seen.length; at++) expect(seen[at]).toBe(0);
  });
  test('a round field of padding is not what makes lungs outside', () => {
    const round = (x: number, y: number): number => {
      if (far(x, y) > 94) return PAD;
      return x < 60 ? LUNG : x > 165 ? AIR : 40;
    };
    const mask = seenIn(slice(round))!;
    expect(shareOf(mask)).toBeGreaterThan(0.02);
    for (let y = 0; y < SIDE; y++) for (let x = 0; x < 165; x++) expect(mask[y * SIDE + x]).toBe(0);
  });
  test('nothing is outside without a unit, and where there is no body', () => {
    expect(seenIn(slice(chest, { unit: null }))).toBeNull();
    expect(seenIn(slice(chest, { unit: 'Bq/ml' }))).toBeNull();
    expect(seenIn(slice(() => AIR))).toBeNull();
    expect(seenIn(slice(() => 40))).toBeNull();
  });
});

describe('MR', () => {
  const SIGMA = 20;
  function magnitude(signalAt: (x: number, y: number) => number): Raster {
    const random = normal(3);
    const data = new Uint16Array(SIDE * SIDE);
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++)
        data[y * SIDE + x] = Math.round(
          Math.hypot(signalAt(x, y) + SIGMA * random(), SIGMA * random()),
        );
    return { width: SIDE, height: SIDE, channels: 1, hasAlpha: false, sampleType: 'uint16', data };
  }
  /** A head; what is dark in it gives no signal. */
  const head = (x: number, y: number): number =>
    far(x, y) < 60 ? (far(x, y) < 20 ? 0 : 10 * SIGMA) : 0;

  test('has no outside: its air is noise alone, and is cleaned', () => {
    const source = magnitude(head);
    expect(magnitudeNoiseOf(lookAt({ raster: source }))).toBeGreaterThan(0);
    expect(seenIn(source)).toBeNull();
  });
});
