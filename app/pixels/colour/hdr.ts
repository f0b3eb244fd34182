/**
 * HDR transfer functions as what an ordinary screen shows: light is what the function says, then tone-mapped, so that what is
 * brighter than a white page rolls off instead of being cut off. One curve for each channel, so that a profile can hold it.
 */

/** A white page, cd/m² (ITU-R BT.2408-7, 2.2). */
const REFERENCE_WHITE = 203;

/** The brightest light that is told apart, cd/m²: that of most HDR screens, and of HLG's reference display (BT.2100-2, table 5). */
const PEAK = 1000;

/** SMPTE ST 2084, as BT.2100-2, table 4 states it. */
const m1 = 2610 / 16_384;
const m2 = (2523 / 4096) * 128;
const c1 = 3424 / 4096;
const c2 = (2413 / 4096) * 32;
const c3 = (2392 / 4096) * 32;

/** Stored [0,1] to cd/m². */
const pqToLight = (encoded: number): number => {
  const power = Math.max(0, encoded) ** (1 / m2);
  return 10_000 * (Math.max(0, power - c1) / (c2 - c3 * power)) ** (1 / m1);
};

/** cd/m² to stored [0,1]. */
const lightToPq = (light: number): number => {
  const power = (Math.max(0, light) / 10_000) ** m1;
  return ((c1 + c2 * power) / (1 + c3 * power)) ** m2;
};

/** Inverse OETF of HLG, [0,1] to [0,1] (BT.2100-2, table 5). */
const hlgToScene = (encoded: number): number => {
  const a = 0.178_832_77;
  const b = 1 - 4 * a;
  const c = 0.5 - a * Math.log(4 * a);
  return encoded <= 0.5 ? encoded ** 2 / 3 : (Math.exp((encoded - c) / a) + b) / 12;
};

const peakCode = lightToPq(PEAK);
/** White of the screen as a share of the peak, both as PQ codes, and where the roll-off begins. */
const maxLum = lightToPq(REFERENCE_WHITE) / peakCode;
const knee = 1.5 * maxLum - 0.5;

/**
 * cd/m² to [0,1], 1 being white of the screen: the EETF of ITU-R BT.2390-11, 5.4.1, without a lift of black. Light below the knee is
 * as bright as it was.
 */
export function toneMapped(light: number): number {
  const code = Math.min(1, lightToPq(light) / peakCode);
  let mapped = code;
  if (code > knee) {
    const t = (code - knee) / (1 - knee);
    mapped =
      (2 * t ** 3 - 3 * t ** 2 + 1) * knee +
      (t ** 3 - 2 * t ** 2 + t) * (1 - knee) +
      (-2 * t ** 3 + 3 * t ** 2) * maxLum;
  }
  return Math.min(1, pqToLight(mapped * peakCode) / REFERENCE_WHITE);
}

export const pqCurve = (encoded: number): number => toneMapped(pqToLight(encoded));

/** The system gamma of 1.2 is applied to each channel by itself, which is exact for gray. */
export const hlgCurve = (encoded: number): number =>
  toneMapped(PEAK * hlgToScene(Math.max(0, encoded)) ** 1.2);
