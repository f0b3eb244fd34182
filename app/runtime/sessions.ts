/**
 * The pool of ONNX Runtime sessions, and the only importer of `onnxruntime-node`: the inference thread
 * and the probe process come through here.
 *
 * Facts that shaped it, seen with onnxruntime-node 1.30.0:
 * - its binding has no `freeDimensionOverrides` (the option is silently ignored), so one session of a
 *   model takes every shape; which shapes are used is decided by `tiling.ts`
 * - creating and releasing sessions leaks (microsoft/onnxruntime#25325), so they are kept, at most
 *   `MAX_SESSIONS`, and never churned by shape
 * - memory patterns are off: at 768² the process grew by 150 MB instead of 207 MB, at equal speed
 * - spinning is off: waiting threads took 15 % of the processor from the conversions beside them
 * - the arena stays on: without it every run maps and clears its memory anew (10–60 % slower)
 */
import ort from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import type { SessionSpec } from './protocol.ts';
import type { GraphTensors } from './types.ts';

export type { GraphTensor } from './types.ts';

// Failures are thrown and reported with words; the runtime's own lines on stderr only frighten.
ort.env.logLevel = 'fatal';

/** Two models on two devices; a fifth pushes out the one that was not used for longest. */
const MAX_SESSIONS = 4;

/** A tensor that a network takes or gives; sizes that are left open are names, or -1. */
export interface PortFacts {
  readonly name: string;
  /** `float32` …; null: no tensor. */
  readonly type: string | null;
  readonly shape: readonly (number | string)[];
}

/** A network of which nothing is known: for the check of files that a person adds. */
export interface UnknownNetwork {
  readonly inputs: readonly PortFacts[];
  readonly outputs: readonly PortFacts[];
  /** Runs it on its first input, float32 of this shape. @throws Error in the runtime's words */
  run(
    input: Float32Array,
    shape: readonly number[],
  ): Promise<{ readonly shape: readonly number[]; readonly data: unknown }>;
}

/** On the CPU, with the settings of every other session. @throws Error in the runtime's words */
export async function openUnknown(path: string, threads: number): Promise<UnknownNetwork> {
  const session = await createSession({ path, device: 'cpu', optimization: 'all', threads });
  const facts = (port: (typeof session.inputMetadata)[number]): PortFacts =>
    port.isTensor
      ? { name: port.name, type: port.type, shape: port.shape }
      : { name: port.name, type: null, shape: [] };
  const inputs = session.inputMetadata.map(facts);
  const outputs = session.outputMetadata.map(facts);
  return {
    inputs,
    outputs,
    async run(input, shape) {
      const source = new ort.Tensor('float32', input, shape);
      const answers = await session.run({ [inputs[0]!.name]: source });
      const { dims, data } = answers[outputs[0]!.name]!;
      return { shape: dims, data };
    },
  };
}

/** A graph that was made in memory, of any inputs and outputs: a training step. */
export interface OpenGraph {
  /**
   * Runs it once; `into` says which outputs are wanted and is filled. No memory may be in both: half of the values would be wrong, without
   * an error (seen with 1.30.0).
   * @throws Error in the device's words
   */
  run(inputs: GraphTensors, into: GraphTensors): Promise<void>;
  release(): Promise<void>;
}

/** With the settings of every other session. @throws Error in the runtime's words */
export async function openGraph(
  model: Uint8Array,
  { device, threads }: Pick<SessionSpec, 'device' | 'threads'>,
): Promise<OpenGraph> {
  const session = await createSession({ path: model, device, optimization: 'all', threads });
  const tensors = (of: GraphTensors) =>
    Object.fromEntries(
      Object.entries(of).map(([name, { data, shape }]) => [
        name,
        new ort.Tensor('float32', data, shape),
      ]),
    );
  return {
    async run(inputs, into) {
      const answers = await session.run(tensors(inputs), tensors(into));
      for (const [name, { data }] of Object.entries(into)) {
        const answer = answers[name]!;
        // As in `SessionPool.run`.
        if (answer.data !== data) data.set(answer.data as Float32Array);
      }
    },
    release: () => session.release(),
  };
}

const keyOf = (spec: SessionSpec): string =>
  [spec.sha256, spec.device, spec.optimization, spec.threads].join(' ');

async function createSession(
  spec: Pick<SessionSpec, 'device' | 'optimization' | 'threads'> & {
    /** A file, or its bytes. */
    readonly path: string | Uint8Array;
  },
): Promise<InferenceSession> {
  const { path } = spec;
  const options: InferenceSession.SessionOptions = {
    executionProviders: [spec.device],
    graphOptimizationLevel: spec.optimization,
    intraOpNumThreads: spec.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: false,
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  // Two signatures, which take no union.
  return typeof path === 'string'
    ? ort.InferenceSession.create(path, options)
    : ort.InferenceSession.create(path, options);
}

export interface Tensors {
  /** Of the input, samples. */
  readonly side: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly outputSide: number;
  /** Planar [inputChannels, side, side]. */
  readonly input: Float32Array;
  /** Planar [outputChannels, outputSide, outputSide], written in place. */
  readonly output: Float32Array;
}

/** Sessions that stay. Not to be used concurrently: runs block the thread anyway. */
export class SessionPool {
  /** In order of last use, oldest first. */
  readonly #sessions = new Map<string, InferenceSession>();

  /** Runs a model on one square input. @throws Error in the device's words */
  async run(spec: SessionSpec, tensors: Tensors): Promise<void> {
    const session = await this.#session(spec);
    const { input, output } = tensors;
    const shape = (channels: number, side: number) => [1, channels, side, side];
    const target = new ort.Tensor(
      'float32',
      output,
      shape(tensors.outputChannels, tensors.outputSide),
    );
    const source = new ort.Tensor('float32', input, shape(tensors.inputChannels, tensors.side));
    let answers: InferenceSession.ReturnType;
    try {
      answers = await session.run({ [spec.inputName]: source }, { [spec.outputName]: target });
    } catch (error) {
      // A lost GPU stays lost for its session; a later try begins with a new one. It is left to the
      // garbage collector: releasing it would talk to the lost device.
      if (spec.device !== 'cpu') this.#sessions.delete(keyOf(spec));
      throw error;
    }
    const answer = answers[spec.outputName];
    // A provider that does not write in place hands out its own buffer.
    if (answer && answer.data !== output) output.set(answer.data as Float32Array);
  }

  async release(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) await session.release();
  }

  async #session(spec: SessionSpec): Promise<InferenceSession> {
    const key = keyOf(spec);
    const known = this.#sessions.get(key);
    if (known) {
      this.#sessions.delete(key);
      this.#sessions.set(key, known);
      return known;
    }
    const [oldest] = this.#sessions;
    if (oldest && this.#sessions.size >= MAX_SESSIONS) {
      this.#sessions.delete(oldest[0]);
      await oldest[1].release();
    }
    const session = await createSession(spec);
    this.#sessions.set(key, session);
    return session;
  }
}
