/**
 * A memory of what good pictures look like from nearby: some thousand cells that are drawn from all of them. How unlike these a cell is, is the mean
 * distance to the three nearest. A good picture is judged without its own cells: what that says of it is what a fresh good one would be told.
 *
 * After Roth et al., Towards Total Recall in Industrial Anomaly Detection (PatchCore), CVPR 2022; cells are drawn at random instead of spread evenly.
 */
import { Draws } from '../../runtime/draws.ts';
import { encodeModel } from '../../runtime/onnx.ts';
import type { Inference, RunnableGraph } from '../../runtime/index.ts';
import { FEATURES, KINDS, type Patches } from './patches.ts';

/** Cells that are kept, of all pictures. */
export const MOST_CELLS = 4000;
const NEIGHBOURS = 3;
/** Added to the squared distance of what does not count. */
const FAR = 1e9;
/** Cells that are asked at a time: of 4,000 known ones a product of 16 MB. */
const AT_ONCE = 1024;

export interface Memory {
  /** Of the numbers of all cells. */
  readonly mean: Float32Array;
  /** One over their deviations. */
  readonly scale: Float32Array;
  /** [cells, FEATURES], scaled. */
  readonly cells: Float32Array;
  /** Of which good picture each is. */
  readonly owners: Int32Array;
}

/** Takes pictures one after another, so that none has to be kept. */
export class MemoryMaker {
  readonly #share: number;
  readonly #sums = new Float64Array(FEATURES);
  readonly #squares = new Float64Array(FEATURES);
  readonly #drawn: Float32Array[] = [];
  readonly #owners: number[] = [];
  #count = 0;

  /** @param pictures how many will come at the most */
  constructor(pictures: number) {
    this.#share = Math.max(1, Math.floor(MOST_CELLS / pictures));
  }

  /** @param owner number of the picture, which decides what is drawn of it */
  add({ data }: Patches, owner: number): void {
    const count = data.length / FEATURES;
    for (let cell = 0, at = 0; cell < count; cell++)
      for (let i = 0; i < FEATURES; i++, at++) {
        this.#sums[i]! += data[at]!;
        this.#squares[i]! += data[at]! ** 2;
      }
    this.#count += count;
    const order = Array.from({ length: count }, (_, at) => at);
    const draws = new Draws(9, owner);
    for (let drawn = 0; drawn < Math.min(count, this.#share); drawn++) {
      const other = drawn + draws.below(count - drawn);
      [order[drawn], order[other]] = [order[other]!, order[drawn]!];
      const cell = order[drawn]!;
      this.#drawn.push(data.slice(cell * FEATURES, (cell + 1) * FEATURES));
      this.#owners.push(owner);
    }
  }

  finish(): Memory {
    const mean = Float32Array.from(this.#sums, (sum) => sum / this.#count);
    const scale = Float32Array.from(this.#squares, (squares, i) => {
      const variance = squares / this.#count - (this.#sums[i]! / this.#count) ** 2;
      return 1 / Math.sqrt(Math.max(0, variance) + 1e-6);
    });
    const cells = new Float32Array(this.#drawn.length * FEATURES);
    for (const [at, row] of this.#drawn.entries())
      for (let i = 0; i < FEATURES; i++)
        cells[at * FEATURES + i] = (row[i]! - mean[i]!) * scale[i]!;
    return { mean, scale, cells, owners: new Int32Array(this.#owners) };
  }
}

/** The `NEIGHBOURS` least of |known|² − 2 asked·known: the squared distances, less |asked|². */
const nearestGraph = (): Uint8Array =>
  encodeModel({
    nodes: [
      {
        ...{ type: 'Gemm', inputs: ['asked', 'known', 'squares'], outputs: ['distances'] },
        attributes: { transB: 1, alpha: { float: -2 }, beta: { float: 1 } },
      },
      {
        ...{ type: 'TopK', inputs: ['distances', 'count'], outputs: ['nearest', 'places'] },
        attributes: { axis: -1, largest: 0, sorted: 1 },
      },
    ],
    constants: [{ name: 'count', shape: [1], data: [NEIGHBOURS] }],
    inputs: [
      { name: 'asked', shape: ['n', 'numbers'] },
      { name: 'known', shape: ['m', 'numbers'] },
      { name: 'squares', shape: ['m'] },
    ],
    outputs: [{ name: 'nearest', shape: ['n', NEIGHBOURS] }],
  });

/** How unlike the memory each cell is, by each kind of its numbers. */
export interface Distances {
  readonly local: Float32Array;
  readonly diffuse: Float32Array;
}

/** Open until `close`. */
export interface OpenMemory {
  /** @param without number of a picture whose own cells do not count */
  distances(patches: Patches, without?: number): Promise<Distances>;
  close(): Promise<void>;
}

/** @throws HourglassError device-failed, out-of-memory */
export async function openMemory(
  memory: Memory,
  inference: Pick<Inference, 'openGraph'>,
  threads: number,
): Promise<OpenMemory> {
  const { mean, scale, cells, owners } = memory;
  const count = owners.length;
  const graph: RunnableGraph = await inference.openGraph(nearestGraph(), { threads });
  const local = part(KINDS.local);
  const diffuse = part(KINDS.diffuse);
  return {
    distances: async ({ data }, without) => ({
      local: await local(data, without),
      diffuse: await diffuse(data, without),
    }),
    close: () => graph.close(),
  };

  /** Distances by the numbers from `first` on, `width` of them. */
  function part({ first, count: width }: { readonly first: number; readonly count: number }) {
    let known = new Float32Array(count * width);
    const squares = new Float32Array(count);
    for (let cell = 0, at = 0; cell < count; cell++)
      for (let i = 0; i < width; i++, at++) {
        known[at] = cells[cell * FEATURES + first + i]!;
        squares[cell]! += known[at]! ** 2;
      }
    return async (data: Float32Array, without: number | undefined): Promise<Float32Array> => {
      const total = data.length / FEATURES;
      const out = new Float32Array(total);
      for (let start = 0; start < total; start += AT_ONCE) {
        const asked = Math.min(AT_ONCE, total - start);
        const rows = new Float32Array(asked * width);
        const own = new Float64Array(asked);
        for (let row = 0, at = 0; row < asked; row++)
          for (let i = 0; i < width; i++, at++) {
            const from = first + i;
            const value = (data[(start + row) * FEATURES + from]! - mean[from]!) * scale[from]!;
            rows[at] = value;
            own[row]! += value * value;
          }
        const counted = squares.map((value, at) => (owners[at] === without ? value + FAR : value));
        const answer = await graph.run(
          {
            asked: { data: rows, shape: [asked, width] },
            known: { data: known, shape: [count, width] },
            squares: { data: counted, shape: [count] },
          },
          { nearest: { data: new Float32Array(asked * NEIGHBOURS), shape: [asked, NEIGHBOURS] } },
        );
        known = answer.inputs.known!.data as Float32Array<ArrayBuffer>;
        const nearest = answer.into.nearest!.data;
        for (let row = 0; row < asked; row++) {
          let sum = 0;
          for (let i = 0; i < NEIGHBOURS; i++)
            sum += Math.sqrt(Math.max(0, nearest[row * NEIGHBOURS + i]! + own[row]!));
          out[start + row] = sum / NEIGHBOURS;
        }
      }
      return out;
    };
  }
}
