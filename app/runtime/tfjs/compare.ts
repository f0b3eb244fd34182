/** Whether a translated model gives what TensorFlow.js gives, on a random picture. Runs both, so only in a process that is thrown away (`probe/check-tfjs.ts`). */
import { Draws } from '../draws.ts';
import { inferenceThreads } from '../cpu.ts';
import { openUnknown } from '../sessions.ts';
import { plainWords } from '../words.ts';
import { unsuitable } from './refuse.ts';
import { say } from './sentences.ts';
import { openInTensorflow, type TensorflowModel } from './tensorflow.ts';
import type { Translated } from './translate.ts';

/** Of the largest value that comes out, or of 1: both sum in another order, in single precision. */
export const TOLERANCE = 1e-4;

/** Rows and columns that are tried where a model takes any: other than each other, and multiples of what most networks want. */
const SIDES = [
  [32, 64],
  [64, 128],
] as const;

/** @returns a sentence that says how near they are. @throws HourglassError model-unsuitable: they differ, or one of them can not run it */
export async function compare(path: string, translated: Translated): Promise<string> {
  const tensorflow = await openInTensorflow(translated).catch((error: unknown) => {
    throw unsuitable(say('referenceFailed', { reason: plainWords(error) }), error);
  });
  const [height, width] = translated.sides;
  let failure: Error | null = null;
  for (const [rows, columns] of SIDES) {
    const sides = { height: height ?? rows, width: width ?? columns };
    const picture = randomPicture(sides, translated.channels);
    const expected = await tensorflow
      .run(picture.interleaved, [1, sides.height, sides.width, translated.channels])
      .catch((error: unknown) => {
        failure = unsuitable(say('referenceFailed', { reason: plainWords(error) }), error);
      });
    if (!expected) continue;
    return say('agrees', {
      ...sides,
      difference: (
        await differenceOf(path, picture.planar, sides, translated.channels, expected)
      ).toExponential(1),
    });
  }
  throw failure!;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

async function differenceOf(
  path: string,
  picture: Float32Array,
  { width, height }: Size,
  channels: number,
  expected: Awaited<ReturnType<TensorflowModel['run']>>,
): Promise<number> {
  const given = await openUnknown(path, inferenceThreads())
    .then((network) => network.run(picture, [1, channels, height, width]))
    .catch((error: unknown) => {
      throw unsuitable(say('onnxFailed', { reason: plainWords(error) }), error);
    });
  const [count, rows, columns, depth] = expected.shape as [number, number, number, number];
  const wanted = [count, depth, rows, columns];
  const data = given.data as Float32Array;
  if (expected.shape.length !== 4 || given.shape.join() !== wanted.join())
    throw unsuitable(
      say('shapeDiffers', { shape: given.shape.join(' × '), expected: wanted.join(' × ') }),
    );
  let [worst, largest] = [0, 1];
  const plane = rows * columns;
  for (let at = 0; at < data.length; at++) {
    const other = expected.data[(at % plane) * depth + Math.floor(at / plane)]!;
    // Written so that NaN on one side alone is a difference.
    const away = Object.is(data[at], other) ? 0 : Math.abs(data[at]! - other);
    if (!(away <= worst)) worst = away;
    if (Math.abs(other) > largest) largest = Math.abs(other);
  }
  if (worst <= TOLERANCE * largest) return worst;
  throw unsuitable(say('differs', { width, height, difference: worst.toPrecision(2) }));
}

/** Values between 0 and 1, the same in every call. */
function randomPicture({ width, height }: Size, channels: number) {
  const plane = width * height;
  const draws = new Draws(1);
  const planar = Float32Array.from({ length: channels * plane }, () => draws.next());
  const interleaved = new Float32Array(planar.length);
  for (let at = 0; at < planar.length; at++)
    interleaved[(at % plane) * channels + Math.floor(at / plane)] = planar[at]!;
  return { planar, interleaved };
}
