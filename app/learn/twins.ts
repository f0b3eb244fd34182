/**
 * How well views of pictures find each other by their codes: what a siamese network is worth. Rows of codes are as `ntXent` has them: row i and row
 * i + pairs are two views of one picture.
 */
import { small } from './small.ts';

/** Of the first `counted` pairs: likeness to every view of the others, all pairs among them. */
export interface Found {
  /** NT-Xent (Chen et al. 2020, equation 1), mean of both views of each counted pair. */
  readonly loss: number;
  /** Of both views of each counted pair: the row that is most like it. */
  readonly nearest: readonly (readonly [number, number])[];
  /** Share of the counted views whose nearest is their twin. */
  readonly share: number;
}

/**
 * @param codes [2·pairs, width] of length 1
 * @param counted pairs that are asked for; the others are there to be wrong
 */
export function twinsIn(
  codes: Float32Array,
  width: number,
  temperature: number,
  counted: number,
): Found {
  const rows = codes.length / width;
  const pairs = rows / 2;
  const nearest: (readonly [number, number])[] = [];
  let [loss, found] = [0, 0];
  for (let pair = 0; pair < counted; pair++) {
    const asked = [pair, pair + pairs].map((row) => {
      const twin = (row + pairs) % rows;
      const alike = new Float64Array(rows);
      let best = -1;
      for (let other = 0; other < rows; other++) {
        if (other === row) continue;
        let cosine = 0;
        for (let k = 0; k < width; k++)
          cosine += codes[row * width + k]! * codes[other * width + k]!;
        alike[other] = cosine;
        if (best < 0 || cosine > alike[best]!) best = other;
      }
      let sum = 0;
      for (let other = 0; other < rows; other++)
        if (other !== row) sum += Math.exp((alike[other]! - alike[twin]!) / temperature);
      loss += Math.log(sum) / (2 * counted);
      if (best === twin) found++;
      return best;
    });
    nearest.push([asked[0]!, asked[1]!]);
  }
  return { loss, nearest, share: found / (2 * counted) };
}

/** Side of the small pictures that are the plainest code, pixels. */
const SMALL = 8;

/**
 * The plainest code there is, to compare with: each view made as small as 8 × 8 pixels, without its mean, of length 1.
 * @param views planar [rows, tones, patch, patch]
 */
export function smallCodes(
  views: Float32Array,
  tones: number,
  patch: number,
): { readonly codes: Float32Array; readonly width: number } {
  const width = tones * SMALL * SMALL;
  const values = tones * patch * patch;
  const rows = views.length / values;
  const codes = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const code = codes.subarray(row * width, (row + 1) * width);
    code.set(small(views, row * values, { tones, patch }, SMALL));
    const mean = code.reduce((a, b) => a + b, 0) / width;
    let squares = 0;
    for (let at = 0; at < width; at++) {
      code[at]! -= mean;
      squares += code[at]! ** 2;
    }
    const length = Math.sqrt(squares) || 1;
    for (let at = 0; at < width; at++) code[at]! /= length;
  }
  return { codes, width };
}
