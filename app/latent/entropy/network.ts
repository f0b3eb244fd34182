/**
 * The integer context network, plainly. Activations and latents have 6 fraction bits, weights 10,
 * accumulators 16. Outside of the tile everything is 0. This is the reference for `assembly/network.ts`.
 */
import { FIRST_HIDDEN, TAPS, type Layer } from './model.ts';

/** Side of a tile in latents. */
export interface TileSize {
  readonly columns: number;
  readonly rows: number;
}

/** Positions of group 0's causal neighbours, [dx, dy], in the order of the first layer's inputs. */
export const tapOffsets: readonly (readonly [number, number])[] = [
  ...[-2, -1, 0, 1, 2].map((dx) => [dx, -2] as const),
  ...[-2, -1, 0, 1, 2].map((dx) => [dx, -1] as const),
  ...[-2, -1].map((dx) => [dx, 0] as const),
];

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** A latent as the network sees it: int16. */
export const asInput = (value: number): number => clamp(value, -32768, 32767);

/** An accumulator with 16 fraction bits as an activation with 6, rounded and clamped. */
const requantise = (layer: Layer, accumulator: number): number =>
  clamp((accumulator + 512) >> 10, layer.relu ? 0 : -32768, 32767);

const biasOf = (layer: Layer, output: number, step: number): number =>
  layer.bias[output]! + layer.quality[output]! * (step - 64);

/** A 1×1 layer at one position: `inputs` activations to `outputs` activations. */
export function dense(layer: Layer, step: number, input: Int32Array): Int32Array {
  return Int32Array.from({ length: layer.outputs }, (_, o) => {
    let sum = biasOf(layer, o, step);
    for (let i = 0; i < layer.inputs; i++) sum += layer.weights[o * layer.inputs + i]! * input[i]!;
    return requantise(layer, sum);
  });
}

/**
 * A layer over a whole tile, zeros around it.
 * @param input int16 activations [layer.inputs][rows][columns]
 * @returns [layer.outputs][rows][columns]
 */
export function convolve(
  layer: Layer,
  step: number,
  input: Int32Array,
  size: TileSize,
): Int32Array {
  const { columns, rows } = size;
  const area = columns * rows;
  const { inputs, outputs, kernel } = layer;
  const reach = (kernel - 1) / 2;
  const output = new Int32Array(outputs * area);
  for (let o = 0; o < outputs; o++) {
    output.fill(biasOf(layer, o, step), o * area, (o + 1) * area);
    for (let tap = 0; tap < kernel * kernel; tap++) {
      const dy = Math.floor(tap / kernel) - reach;
      const dx = (tap % kernel) - reach;
      for (let i = 0; i < inputs; i++) {
        const weight = layer.weights[(o * kernel * kernel + tap) * inputs + i]!;
        // Of networks that are made and not trained most are.
        if (weight === 0) continue;
        const right = Math.min(columns, columns - dx);
        for (let y = Math.max(0, -dy); y < Math.min(rows, rows - dy); y++) {
          const from = i * area + (y + dy) * columns + dx;
          const to = o * area + y * columns;
          for (let x = Math.max(0, -dx); x < right; x++)
            output[to + x] = (output[to + x]! + Math.imul(weight, input[from + x]!)) | 0;
        }
      }
    }
    for (let p = o * area; p < (o + 1) * area; p++) output[p] = requantise(layer, output[p]!);
  }
  return output;
}

/** What group 0's network sees at a position: [tap][channel], 0 outside of the tile. */
export function tapsOf(
  channels: number,
  values: Int32Array,
  { columns, rows }: TileSize,
  at: { readonly x: number; readonly y: number },
): Int32Array {
  const taps = new Int32Array(TAPS * channels);
  tapOffsets.forEach(([dx, dy], tap) => {
    const x = at.x + dx;
    const y = at.y + dy;
    if (x < 0 || x >= columns || y < 0) return;
    for (let c = 0; c < channels; c++)
      taps[tap * channels + c] = asInput(values[(c * rows + y) * columns + x]!);
  });
  return taps;
}

/**
 * Group 0 at one position: means and scale outputs of its channels, from the neighbours coded before.
 * @param values v of group 0, [channel][row][column]; only earlier positions are looked at
 * @returns means (1/64 step), then scale outputs
 */
export function predictFirst(
  layers: readonly [Layer, Layer, Layer],
  step: number,
  values: Int32Array,
  size: TileSize,
  at: { readonly x: number; readonly y: number },
): Int32Array {
  const taps = tapsOf(layers[0].inputs / TAPS, values, size, at);
  const head = new Int32Array(FIRST_HIDDEN + taps.length);
  head.set(dense(layers[1], step, dense(layers[0], step, taps)));
  head.set(taps, FIRST_HIDDEN);
  return dense(layers[2], step, head);
}

/**
 * The state that a later group has of what was coded before, over the whole tile.
 * @param state of the group before; null for group 1, which sees group 0's values only
 * @param before v of the group before, [channel][row][column]
 */
export function nextState(
  [near]: readonly [Layer, Layer, Layer],
  step: number,
  state: Int32Array | null,
  before: Int32Array,
  size: TileSize,
): Int32Array {
  const input = new Int32Array((state?.length ?? 0) + before.length);
  if (state) input.set(state);
  input.set(before.map(asInput), state?.length ?? 0);
  return convolve(near, step, input, size);
}

/**
 * A later group over the whole tile; as of `nextState`.
 * @returns this group's state, and its head: means of all channels, then scale outputs, [2n][rows][columns]
 */
export function predictGroup(
  layers: readonly [Layer, Layer, Layer],
  step: number,
  state: Int32Array | null,
  before: Int32Array,
  size: TileSize,
): { state: Int32Array; head: Int32Array } {
  const next = nextState(layers, step, state, before, size);
  const hidden = convolve(layers[1], step, next, size);
  return { state: next, head: convolve(layers[2], step, hidden, size) };
}
