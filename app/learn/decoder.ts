/**
 * The way back of a variational network alone: from codes to squares. New codes are drawn from the distribution that the training pulled all codes towards
 * (N(0, 1) of each unit; Kingma & Welling 2014, section 2.3), or lie between others.
 */
import { GaussianDraws, pass, Tape, type Layer } from './engine/index.ts';
import { kinds } from './kinds.ts';
import { shownShape, type Plan } from './network.ts';

/** Of `Draws`: samples. */
const SAMPLES = 201;

const isWayBack = (layers: readonly Layer[]): number =>
  layers.findIndex(({ kind }) => kind === 'gaussian') + 1;

/** Whether there is something to draw from. */
export const generates = ({ settings }: Pick<Plan, 'settings'>): boolean =>
  settings.kind === 'variational';

/**
 * An ONNX graph from `code` [rows, width] to `output` [rows, tones, patch, patch].
 * @param weights of the whole network, as `theta`
 */
export function decoderOf(plan: Plan, weights: Float32Array, rows: number): Uint8Array {
  const { settings, tones } = plan;
  const layers = kinds[settings.kind].layers(settings, tones);
  const from = isWayBack(layers);
  // Parameters stand in the order of the layers: those before the code are counted by emitting them once.
  const before = new Tape();
  pass(before, before.input('x', shownShape(plan)), layers.slice(0, from));
  const tape = new Tape({ fixed: weights.subarray(before.size) });
  const code = tape.input('code', [rows, settings.width]);
  const { name, shape } = pass(tape, code, layers.slice(from)).output;
  const { graph } = tape;
  graph.output('output', settings.loss === 'bce' ? graph.op('Sigmoid', [name]) : name, shape);
  return graph.encode();
}

/** Standard normal values times a temperature: below 1 nearer to the most usual, above it stranger. [count][width] */
export const drawnCodes = (
  width: number,
  {
    count,
    seed,
    temperature,
  }: { readonly count: number; readonly seed: number; readonly temperature: number },
): Float32Array[] =>
  Array.from({ length: count }, (_, at) => {
    // One stream for each: more samples do not change the first ones.
    const draws = new GaussianDraws(seed, at, SAMPLES);
    return Float32Array.from({ length: width }, () => temperature * draws.next());
  });

/** Below such an angle, radians, the arc is a line. */
const STRAIGHT = 1e-3;

/**
 * Codes from one to another along the arc between them, their lengths changing evenly: on a straight line the middle would be shorter than codes are
 * (Shoemake 1985; White 2016, "Sampling generative networks", section 2.1). Both ends are in. [steps][width], steps at least 2
 */
export function codesBetween(from: Float32Array, to: Float32Array, steps: number): Float32Array[] {
  const length = (code: Float32Array): number => Math.hypot(...code);
  const [a, b] = [length(from), length(to)];
  let cosine = 0;
  for (let i = 0; i < from.length; i++) cosine += from[i]! * to[i]!;
  const angle = a > 0 && b > 0 ? Math.acos(Math.min(1, Math.max(-1, cosine / (a * b)))) : 0;
  const isLine = angle < STRAIGHT || Math.PI - angle < STRAIGHT;
  return Array.from({ length: steps }, (_, at) => {
    const share = at / (steps - 1);
    if (isLine) return from.map((value, i) => value + share * (to[i]! - value));
    const wanted = a + share * (b - a);
    const [left, right] = [
      Math.sin((1 - share) * angle) / Math.sin(angle) / a,
      Math.sin(share * angle) / Math.sin(angle) / b,
    ];
    return from.map((value, i) => wanted * (left * value + right * to[i]!));
  });
}

/** A unit that is moved goes so far, standard deviations of the distribution that is drawn from. */
export const FARTHEST = 3;

/** Codes that differ in one unit, from -3 to 3. @param unit from 0 */
export const codesAlong = (code: Float32Array, unit: number, steps: number): Float32Array[] =>
  Array.from({ length: steps }, (_, at) => {
    const moved = code.slice();
    moved[unit] = -FARTHEST + (2 * FARTHEST * at) / (steps - 1);
    return moved;
  });
