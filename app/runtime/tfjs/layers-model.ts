/**
 * A layers model: layers that name each other, or follow each other, and models among them. Owns the walk from the input to the output; what each
 * layer computes is `layers.ts`.
 */
import * as z from 'zod';
import { Config } from './config.ts';
import { layers, type LayerCall } from './layers.ts';
import { containerOf, containers, fitting, type Container, type LayerEntry } from './model-json.ts';
import { inOrder, type Net, type Value } from './net.ts';
import { shown, unsuitable } from './refuse.ts';
import { say } from './sentences.ts';
import type { Weight, Weights } from './weights.ts';

/** A value and its number of dimensions. */
interface Ranked {
  readonly value: Value;
  readonly rank: number;
}

/** What the network takes: a shape without the batch, with null for a side that is left open. */
export interface InputFacts {
  readonly name: string;
  readonly shape: readonly (number | null)[];
}

const MOST_NESTED = 16;

const sidesSchema = z
  .array(
    z
      .number()
      .int()
      .min(1)
      .max(2 ** 31)
      .nullable(),
  )
  .min(1)
  .max(8);

/** A call's inputs: each the layer's name, which of its calls and which of its outputs; some writers add more. */
const callSchema = z.preprocess(
  (call) => (Array.isArray(call) && typeof call[0] === 'string' ? [call] : call),
  z.array(
    z.tuple([z.string(), z.number().int().min(0), z.number().int().min(0)]).rest(z.unknown()),
  ),
);

/** @throws HourglassError model-unsuitable: there is none, or more than one */
export function inputOf(container: Container, depth = 0): InputFacts {
  if (depth > MOST_NESTED) throw unsuitable(say('deepNesting', { most: MOST_NESTED }));
  const { layers: all } = container;
  const entry =
    container.kind === 'sequential'
      ? all[0]
      : all.find((layer) => nameOf(layer) === container.input_layers[0]?.[0]);
  if (container.kind === 'functional') {
    const [inputs, outputs] = [container.input_layers.length, container.output_layers.length];
    if (inputs !== 1 || outputs !== 1) throw unsuitable(say('onePort', { inputs, outputs }));
  }
  if (!entry) throw unsuitable(say('onePort', { inputs: 0, outputs: 1 }));
  const { config } = entry;
  // A model that is the first layer says it in its own first layer.
  if (!config.batch_input_shape && !config.batch_shape && isContainer(entry)) {
    const inner = containerOf(entry, [nameOf(entry)]);
    if (inner) return inputOf(inner, depth + 1);
  }
  const whole = config.batch_input_shape ?? config.batch_shape ?? config.batchInputShape;
  const shape = fitting(sidesSchema, Array.isArray(whole) ? whole.slice(1) : whole, [
    ...[nameOf(entry), 'batch_input_shape'],
  ]);
  return { name: nameOf(entry), shape };
}

const nameOf = ({ name, config }: LayerEntry): string =>
  name ?? (typeof config.name === 'string' ? config.name : '');

const isContainer = ({ class_name: kind }: LayerEntry): boolean =>
  containers.some((one) => one === kind);

/**
 * Emits a network of layers.
 * @throws HourglassError model-unsuitable with the name of the layer, and of what it is not known for
 */
export function emitLayers(
  net: Net,
  container: Container,
  weights: Weights,
  input: Ranked,
  depth = 0,
): Ranked {
  if (depth > MOST_NESTED) throw unsuitable(say('deepNesting', { most: MOST_NESTED }));
  const call = (entry: LayerEntry, inputs: readonly Ranked[]): Ranked => {
    const [first] = inputs;
    if (!first) throw unsuitable(say('noSuchNode', { name: shown(nameOf(entry)) }));
    if (entry.class_name === 'InputLayer') return first;
    if (!isContainer(entry)) return callLayer(net, entry, weights, inputs);
    const inner = containerOf(entry, [nameOf(entry)])!;
    inputOf(inner);
    return emitLayers(net, inner, weights, first, depth + 1);
  };
  if (container.kind === 'sequential')
    return container.layers.reduce((x, entry) => call(entry, [x]), input);
  return emitFunctional(container, input, call);
}

function emitFunctional(
  container: Extract<Container, { kind: 'functional' }>,
  input: Ranked,
  call: (entry: LayerEntry, inputs: readonly Ranked[]) => Ranked,
): Ranked {
  const byName = new Map(container.layers.map((entry) => [nameOf(entry), entry]));
  const [inputName] = container.input_layers[0]!;
  const calls = new Map(
    container.layers.map((entry) => [
      nameOf(entry),
      entry.inbound_nodes.map((node, at) =>
        fitting(callSchema, node, [nameOf(entry), 'inbound_nodes', String(at)]),
      ),
    ]),
  );
  const keyOf = (name: string, node: number): string => {
    const made = calls.get(name);
    const entry = byName.get(name);
    if (!made || !entry) throw unsuitable(say('noSuchNode', { name: shown(name) }));
    // A model counts how it was made as its first call.
    const at = isContainer(entry) && node >= made.length ? node - 1 : node;
    if (name !== inputName && !made[at]) throw unsuitable(say('noSuchNode', { name: shown(name) }));
    return JSON.stringify([name, name === inputName ? 0 : at]);
  };
  const named = (key: string) => JSON.parse(key) as [string, number];
  const needs = (key: string): readonly string[] => {
    const [name, node] = named(key);
    if (name === inputName) return [];
    return calls.get(name)![node]!.map(([from, at]) => keyOf(from, at));
  };
  const [outputName, outputNode] = container.output_layers[0]!;
  const output = keyOf(outputName, Math.max(0, outputNode));
  const values = new Map<string, Ranked>();
  const circle = (key: string): Error =>
    unsuitable(say('goesInCircles', { name: shown(named(key)[0]) }));
  for (const key of inOrder([output], needs, circle)) {
    const [name] = named(key);
    const entry = byName.get(name)!;
    values.set(
      key,
      name === inputName && entry.class_name === 'InputLayer'
        ? input
        : call(entry, name === inputName ? [input] : needs(key).map((need) => values.get(need)!)),
    );
  }
  return values.get(output)!;
}

function callLayer(
  net: Net,
  entry: LayerEntry,
  weights: Weights,
  inputs: readonly Ranked[],
): Ranked {
  const kind = entry.class_name;
  const name = nameOf(entry);
  const layer = Object.hasOwn(layers, kind) ? layers[kind] : undefined;
  if (!layer) throw unsuitable(say('unknownLayer', { name: shown(name), kind: shown(kind) }));
  const { value: first, rank } = inputs[0]!;
  const call: LayerCall = {
    ...{ net, rank, inputs: inputs.map(({ value }) => value) },
    config: new Config(name, kind, entry.config),
    weight: (of, shape) => weightOf(weights, name, of, shape),
  };
  const given = layer(call, first);
  return 'rank' in given ? given : { value: given, rank };
}

/** As tfjs-layers looks for them: by their whole name, or without the part before the last. */
function weightOf(
  weights: Weights,
  layer: string,
  name: string,
  wanted: readonly number[],
): Weight {
  const whole = `${layer}/${name}`;
  const found = weights.get(whole) ?? shortened(weights).get(whole);
  if (!found) throw unsuitable(say('weightMissing', { name: shown(whole), owner: shown(layer) }));
  const fits =
    found.shape.length === wanted.length &&
    wanted.every((side, at) => side < 0 || side === found.shape[at]);
  if (fits && found.kind === 'float') return found;
  throw unsuitable(
    say('weightShape', {
      ...{ name: shown(whole), owner: shown(layer), shape: found.shape.join(' × ') || '1' },
      wanted: wanted.map((side) => (side < 0 ? '?' : String(side))).join(' × '),
    }),
  );
}

const shortNames = new WeakMap<Weights, Weights>();

function shortened(weights: Weights): Weights {
  const known = shortNames.get(weights);
  if (known) return known;
  const short = new Map<string, Weight>();
  for (const [name, weight] of weights) {
    const parts = name.split('/');
    if (parts.length > 2) short.set([...parts.slice(0, -2), parts.at(-1)].join('/'), weight);
  }
  shortNames.set(weights, short);
  return short;
}
