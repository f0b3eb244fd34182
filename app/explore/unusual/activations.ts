/**
 * What a network that cleans sees in each cell of a picture: the mean size of what comes out of its three levels. It is had from a copy of the shipped
 * network that ends there; the weights are those of its card, whose checksum is part of what is remembered by it.
 */
import { readFile } from 'node:fs/promises';
import { inferenceThreads, type EngineServices } from '../../runtime/index.ts';
import { endingWith } from '../../runtime/onnx-copy.ts';
import type { GraphNode } from '../../runtime/onnx.ts';
import type { Plane } from '../plane.ts';
import { CELL } from './energies.ts';

const NETWORK = 'denoise-photo-fast';
/** Of the network: a value, its channels, and its samples along a cell. */
const LEVELS = [
  { value: 'add_3', channels: 32, samples: 8 },
  { value: 'add_7', channels: 64, samples: 4 },
  { value: 'add_11', channels: 128, samples: 2 },
] as const;
/** Numbers of a cell. */
export const ACTIVATIONS = LEVELS.reduce((sum, { channels }) => sum + channels, 0);

/**
 * The noise that the network is told of, on the scale of 0 to 1: 10 levels. Told of none it takes nothing away, and what it then holds of a picture
 * says little.
 */
const NOISE = 10 / 255;
/** Where a picture lies that has a mean of 0 and a deviation of 1: within 0 and 1 but for its extremes, as the network has learnt. */
const GRAY = { mean: 0.5, deviation: 0.2 } as const;

/** Open until `close`. */
export interface Activations {
  /** SHA-256 of the network. */
  readonly sha256: string;
  /**
   * @param plane of mean 0 and deviation 1, sides are multiples of CELL
   * @returns [cells, ACTIVATIONS], cells row by row
   */
  of(plane: Plane): Promise<Float32Array>;
  close(): Promise<void>;
}

/** @param model bytes of the network's ONNX file */
export const activationsGraph = (model: Uint8Array): Uint8Array =>
  endingWith(model, {
    nodes: LEVELS.flatMap(({ value, samples }): GraphNode[] => [
      { type: 'Abs', inputs: [value], outputs: [`${value}.size`], attributes: {} },
      {
        ...{ type: 'AveragePool', inputs: [`${value}.size`], outputs: [`${value}.cells`] },
        attributes: { kernel_shape: [samples, samples], strides: [samples, samples] },
      },
    ]),
    outputs: LEVELS.map(({ value, channels }) => ({
      ...{ name: `${value}.cells`, shape: ['batch', channels, 'rows', 'columns'] },
    })),
  });

/** @throws HourglassError model-not-found, model-damaged, device-failed, out-of-memory */
export async function openActivations({
  models,
  inference,
}: Pick<EngineServices, 'models' | 'inference'>): Promise<Activations> {
  const card = await models.get(NETWORK);
  const graph = await inference.openGraph(activationsGraph(await readFile(card.path)), {
    threads: inferenceThreads(),
  });
  return {
    sha256: card.sha256,
    async of({ width, height, data }) {
      const pixels = width * height;
      const input = new Float32Array(4 * pixels);
      for (let at = 0; at < pixels; at++) {
        const value = GRAY.mean + GRAY.deviation * data[at]!;
        input[at] = input[pixels + at] = input[2 * pixels + at] = value;
      }
      input.fill(NOISE, 3 * pixels);
      const [rows, columns] = [height / CELL, width / CELL];
      const { into } = await graph.run(
        { input: { data: input, shape: [1, 4, height, width] } },
        Object.fromEntries(
          LEVELS.map(({ value, channels }) => [
            `${value}.cells`,
            {
              data: new Float32Array(channels * rows * columns),
              shape: [1, channels, rows, columns],
            },
          ]),
        ),
      );
      const cells = rows * columns;
      const out = new Float32Array(cells * ACTIVATIONS);
      let first = 0;
      for (const { value, channels } of LEVELS) {
        const found = into[`${value}.cells`]!.data;
        for (let channel = 0; channel < channels; channel++)
          for (let cell = 0; cell < cells; cell++)
            out[cell * ACTIVATIONS + first + channel] = found[channel * cells + cell]!;
        first += channels;
      }
      return out;
    },
    close: () => graph.close(),
  };
}
