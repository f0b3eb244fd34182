/**
 * Does a network leave a grid? Strided layers can print a pattern with the period of their stride
 * (Odena, Dumoulin, Olah, "Deconvolution and checkerboard artifacts", Distill 2016). Such a pattern is
 * a line in the spectrum of the error at the multiples of 1/stride; noise and texture are smooth there.
 * So: the power at those frequencies against the power around them.
 */
import { fft } from './fft.ts';

/** Pixels; a multiple of every stride. */
const SIDE = 64;
/** Bins from a frequency to those it is compared with: beyond the main lobe of the window. */
const NEAR = 3;
const FAR = 5;

export const STRIDES = [2, 4, 8] as const;

export interface GridSpectrum {
  /** Power by frequency, SIDE × SIDE, summed over blocks. */
  readonly power: Float64Array;
  blocks: number;
}

export const createGridSpectrum = (): GridSpectrum => ({
  power: new Float64Array(SIDE * SIDE),
  blocks: 0,
});

const hann = Float64Array.from(
  { length: SIDE },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIDE),
);
/** Of the window over a block. */
const WINDOW_SUM = (SIDE / 2) ** 2;

/** Adds a plane of errors, block by half-overlapping block; each block without its mean. */
export function addErrors(
  spectrum: GridSpectrum,
  errors: Float32Array,
  width: number,
  height: number,
): void {
  const re = new Float64Array(SIDE * SIDE);
  const im = new Float64Array(SIDE * SIDE);
  for (let top = 0; top + SIDE <= height; top += SIDE / 2)
    for (let left = 0; left + SIDE <= width; left += SIDE / 2) {
      let sum = 0;
      for (let y = 0, i = 0; y < SIDE; y++)
        for (let x = 0; x < SIDE; x++, i++) sum += re[i] = errors[(top + y) * width + left + x]!;
      const mean = sum / (SIDE * SIDE);
      for (let y = 0, i = 0; y < SIDE; y++)
        for (let x = 0; x < SIDE; x++, i++) re[i] = (re[i]! - mean) * hann[y]! * hann[x]!;
      im.fill(0);
      transform(re, im);
      for (let i = 0; i < re.length; i++) spectrum.power[i]! += re[i]! ** 2 + im[i]! ** 2;
      spectrum.blocks++;
    }
}

function transform(re: Float64Array, im: Float64Array): void {
  const lineRe = new Float64Array(SIDE);
  const lineIm = new Float64Array(SIDE);
  for (const [step, next] of [
    [1, SIDE],
    [SIDE, 1],
  ] as const)
    for (let line = 0; line < SIDE; line++) {
      for (let k = 0; k < SIDE; k++) {
        lineRe[k] = re[line * next + k * step]!;
        lineIm[k] = im[line * next + k * step]!;
      }
      fft(lineRe, lineIm);
      for (let k = 0; k < SIDE; k++) {
        re[line * next + k * step] = lineRe[k]!;
        im[line * next + k * step] = lineIm[k]!;
      }
    }
}

export interface GridReading {
  /** Power at the worst frequency of the stride against that around it; 1: no grid. */
  readonly ratio: number;
  /** Of the pattern beyond what is around it, in the unit of the errors. */
  readonly amplitude: number;
}

/**
 * For each stride, the frequency (of those that belong to no smaller stride) that stands out most from
 * the geometric mean of the power 3 to 5 bins away. On an axis the neighbours are those of the axis,
 * where pictures have their edges.
 * @returns null where no block fitted or there are no errors
 */
export function readGrid({ power, blocks }: GridSpectrum): Record<number, GridReading> | null {
  if (blocks === 0 || power.every((value) => value === 0)) return null;
  const at = (u: number, v: number): number =>
    power[((v + SIDE) % SIDE) * SIDE + ((u + SIDE) % SIDE)]!;
  const compare = (u: number, v: number): GridReading => {
    const around: number[] = [];
    for (let d = NEAR; d <= FAR; d++)
      for (const by of [-d, d]) {
        if (v !== 0) around.push(Math.log(at(u, v + by)));
        if (u !== 0) around.push(Math.log(at(u + by, v)));
      }
    const usual = Math.exp(around.reduce((sum, log) => sum + log, 0) / around.length);
    const beyond = Math.max(0, at(u, v) - usual) / blocks;
    // A cosine has half of its amplitude at f and half at −f, which are one at the highest frequency.
    const halves = (2 * u) % SIDE === 0 && (2 * v) % SIDE === 0 ? 1 : 2;
    return { ratio: at(u, v) / usual, amplitude: (halves * Math.sqrt(beyond)) / WINDOW_SUM };
  };
  const result: Record<number, GridReading> = {};
  const seen = new Set<number>([0]);
  for (const stride of STRIDES) {
    let worst: GridReading = { ratio: 0, amplitude: 0 };
    for (let j = 0; j < stride; j++)
      for (let i = 0; i < stride; i++) {
        const [u, v] = [(i * SIDE) / stride, (j * SIDE) / stride];
        if (seen.has(v * SIDE + u)) continue;
        seen.add(v * SIDE + u);
        const found = compare(u, v);
        if (found.ratio > worst.ratio) worst = found;
      }
    result[stride] = worst;
  }
  return result;
}
