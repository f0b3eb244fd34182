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

/** How codes and latents belong together: latents = forward · code + shift − foretold ∗ means; code = back · (latents + foretold ∗ means − shift). */
export interface Turn {
  /** [codes][codes], row by row. */
  readonly forward: Float32Array;
  readonly back: Float32Array;
  readonly shift: Float32Array;
  /** [codes][3][3][3]: a 3 × 3 convolution over the means. */
  readonly foretold: Float32Array;
  /** Of what is not given back: directions of length 1 in squares of 8 × 8, [rests][8][8][3]. */
  readonly rests: Float32Array;
}

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
export const latentsOf = (plan: Plan): number => MEANS + codesOf(plan) + restsOf(plan);

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
  const layers = layersOf(plan);
  const code = pass(tape, inTones(tape, x, plan.tones), layers.slice(0, behindCode(layers))).output;
  const codes = graph.sub(
    pointwise(tape, folded(tape, plan, code), turn.forward, codesOf(plan), turn.shift),
    foretell(tape, means, turn),
  );
  const back = finished(tape, plan, pass(tape, code, layers.slice(behindCode(layers))).output);
  const missing = graph.times(graph.sub(x.name, moved(tape, back, means)), LEVELS);
  const squares = graph.op('SpaceToDepth', [missing], { blocksize: CELL });
  const rests = pointwise(tape, squares, turn.rests, SQUARE);
  const all = graph.op('Concat', [means, codes, rests], { axis: 1 });
  graph.output(ports.output, all, [1, latentsOf(plan), 'rows', 'columns']);
  return graph.encode();
}

/** [1, 3 + codes + rests + 1, s, s], the last plane being the quantiser's step, which changes nothing, to [1, 3, 8 s, 8 s]. */
export function synthesisOf(plan: Plan, weights: Float32Array, turn: Turn): Uint8Array {
  const layers = layersOf(plan);
  const codes = codesOf(plan);
  const tape = new Tape({ fixed: weights.subarray(parametersBeforeCode(plan)) });
  const { graph } = tape;
  const channels = latentsOf(plan) + 1;
  const all = tape.input(ports.input, [1, channels, 1, 1], [1, channels, 'rows', 'columns']).name;
  const part = (from: number, to: number): string =>
    graph.op('Slice', [all, graph.ints(from), graph.ints(to), graph.ints(1)]);
  const means = part(0, MEANS);
  const told = graph.add(part(MEANS, MEANS + codes), foretell(tape, means, turn));
  const centred = graph.sub(told, graph.floats(turn.shift, [1, codes, 1, 1]));
  const code = spread(tape, plan, pointwise(tape, centred, turn.back, codes));
  const decoded = finished(tape, plan, pass(tape, code, layers.slice(behindCode(layers))).output);
  const rests = transposed(turn.rests, SQUARE).map((value) => value / LEVELS);
  const squares = pointwise(tape, part(MEANS + codes, channels - 1), rests, restsOf(plan));
  const missing = graph.op('DepthToSpace', [squares], { blocksize: CELL, mode: 'DCR' });
  const whole = graph.add(moved(tape, decoded, means), missing);
  graph.output(ports.output, whole, [1, 3, 'height', 'width']);
  return graph.encode();
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
  const colours = tones === 3 ? x.name : graph.op('Concat', [x.name, x.name, x.name], { axis: 1 });
  const means = meansOf(tape, colours);
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
function finished({ graph }: Tape, { settings, tones }: Plan, { name }: Value): string {
  const image = settings.loss === 'bce' ? graph.op('Sigmoid', [name]) : name;
  return tones === 3 ? image : graph.op('Concat', [image, image, image], { axis: 1 });
}

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

function foretell({ graph }: Tape, means: string, { foretold, shift }: Turn): string {
  const weights = graph.floats(foretold, [shift.length, MEANS, 3, 3]);
  return graph.op('Conv', [means, weights], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
}

/** A matrix [outputs][inputs] at each position. */
function pointwise(
  { graph }: Tape,
  x: string,
  matrix: Float32Array,
  inputs: number,
  bias?: Float32Array,
): string {
  const given = [x, graph.floats(matrix, [matrix.length / inputs, inputs, 1, 1])];
  return graph.op('Conv', bias ? [...given, graph.floats(bias)] : given, { kernel_shape: [1, 1] });
}

/** @param columns of the matrix */
const transposed = (matrix: Float32Array, columns: number): Float32Array => {
  const rows = matrix.length / columns;
  return matrix.map((_, at) => matrix[(at % rows) * columns + Math.floor(at / rows)]!);
};
