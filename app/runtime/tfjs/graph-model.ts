/**
 * A graph model: operations that name their inputs. Owns the walk from the input to the output; what each operation computes is `operations.ts`. What the output
 * does not need is not looked at.
 */
import type { NodeEntry, Signature } from './model-json.ts';
import { inOrder, type Net, type Value } from './net.ts';
import { OperationCall } from './node.ts';
import { operations } from './operations.ts';
import { shown, unsuitable } from './refuse.ts';
import { say } from './sentences.ts';
import type { InputFacts } from './layers-model.ts';
import type { Weights } from './weights.ts';

/** Name of an operation and which of its outputs. */
const parted = (name: string): [string, number] => {
  const at = name.lastIndexOf(':');
  if (at < 0 || !/^\d{1,4}$/.test(name.slice(at + 1))) return [name, 0];
  return [name.slice(0, at), Number(name.slice(at + 1))];
};

/** An input with a `^` only says what must have run before. */
const inputsOf = ({ input }: NodeEntry): readonly string[] =>
  input.filter((name) => !name.startsWith('^'));

const inputKinds = new Set(['Placeholder', 'PlaceholderWithDefault']);

export interface GraphPorts {
  readonly input: InputFacts;
  /** Name of an operation, and which of its outputs. */
  readonly output: readonly [string, number];
}

/** @throws HourglassError model-unsuitable: not one of each, or no shape */
export function graphPorts(nodes: readonly NodeEntry[], signature: Signature | null): GraphPorts {
  const placeholders = nodes.filter(({ op }) => inputKinds.has(op));
  const named = Object.entries(signature?.outputs ?? {}).map(([key, { name }]) => name ?? key);
  const used = new Set(
    nodes.flatMap(({ input }) => input.map((name) => parted(name.replace(/^\^/, ''))[0])),
  );
  const ends = nodes.filter(({ name, op }) => !used.has(name) && op !== 'Const' && op !== 'NoOp');
  const outputs = named.length > 0 ? named : ends.map(({ name }) => name);
  const [input] = placeholders;
  const [output] = outputs;
  if (!input || output === undefined || placeholders.length !== 1 || outputs.length !== 1)
    throw unsuitable(say('onePort', { inputs: placeholders.length, outputs: outputs.length }));
  return {
    input: { name: input.name, shape: shapeOf(input) },
    output: parted(output),
  };
}

/** Without the batch; null: left open. */
function shapeOf({ name, attr }: NodeEntry): InputFacts['shape'] {
  const { shape } = (attr.shape ?? {}) as { shape?: { dim?: unknown } };
  if (!Array.isArray(shape?.dim))
    throw unsuitable(say('inputNoPicture', { name: shown(name), shape: '?' }));
  return shape.dim.slice(1).map((one: unknown) => {
    const size = Number((one as { size?: unknown } | null)?.size ?? -1);
    return Number.isInteger(size) && size > 0 ? size : null;
  });
}

/** @throws HourglassError model-unsuitable with the name of the operation, and of what it is not known for */
export function emitGraph(
  net: Net,
  nodes: readonly NodeEntry[],
  weights: Weights,
  ports: GraphPorts,
  input: Value,
): Value {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const entryOf = (name: string): NodeEntry => {
    const entry = byName.get(name);
    if (entry) return entry;
    throw unsuitable(say('noSuchNode', { name: shown(name) }));
  };
  const needs = (name: string): readonly string[] =>
    name === ports.input.name ? [] : inputsOf(entryOf(name)).map((one) => parted(one)[0]);
  const circle = (name: string): Error => unsuitable(say('goesInCircles', { name: shown(name) }));
  const values = new Map<string, readonly Value[]>();
  const valueOf = ([name, at]: readonly [string, number]): Value => {
    const value = values.get(name)?.[at];
    if (value) return value;
    throw unsuitable(say('noSuchNode', { name: shown(`${name}:${at}`) }));
  };
  for (const name of inOrder([ports.output[0]], needs, circle)) {
    const entry = entryOf(name);
    if (name === ports.input.name) values.set(name, [input]);
    else if (entry.op === 'Const') values.set(name, [constantOf(net, name, weights)]);
    else {
      const call = new OperationCall(
        ...([net, entry, inputsOf(entry).map((one) => valueOf(parted(one)))] as const),
      );
      const operation = Object.hasOwn(operations, entry.op) ? operations[entry.op] : undefined;
      if (!operation)
        throw unsuitable(say('unknownOperation', { name: shown(name), kind: shown(entry.op) }));
      const given = operation(call);
      values.set(name, 'kind' in given ? [given] : given);
    }
  }
  return valueOf(ports.output);
}

function constantOf(net: Net, name: string, weights: Weights): Value {
  const weight = weights.get(name);
  if (weight) return net.constant(weight);
  throw unsuitable(say('weightMissing', { name: shown(name), owner: shown(name) }));
}
