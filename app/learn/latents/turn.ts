/**
 * How the code of a network becomes latents that can be rounded and coded one by one: each number of it is weighed by what it does to pixels, what
 * the means around a place tell of it is taken away, and what is left is turned so that its numbers are no longer correlated (Karhunen and Loève).
 */
import { throwIfCancelled } from '../../contract/index.ts';
import { componentsInTurns } from '../../runtime/components.ts';
import type { RunnableGraph } from '../../runtime/index.ts';
import { GaussianDraws } from '../engine/index.ts';
import type { Plan } from '../network.ts';
import { AROUND, CELL, keptProbeOf, MEANS, probeOf, restsOf, SQUARE, type Turn } from './halves.ts';
import { leastSquares } from '../../runtime/least-squares.ts';

/** Of `GaussianDraws`. */
const AWAY = 301;
/** A code is moved by so much of its deviation to see what that does. */
const MOVE = 0.1;
/** A number of the code that does nothing is not worth less than that of the one that does most. */
const LEAST = 1e-3;
/** 8-bit levels. */
const LEVELS = 255;
/** Positions at a border are left out: codes there have seen nothing beyond. */
const BORDER = 1;
const FEATURES = AROUND * MEANS + 1;

export interface Squares {
  /** Planar [tones, side, side], one after another. */
  readonly data: Float32Array;
  readonly count: number;
  readonly side: number;
}

/** What a network's code is for squares of images. */
interface Seen {
  /** [positions][codes], and beside them the features that foretell: means around, then 1. */
  readonly codes: Float32Array;
  readonly around: Float32Array;
  /** Of each number of the network's code: 8-bit levels of all pixels together that one of it is worth. */
  readonly gains: Float64Array;
}

/** @throws HourglassError cancelled; as the graph */
export async function turnOf(
  plan: Plan,
  weights: Float32Array,
  { data, count, side }: Squares,
  openGraph: (bytes: Uint8Array) => Promise<RunnableGraph>,
  signal: AbortSignal,
): Promise<Turn> {
  // One square a run: memory stays small.
  const { bytes, shapes } = probeOf(plan, weights, 1, side);
  const graph = await openGraph(bytes);
  let seen: Seen;
  try {
    seen = await look(plan, { data, count, side }, { graph, shapes }, signal);
  } finally {
    await graph.close();
  }
  const all = await turned(plan, seen, signal);
  const restsBy = async (kept: number, squares: number) => {
    const turn = onlyFirst(all, kept);
    const probe = keptProbeOf(plan, weights, turn, side);
    const kind = await openGraph(probe.bytes);
    try {
      return await restsOfSquares(
        plan,
        { data, count: squares, side },
        { ...probe, graph: kind },
        signal,
      );
    } finally {
      await kind.close();
    }
  };
  const values = restsOf(plan);
  let best = { kept: 0, bits: Infinity };
  for (const kept of triedCounts(all.variances.length)) {
    const rests = await restsBy(kept, Math.min(count, TRIED));
    const { variances } = await componentsInTurns(rests, values, values, signal);
    const bits = bitsOf([...all.variances.slice(0, kept), ...variances]);
    if (bits < best.bits) best = { kept, bits };
  }
  const rests = await restsBy(best.kept, count);
  const { vectors } = await componentsInTurns(rests, values, values, signal);
  return {
    ...onlyFirst(all, best.kept),
    rests: new Float32Array(vectors.flatMap((vector) => [...inColours(vector, plan.tones)])),
  };
}

/** Powers of two, and none. */
const triedCounts = (most: number): readonly number[] =>
  [0, 1, 2, 4, 8, 16, 32, 64, 128, 256].filter((count) => count <= most);

/** Error that is allowed, squared 8-bit levels: a quantiser of 16 of them, which is a middling quality. */
const ALLOWED = 16 ** 2 / 12;
/** Of Gaussian latents of these variances at that error (Cover & Thomas, Elements of Information Theory, 2nd edition, theorem 10.3.3). */
const bitsOf = (variances: readonly number[]): number =>
  variances.reduce((sum, variance) => sum + Math.max(0, Math.log2(variance / ALLOWED) / 2), 0);

interface AllDirections extends Omit<Turn, 'rests'> {
  readonly variances: readonly number[];
}

/** The first directions alone, those that vary most. */
function onlyFirst({ around, bias, forward, back }: AllDirections, kept: number): Turn {
  const size = bias.length;
  const own = new Float32Array(size * kept);
  for (let c = 0; c < size; c++) own.set(back.subarray(c * size, c * size + kept), c * kept);
  const rests = new Float32Array();
  return { around, bias, forward: forward.slice(0, kept * size), back: own, rests };
}

/** [positions][8][8][tones]: what does not come back, 8-bit levels. */
async function restsOfSquares(
  { tones }: Plan,
  { data, count, side }: Squares,
  { graph, shapes }: ReturnType<typeof keptProbeOf> & { readonly graph: RunnableGraph },
  signal: AbortSignal,
): Promise<Float32Array> {
  const cells = side / CELL;
  const square = tones * CELL * CELL;
  const rests = new Float32Array(count * (cells - 2 * BORDER) ** 2 * square);
  const length = tones * side * side;
  for (let at = 0, position = 0; at < count; at++) {
    throwIfCancelled(signal);
    const x = data.slice(at * length, (at + 1) * length);
    const room = { data: new Float32Array(3 * side * side), shape: shapes.output };
    const { into } = await graph.run({ x: { data: x.slice(), shape: shapes.x } }, { output: room });
    const seen = { x, tones, output: into.output!.data };
    for (let row = BORDER; row < cells - BORDER; row++)
      for (let column = BORDER; column < cells - BORDER; column++, position++)
        fillRest(rests, position * square, seen, { side, left: column * CELL, top: row * CELL });
  }
  return rests;
}

type Probe = Pick<ReturnType<typeof probeOf>, 'shapes'> & { readonly graph: RunnableGraph };

async function look(
  { settings, tones }: Plan,
  { data, count, side }: Squares,
  { graph, shapes }: Probe,
  signal: AbortSignal,
): Promise<Seen> {
  const { width } = settings;
  const values = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  const run = async (square: number, away: Float32Array) => {
    throwIfCancelled(signal);
    const length = tones * side * side;
    const x = data.slice(square * length, (square + 1) * length);
    const room = (shape: readonly number[]) => ({ data: new Float32Array(values(shape)), shape });
    const { into } = await graph.run(
      { x: { data: x, shape: shapes.x }, away: { data: away.slice(), shape: shapes.away } },
      { code: room(shapes.code), means: room(shapes.means), output: room(shapes.output) },
    );
    return { code: into.code!.data, means: into.means!.data, output: into.output!.data };
  };
  const nothing = new Float32Array(values(shapes.away));
  const cells = side / CELL;
  const inner = cells - 2 * BORDER;
  const codesAt = shapes.code[1];
  const codes = new Float32Array(count * inner * inner * codesAt);
  const around = new Float32Array(count * inner * inner * FEATURES);
  const outputs: Float32Array[] = [];
  const tried = Math.min(count, TRIED);
  for (let at = 0, position = 0; at < count; at++) {
    const { code, means, output } = await run(at, nothing);
    if (at < tried) outputs.push(output);
    for (let row = BORDER; row < cells - BORDER; row++)
      for (let column = BORDER; column < cells - BORDER; column++, position++) {
        for (let c = 0; c < codesAt; c++)
          codes[position * codesAt + c] = code[(c * cells + row) * cells + column]!;
        fillAround(around, position * FEATURES, means, cells, row, column);
      }
  }
  const deviations = deviationsOf(codes, codesAt, width);
  const gains = new Float64Array(width);
  const plane = nothing.length / width;
  for (let channel = 0; channel < width; channel++) {
    let [moved, changed] = [0, 0];
    for (let square = 0; square < tried; square++) {
      const away = nothing.slice();
      const draws = new GaussianDraws(channel, square, AWAY);
      for (let at = channel * plane; at < (channel + 1) * plane; at++) {
        away[at] = MOVE * deviations[channel]! * draws.next();
        moved += away[at]! ** 2;
      }
      const { output } = await run(square, away);
      for (const [at, value] of output.entries())
        changed += (LEVELS * (value - outputs[square]![at]!)) ** 2;
    }
    gains[channel] = moved > 0 ? Math.sqrt(changed / moved) : 0;
  }
  return { codes, around, gains };
}

/** Squares in which codes are moved, and directions tried. */
const TRIED = 16;

function fillAround(
  to: Float32Array,
  at: number,
  means: Float32Array,
  cells: number,
  row: number,
  column: number,
): void {
  for (let mean = 0; mean < MEANS; mean++)
    for (let dy = -1; dy <= 1; dy++)
      for (let dx = -1; dx <= 1; dx++)
        to[at++] = means[(mean * cells + row + dy) * cells + column + dx]!;
  to[at] = 1;
}

/** The place is the slow index, as `SpaceToDepth` has it. */
function fillRest(
  to: Float32Array,
  at: number,
  seen: { readonly x: Float32Array; readonly tones: number; readonly output: Float32Array },
  { side, left, top }: Readonly<Record<'side' | 'left' | 'top', number>>,
): void {
  const { x, tones, output } = seen;
  for (let dy = 0; dy < CELL; dy++)
    for (let dx = 0; dx < CELL; dx++)
      for (let tone = 0; tone < tones; tone++, at++) {
        const place = (top + dy) * side + left + dx;
        const plane = tone * side * side;
        to[at] = LEVELS * (x[plane + place]! - output[plane + place]!);
      }
}

/** Of gray squares those of three equal colours, as long. @returns [8][8][3] */
const inColours = (vector: Float64Array, tones: number): Float64Array =>
  Float64Array.from({ length: SQUARE }, (_, at) =>
    tones === 3 ? vector[at]! : vector[Math.floor(at / 3)]! / Math.sqrt(3),
  );

/** Of each of the network's own numbers, wherever it was in its square of 8 × 8: the place is the slow index. */
function deviationsOf(codes: Float32Array, codesAt: number, width: number): Float64Array {
  const [sums, squares] = [new Float64Array(width), new Float64Array(width)];
  for (const [at, value] of codes.entries()) {
    sums[(at % codesAt) % width]! += value;
    squares[(at % codesAt) % width]! += value * value;
  }
  const count = codes.length / width;
  return sums.map((sum, c) => Math.sqrt(Math.max(0, squares[c]! / count - (sum / count) ** 2)));
}

async function turned(
  plan: Plan,
  { codes, around: features, gains }: Seen,
  signal: AbortSignal,
): Promise<AllDirections> {
  const positions = features.length / FEATURES;
  const size = codes.length / positions;
  const most = Math.max(...gains);
  const weights = Float64Array.from({ length: size }, (_, c) =>
    Math.max(gains[c % plan.settings.width]!, LEAST * most, Number.MIN_VALUE),
  );
  const weighed = codes.map((value, at) => value * weights[at % size]!);
  const told = leastSquares(features, weighed, FEATURES, size);
  for (let position = 0; position < positions; position++)
    for (let f = 0; f < FEATURES; f++) {
      const feature = features[position * FEATURES + f]!;
      for (let c = 0; c < size; c++) weighed[position * size + c]! -= told[f * size + c]! * feature;
    }
  const { vectors, variances } = await componentsInTurns(weighed, size, size, signal);
  const forward = new Float32Array(size * size);
  const back = new Float32Array(size * size);
  for (const [k, vector] of vectors.entries())
    for (let c = 0; c < size; c++) {
      forward[k * size + c] = vector[c]! * weights[c]!;
      back[c * size + k] = vector[c]! / weights[c]!;
    }
  const around = new Float32Array(size * (FEATURES - 1));
  const bias = new Float32Array(size);
  for (let c = 0; c < size; c++) {
    bias[c] = told[(FEATURES - 1) * size + c]! / weights[c]!;
    for (let f = 0; f < FEATURES - 1; f++)
      around[c * (FEATURES - 1) + f] = told[f * size + c]! / weights[c]!;
  }
  return { around: around, bias, forward, back, variances };
}
