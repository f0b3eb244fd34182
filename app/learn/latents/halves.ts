/**
 * The two halves of a convolutional network as those of a codec: a picture to latents of 8 × 8 pixels, and back. Latents are three things: the means of
 * the squares of 8 × 8 in three opponent colours, which are a small picture by themselves; what the network's code tells beyond them; and what the
 * network can not give back, so that at any quality the picture comes as near as was asked for. The latter two lie on directions that vary by
 * themselves (`turn.ts`). Going back, what the network decodes is moved to the means that were kept, and the rest is added.
 */
import { pass, Tape, type Layer, type Value } from '../engine/index.ts';
import { kinds, reachOf, type Tones } from '../kinds.ts';
import { ports, type Plan } from '../network.ts';

/** Pixels along the side of a latent: that of latent files. */
export const CELL = 8;
/** Latents that are means. */
export const MEANS = 3;
/** Of the means that a code is foretold from, and those around it. */
export const AROUND = 9;

/** Brightness, red − blue, green against both: an orthonormal basis, as of the codec that is shipped. */
const OPPONENT = [
  [1 / Math.sqrt(3), 1 / Math.sqrt(3), 1 / Math.sqrt(3)],
  [1 / Math.sqrt(2), 0, -1 / Math.sqrt(2)],
  [-1 / Math.sqrt(6), 2 / Math.sqrt(6), -1 / Math.sqrt(6)],
] as const;

/** 8-bit levels of what networks call 1, and of what latents call 0. */
const LEVELS = 255;
const MIDDLE = 127.5;

/**
 * How codes and latents belong together: foretold = `around` ∗ means + `bias`; latents = `forward` · (code − foretold); and back, code = foretold + `back` · latents.
 * Of the directions in which codes differ only those are kept that save more than they cost.
 */
export interface Turn {
  /** [codes][3][3][3]: a 3 × 3 convolution over the means. */
  readonly around: Float32Array;
  /** [codes] */
  readonly bias: Float32Array;
  /** [kept][codes] */
  readonly forward: Float32Array;
  /** [codes][kept] */
  readonly back: Float32Array;
  /** Of what is not given back: directions of length 1 in squares of 8 × 8, [rests][8][8][3]. */
  readonly rests: Float32Array;
}

/** Directions of codes that are kept. */
export const keptOf = ({ back, bias }: Pick<Turn, 'back' | 'bias'>): number =>
  back.length / bias.length;

/** Whether a network's code is as fine as latents, or finer. */
export const hasHalves = ({ settings }: Pick<Plan, 'settings'>): boolean =>
  settings.kind === 'convolutional' && 2 ** settings.depth <= CELL;

/** Numbers of the code for 8 × 8 pixels. */
export const codesOf = ({ settings }: Pick<Plan, 'settings'>): number =>
  settings.width * (CELL / 2 ** settings.depth) ** 2;

/** Directions of what is not given back. */
export const restsOf = ({ tones }: Pick<Plan, 'tones'>): number => tones * CELL * CELL;
/** Values of a square in three colours. */
export const SQUARE = 3 * CELL * CELL;

/** All latents of a square of 8 × 8. */
export const latentsOf = (plan: Plan, turn: Turn): number => MEANS + keptOf(turn) + restsOf(plan);

/** How far a pixel matters to a latent, and a latent to a pixel, at most, pixels; a multiple of `multiple`. */
export const haloOf = (plan: Plan, multiple: number): number =>
  Math.ceil((reachOf(layersOf(plan)) + 3 * CELL) / multiple) * multiple;

const layersOf = ({ settings, tones }: Plan): readonly Layer[] =>
  kinds[settings.kind].layers(settings, tones);
const behindCode = (layers: readonly Layer[]): number =>
  layers.findIndex(({ kind }) => kind === 'code') + 1;

/** Memory for each pixel while it runs, bytes: all that layers put out, and once more what the runtime lays out for a convolution. */
export function bytesPerPixel(plan: Plan): number {
  let [channels, scale, values] = [plan.tones as number, 1, 0];
  for (const layer of layersOf(plan)) {
    if (layer.kind === 'fold') [channels, scale] = [4 * channels, scale / 4];
    else if (layer.kind === 'unfold') [channels, scale] = [channels / 4, 4 * scale];
    else if (layer.kind === 'conv') ({ channels } = layer);
    values += channels * scale;
  }
  return Math.ceil(2 * Float32Array.BYTES_PER_ELEMENT * values);
}

/** [1, 3, S, S] in [0, 1] to [1, 3 + codes + rests, S / 8, S / 8], 8-bit levels of an orthonormal basis. */
export function analysisOf(plan: Plan, weights: Float32Array, turn: Turn): Uint8Array {
  const tape = new Tape({ fixed: weights });
  const { graph } = tape;
  const x = tape.input(ports.input, [1, 3, CELL, CELL], [1, 3, 'height', 'width']);
  const means = meansOf(tape, x.name);
  const { latents, back } = through(tape, plan, { x: inTones(tape, x, plan.tones), means, turn });
  const missing = graph.times(graph.sub(x.name, back), LEVELS);
  const squares = graph.op('SpaceToDepth', [missing], { blocksize: CELL });
  const rests = pointwise(tape, squares, turn.rests, SQUARE);
  const all = graph.op('Concat', [means, ...latents, rests], { axis: 1 });
  graph.output(ports.output, all, [1, latentsOf(plan, turn), 'rows', 'columns']);
  return graph.encode();
}

/** A picture to its codes' latents, none where none are kept, and to what comes back by them alone. */
function through(
  tape: Tape,
  plan: Plan,
  { x, means, turn }: { readonly x: Value; readonly means: string; readonly turn: Turn },
): { readonly latents: readonly string[]; readonly back: string } {
  const { graph } = tape;
  const layers = layersOf(plan);
  const code = pass(tape, x, layers.slice(0, behindCode(layers))).output;
  const away = graph.sub(folded(tape, plan, code), foretold(tape, means, turn));
  const latents = keptOf(turn) === 0 ? [] : [pointwise(tape, away, turn.forward, turn.bias.length)];
  return { latents, back: decodedBy(tape, plan, { latents, means, turn }) };
}

function decodedBy(
  tape: Tape,
  plan: Plan,
  {
    latents,
    means,
    turn,
  }: { readonly latents: readonly string[]; readonly means: string; readonly turn: Turn },
): string {
  const { graph } = tape;
  const layers = layersOf(plan);
  const base = foretold(tape, means, turn);
  const [own] = latents;
  const code = own ? graph.add(base, pointwise(tape, own, turn.back, keptOf(turn))) : base;
  const { output } = pass(tape, spread(tape, plan, code), layers.slice(behindCode(layers)));
  return moved(tape, finished(tape, plan, output), means);
}

/** [1, 3 + codes + rests + 1, s, s], the last plane being the quantiser's step, which changes nothing, to [1, 3, 8 s, 8 s]. */
export function synthesisOf(plan: Plan, weights: Float32Array, turn: Turn): Uint8Array {
  const tape = new Tape({ fixed: weights.subarray(parametersBeforeCode(plan)) });
  const { graph } = tape;
  const channels = latentsOf(plan, turn) + 1;
  const all = tape.input(ports.input, [1, channels, 1, 1], [1, channels, 'rows', 'columns']).name;
  const part = (from: number, to: number): string =>
    graph.op('Slice', [all, graph.ints(from), graph.ints(to), graph.ints(1)]);
  const means = part(0, MEANS);
  const behind = MEANS + keptOf(turn);
  const latents = behind > MEANS ? [part(MEANS, behind)] : [];
  const back = decodedBy(tape, plan, { latents, means, turn });
  const rests = transposed(turn.rests, SQUARE).map((value) => value / LEVELS);
  const squares = pointwise(tape, part(behind, channels - 1), rests, restsOf(plan));
  const missing = graph.op('DepthToSpace', [squares], { blocksize: CELL, mode: 'DCR' });
  graph.output(ports.output, graph.add(back, missing), [1, 3, 'height', 'width']);
  return graph.encode();
}

/** `x` [1, tones, side, side] to `output` [1, 3, side, side]: what comes back by the means and the codes that are kept. */
export function keptProbeOf(plan: Plan, weights: Float32Array, turn: Turn, side: number) {
  const tape = new Tape({ fixed: weights });
  const shapes = { x: [1, plan.tones, side, side], output: [1, 3, side, side] } as const;
  const x = tape.input('x', shapes.x);
  const means = meansOf(tape, coloured(tape, x.name, plan.tones));
  tape.graph.output('output', through(tape, plan, { x, means, turn }).back, shapes.output);
  return { bytes: tape.graph.encode(), shapes };
}

/**
 * What a turn is found from. `x` [N, tones, side, side] and `away` [N, width, …], which is added to the code, to `code` [N, codes, side / 8, side / 8], `means`
 * [N, 3, …] and `output`, the picture as it comes back.
 */
export function probeOf(plan: Plan, weights: Float32Array, count: number, side: number) {
  const layers = layersOf(plan);
  const { tones, settings } = plan;
  const tape = new Tape({ fixed: weights });
  const { graph } = tape;
  const own = side / 2 ** settings.depth;
  const shapes = {
    x: [count, tones, side, side],
    away: [count, settings.width, own, own],
    code: [count, codesOf(plan), side / CELL, side / CELL],
    means: [count, MEANS, side / CELL, side / CELL],
    output: [count, 3, side, side],
  } as const;
  const x = tape.input('x', shapes.x);
  const away = tape.input('away', shapes.away);
  const means = meansOf(tape, coloured(tape, x.name, tones));
  const code = pass(tape, x, layers.slice(0, behindCode(layers))).output;
  const elsewhere = { ...code, name: graph.add(code.name, away.name) };
  const decoded = finished(
    tape,
    plan,
    pass(tape, elsewhere, layers.slice(behindCode(layers))).output,
  );
  graph.output('code', folded(tape, plan, code), shapes.code);
  graph.output('means', means, shapes.means);
  graph.output('output', moved(tape, decoded, means), shapes.output);
  return { bytes: graph.encode(), shapes };
}

/** Parameters stand in the order of the layers: those before the code are counted by emitting them once. */
function parametersBeforeCode(plan: Plan): number {
  const layers = layersOf(plan);
  const tape = new Tape();
  const x = tape.input('x', [1, plan.tones, CELL, CELL]);
  pass(tape, x, layers.slice(0, behindCode(layers)));
  return tape.size;
}

function inTones(tape: Tape, x: Value, tones: Tones): Value {
  if (tones === 3) return x;
  const { graph } = tape;
  const gray = graph.op('ReduceMean', [x.name], { axes: [1], keepdims: 1 });
  return { ...x, name: gray, shape: [1, 1, ...x.shape.slice(2)] };
}

function folded({ graph }: Tape, { settings }: Plan, { name }: Value): string {
  const blocksize = CELL / 2 ** settings.depth;
  return blocksize === 1 ? name : graph.op('SpaceToDepth', [name], { blocksize });
}

function spread({ graph }: Tape, plan: Plan, name: string): Value {
  const { width, depth } = plan.settings;
  const blocksize = CELL / 2 ** depth;
  const unfolded =
    blocksize === 1 ? name : graph.op('DepthToSpace', [name], { blocksize, mode: 'DCR' });
  return { name: unfolded, shape: [1, width, blocksize, blocksize], isTracked: false };
}

/** A decoded picture in three colours, in the units of networks. */
function finished(tape: Tape, { settings, tones }: Plan, { name }: Value): string {
  const image = settings.loss === 'bce' ? tape.graph.op('Sigmoid', [name]) : name;
  return coloured(tape, image, tones);
}

const coloured = ({ graph }: Tape, x: string, tones: Tones): string =>
  tones === 3 ? x : graph.op('Concat', [x, x, x], { axis: 1 });

/** Means of 8 × 8, times 8: what they are in an orthonormal basis. */
function meansOf({ graph }: Tape, x: string): string {
  const area = CELL * CELL;
  const weights = new Float32Array(MEANS * 3 * area);
  const bias = new Float32Array(MEANS);
  for (const [k, row] of OPPONENT.entries())
    for (const [c, share] of row.entries()) {
      weights.fill((share * LEVELS) / CELL, (k * 3 + c) * area, (k * 3 + c + 1) * area);
      bias[k]! -= share * MIDDLE * CELL;
    }
  return graph.op('Conv', [x, graph.floats(weights, [MEANS, 3, CELL, CELL]), graph.floats(bias)], {
    kernel_shape: [CELL, CELL],
    strides: [CELL, CELL],
  });
}

/** Moved so that its means are those: in straight lines from the middle of a square to that of the next one, for steps would be seen. */
function moved(tape: Tape, image: string, means: string): string {
  const { graph } = tape;
  const side = 2 * CELL;
  const tent = (at: number): number => 1 - Math.abs(at + 0.5 - CELL) / CELL;
  const weights = Float32Array.from({ length: MEANS * 3 * side * side }, (_, at) => {
    const [x, y] = [at % side, Math.floor(at / side) % side];
    const [colour, mean] = [Math.floor(at / side ** 2) % 3, Math.floor(at / side ** 2 / 3)];
    return (OPPONENT[mean]![colour]! * tent(x) * tent(y)) / CELL / LEVELS;
  });
  const missing = graph.sub(means, meansOf(tape, image));
  const over = graph.op('ConvTranspose', [missing, graph.floats(weights, [MEANS, 3, side, side])], {
    kernel_shape: [side, side],
    strides: [CELL, CELL],
    pads: [CELL / 2, CELL / 2, CELL / 2, CELL / 2],
  });
  return graph.add(image, over);
}

/** What the means around a place tell of the code there. */
function foretold({ graph }: Tape, means: string, { around, bias }: Turn): string {
  const weights = graph.floats(around, [bias.length, MEANS, 3, 3]);
  return graph.op('Conv', [means, weights, graph.floats(bias)], {
    kernel_shape: [3, 3],
    pads: [1, 1, 1, 1],
  });
}

/** A matrix [outputs][inputs] at each position. */
function pointwise({ graph }: Tape, x: string, matrix: Float32Array, inputs: number): string {
  const weights = graph.floats(matrix, [matrix.length / inputs, inputs, 1, 1]);
  return graph.op('Conv', [x, weights], { kernel_shape: [1, 1] });
}

/** @param columns of the matrix */
const transposed = (matrix: Float32Array, columns: number): Float32Array => {
  const rows = matrix.length / columns;
  return matrix.map((_, at) => matrix[(at % rows) * columns + Math.floor(at / rows)]!);
};
