/** Squares that a training tells of, as pixels for a canvas. */
import type { TrainingPictures } from '../../../app/contract/index.ts';

/** Levels of 255 that are black and white in a difference: the same for every picture and at all times. */
export const differenceLevels = 32;

function samplesOf(text: string): Uint8Array {
  const binary = atob(text);
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

/** RGBA of one picture. */
export function pixelsOf(
  text: string,
  tones: TrainingPictures['tones'],
): Uint8ClampedArray<ArrayBuffer> {
  const samples = samplesOf(text);
  const count = samples.length / tones;
  const pixels = new Uint8ClampedArray(4 * count);
  for (let at = 0; at < count; at++) {
    for (let tone = 0; tone < 3; tone++)
      pixels[4 * at + tone] = samples[at * tones + (tones === 3 ? tone : 0)]!;
    pixels[4 * at + 3] = 255;
  }
  return pixels;
}

/** RGBA of what the second has more than the first, mean of the tones: middle gray is nothing. */
export function differenceOf(
  clean: string,
  given: string,
  tones: TrainingPictures['tones'],
): Uint8ClampedArray<ArrayBuffer> {
  const [before, after] = [samplesOf(clean), samplesOf(given)];
  const count = before.length / tones;
  const pixels = new Uint8ClampedArray(4 * count);
  for (let at = 0; at < count; at++) {
    let sum = 0;
    for (let tone = 0; tone < tones; tone++)
      sum += after[at * tones + tone]! - before[at * tones + tone]!;
    const level = 127.5 + (127.5 * sum) / tones / differenceLevels;
    pixels.fill(level, 4 * at, 4 * at + 3);
    pixels[4 * at + 3] = 255;
  }
  return pixels;
}
