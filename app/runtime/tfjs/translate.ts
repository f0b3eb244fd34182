/**
 * A model of TensorFlow.js (layers or graph) as an ONNX file, for pictures planar as everywhere here: [batch, channels, height, width].
 * Whether it computes the same is found out by `compare.ts`.
 */
import { emitGraph, graphPorts } from './graph-model.ts';
import { emitLayers, inputOf, type InputFacts } from './layers-model.ts';
import { parseModelJson, type ModelJson, type Topology } from './model-json.ts';
import { Net, type Value } from './net.ts';
import { shown, unsuitable } from './refuse.ts';
import { say } from './sentences.ts';
import { readWeights, type ReadGroup, type ReadWeights, type Weights } from './weights.ts';

export interface Translated {
  readonly bytes: Uint8Array;
  readonly channels: number;
  /** Rows and columns; null: left open. */
  readonly sides: readonly [number | null, number | null];
  /** For TensorFlow.js itself. */
  readonly raw: ModelJson['raw'];
  readonly weights: ReadWeights;
}

/** Names in the file that is written. */
export const ports = { input: 'input', output: 'output' } as const;

/**
 * @param text of a model.json
 * @param read gives the bytes of its files of weights
 * @throws HourglassError model-unsuitable with what is wrong, by its name: a layer or an operation that is not known, a file of weights, a field
 */
export async function translate(text: string, read: ReadGroup): Promise<Translated> {
  const model = parseModelJson(text);
  const weights = await readWeights(model.manifest, read);
  return { ...onnxOf(model.topology, weights.weights), raw: model.raw, weights };
}

function onnxOf(
  topology: Topology,
  weights: Weights,
): Pick<Translated, 'bytes' | 'channels' | 'sides'> {
  const net = new Net();
  const emit = emitterOf(topology, weights);
  const { name, shape } = emit.input;
  const [height, width, channels] = shape;
  if (shape.length !== 3 || channels === null || channels === undefined)
    throw unsuitable(
      say('inputNoPicture', {
        name: shown(name),
        shape: `[${['batch', ...shape].map((side) => side ?? '?').join(', ')}]`,
      }),
    );
  const sides = [height ?? null, width ?? null] as const;
  const open = [sides[0] ?? 'height', sides[1] ?? 'width'];
  const input = net.value('float', {
    planar: net.graph.input(ports.input, ['batch', channels, ...open]),
  });
  const output = net.planar(emit.output(net, input));
  // Runtimes that know the sizes of an output find them by themselves.
  net.graph.output(ports.output, output, ['batch', 'channels', 'outHeight', 'outWidth']);
  return { bytes: net.graph.encode(), channels, sides };
}

interface Emitter {
  readonly input: InputFacts;
  output(net: Net, input: Value): Value;
}

function emitterOf(topology: Topology, weights: Weights): Emitter {
  if (topology.format === 'layers-model') {
    const { container } = topology;
    return {
      input: inputOf(container),
      output: (net, value) => emitLayers(net, container, weights, { value, rank: 4 }).value,
    };
  }
  const { nodes, signature } = topology;
  const found = graphPorts(nodes, signature);
  return {
    input: found.input,
    output: (net, value) => emitGraph(net, nodes, weights, found, value),
  };
}
