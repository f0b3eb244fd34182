/**
 * The interfaces of `runtime`: networks, devices, tiles. `index.ts` exports the functions;
 * capabilities see these types and never ONNX Runtime itself.
 */
import type { Describers } from './capability.ts';
import type { z } from 'zod';
import type {
  DeviceChoice,
  DeviceId,
  DeviceReport,
  DeviceUsed,
  HourglassError,
  ModelInfo,
  Precision,
  PrecisionChoice,
  Progress,
  Rect,
} from '../contract/index.ts';
import type { DocumentStore } from '../pixels/types.ts';
import type { Saw } from './training-data/saw.ts';

/** A file of a model, as its card describes it. */
export interface PartFile {
  /** Absolute. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * What the runtime needs to know of a network to run it over a picture. Sides, origins and halos are
 * those of the picture, in pixels, also where the network takes or gives one sample per cell of them.
 */
export interface Network extends Pick<ModelInfo, 'id' | 'sha256'> {
  /** Absolute path of the ONNX file, whose checksum is `sha256`; `id` is that of its model. */
  readonly path: string;
  /** The same network in other arithmetic, same input and output. */
  readonly variants: readonly ModelVariant[];
  /** [N, imageChannels + map, height / cell, width / cell]. */
  readonly input: {
    readonly name: string;
    readonly imageChannels: number;
    /** The input's last channel is the noise map (σ on the [0,1] scale). */
    readonly noiseMap: boolean;
    /** Sides must be multiples of this, pixels; and of both cells. */
    readonly multipleOf: number;
    /** Side of the square of pixels that one sample stands for; default 1. */
    readonly cell?: number;
  };
  /** [N, channels, height / cell, width / cell]. A picture has the input's channels and cell 1. */
  readonly output: { readonly name: string; readonly channels: number; readonly cell: number };
  /** What one inference on the CPU takes besides our buffers: fixedBytes + bytesPerPixel × side². */
  readonly memory: { readonly fixedBytes: number; readonly bytesPerPixel: number };
  /** Border that must be discarded so that tiling shows at most one 8-bit step, pixels. */
  readonly halo: number;
  /**
   * Mirrored pixels that a picture needs around it to be cleaned as well as with `halo` of them, where it goes through the network
   * whole. Default: the halo.
   */
  readonly border?: number | undefined;
  /** Its answers are the same, bit for bit, however many cores work on one. Known of shipped networks on the CPU; default: no. */
  readonly sameOnAnyCores?: boolean;
}

/**
 * `models/<id>/card.json` of a model that is one network from pixels, as far as the program needs it.
 * Noise networks have two output channels per cell: the level on the [0,1] scale (≥ 0) and its weight (> 0).
 */
export interface ModelCard extends AnyCard, Network {
  readonly input: Network['input'] & { readonly imageChannels: 1 | 3 };
  /** Factor on the noise map for gray images shown to a colour network (measured). */
  readonly grayMapFactor: number;
}

/** A model of any kind: what every card says. */
export interface AnyCard extends ModelInfo {
  /** What it was trained on; absent: that is not known. */
  readonly saw?: Saw | undefined;
}

/** Where a card is being read. */
export interface CardPlace {
  readonly folder: string;
  readonly origin: ModelInfo['origin'];
  /** Absolute path of a file that the card names. */
  readonly pathOf: (file: string) => string;
  /** The file's content by a schema. @throws HourglassError model-damaged, naming the first wrong field */
  readonly parse: <T extends { readonly id: string }>(schema: z.ZodType<T>) => T;
  /** An error that begins with the card's path, to be thrown. */
  readonly damaged: (what: string, cause?: unknown) => HourglassError;
}

/** A kind of model that is more than one network from pixels; a capability brings it. */
export interface CardKind<C extends AnyCard = AnyCard> {
  readonly task: ModelInfo['task'];
  /** "compressing": ends the sentence that refuses a model of another kind. */
  readonly madeFor: string;
  /** @throws HourglassError model-damaged */
  read(place: CardPlace): C;
  /** Every file that belongs to the model. */
  filesOf(card: C): readonly Pick<PartFile, 'path' | 'sha256'>[];
}

export interface ModelVariant extends PartFile {
  readonly precision: Exclude<Precision, 'fp32'>;
}

export interface Tile {
  readonly index: number;
  readonly column: number;
  readonly row: number;
  /** The valid centre that is kept, image coordinates. Cores partition the image. */
  readonly core: Rect;
  /** Top left of the network's square input, image coordinates; may be negative (mirrored). */
  readonly origin: { readonly x: number; readonly y: number };
}

/**
 * A static tiling: every network input is `side` × `side`. Origins are multiples of `multipleOf`.
 * `planTiles` covers the picture; the cores of `spreadTiles` are a sample of it, disjoint.
 */
export interface TilePlan {
  readonly width: number;
  readonly height: number;
  readonly side: number;
  readonly halo: number;
  readonly columns: number;
  readonly rows: number;
  readonly tiles: readonly Tile[];
}

/**
 * One pass of a network over a picture. The runtime asks for inputs, runs the device and hands
 * outputs back; conversion of the next tile overlaps with inference of this one.
 */
export interface TiledRun {
  readonly model: Network;
  readonly device: DeviceChoice;
  /** Default `auto`: int8 where the model has it and the device's check found it much faster. */
  readonly precision?: PrecisionChoice;
  readonly width: number;
  readonly height: number;
  /** Network evaluations per tile (2 when chroma has a strength of its own). */
  readonly passes: number;
  /** Border that `collect` needs besides the model's halo, pixels (default 0): the plan's halo is their sum; so with its border. */
  readonly margin?: number;
  /** Memory for one inference, bytes; the side follows from it. Default: the runtime's budget. */
  readonly memoryBudget?: number;
  /** Exact side of the tiles, for tests and benchmarks; overrides the budget. */
  readonly side?: number;
  /**
   * The caller's own tiles, `spreadTiles` for example, instead of ones that cover the picture. Kept on
   * every device and never made smaller: choose a side that fits anywhere.
   */
  readonly plan?: TilePlan;
  /** Called when a plan is made (again, when it had to be smaller or on another device). */
  planned?(plan: TilePlan, device: DeviceUsed): void;
  /**
   * Fills the planar input [imageChannels + map, side / cell, side / cell] of one pass. What it reads
   * may have to be fetched first: then it answers with a promise.
   */
  fill(tile: Tile, pass: number, plan: TilePlan, input: Float32Array): void | Promise<void>;
  /**
   * Takes the planar outputs [output.channels, side / cell, side / cell] of all passes; valid only
   * during the call.
   */
  collect(tile: Tile, outputs: readonly Float32Array[], plan: TilePlan): void | Promise<void>;
  /** Chooses the next tile among those not yet started; default: row by row. */
  next?(waiting: ReadonlySet<Tile>): Tile;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export interface TiledRunResult {
  readonly device: DeviceUsed;
  /** What really ran. */
  readonly precision: Precision;
  readonly plan: TilePlan;
}

/** Float32 values in the shape that a graph takes or gives them in. */
export interface GraphTensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}
export type GraphTensors = Readonly<Record<string, GraphTensor>>;

export interface GraphOptions {
  readonly threads: number;
  /** Nobody waits for its runs: they take a small part of the time where pictures go through a network. Default: false */
  readonly hasTime?: boolean;
  /** As it was probed. Default: the CPU */
  readonly device?: DeviceId;
}

/** A graph that was made in memory and is open: a training step. */
export interface RunnableGraph {
  /**
   * Runs it once, as work: what is for the screen goes between two runs. The arrays that are given are gone, whatever happens; the
   * same values come back in others, `into` filled.
   * @throws HourglassError device-failed, out-of-memory
   */
  run(
    inputs: GraphTensors,
    into: GraphTensors,
  ): Promise<{ readonly inputs: GraphTensors; readonly into: GraphTensors }>;
  close(): Promise<void>;
}

export interface Inference {
  /**
   * Runs a network over a picture.
   * - out of memory before any output: again with half the side
   * - the device throws, answers NaN or a constant before any output: again on the CPU, said in
   *   `device.fallback`; a file in 8 bits that `auto` chose, again in fp32
   * - the same after output: `device-failed`
   * @throws HourglassError cancelled, invalid-parameter for int8 on a device other than the CPU,
   *   model-unsuitable for int8 of a model without it, model-damaged, device-not-found, device-failed, out-of-memory
   */
  run(request: TiledRun): Promise<TiledRunResult>;
  /**
   * Opens a graph of any inputs and outputs. No other device is tried.
   * @param model bytes of an ONNX file
   * @throws HourglassError device-not-found, device-failed, out-of-memory
   */
  openGraph(model: Uint8Array, options: GraphOptions): Promise<RunnableGraph>;
  /** Devices as last probed; the host sends them to the engine. */
  readonly devices: readonly DeviceReport[];
  setDevices(devices: readonly DeviceReport[]): void;
  dispose(): Promise<void>;
}

export interface ModelStore {
  list(): Promise<readonly AnyCard[]>;
  /** Cards that could not be read, as the errors that `get` throws for them. */
  problems(): Promise<readonly HourglassError[]>;
  /**
   * A model that is one network from pixels. Verifies the checksums of its files once.
   * @throws HourglassError model-not-found, model-damaged, model-unsuitable for one of another kind
   */
  get(id: string): Promise<ModelCard>;
  /** The same for a model of a kind. @throws as `get`; model-unsuitable for any other */
  ofKind<C extends AnyCard>(kind: CardKind<C>, id: string): Promise<C>;
  /** The cards of one kind. */
  listKind<C extends AnyCard>(kind: CardKind<C>): Promise<readonly C[]>;
  /** Every id that is taken, also by a model that can not be used or is of no known kind. */
  ids(): Promise<readonly string[]>;
}

/** What the engine gives to capabilities. */
export interface EngineServices {
  readonly documents: DocumentStore;
  readonly models: ModelStore;
  readonly inference: Inference;
  /** Software name and version for marks, for example "Hourglass 0.1.0". */
  readonly software: string;
  /** Who says what a file says of itself (`info`), by format. */
  readonly describers: Describers;
}
