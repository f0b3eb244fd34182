/**
 * A graph of ONNX operators that grows from calls. Names are numbered, equal small constants are one. Knows neither layers and
 * gradients (`app/learn/engine`) nor where a network comes from (`tfjs`), which both write with it.
 */
import { encodeModel, type Attribute, type Constant, type GraphNode, type Port } from './onnx.ts';

export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((product, side) => product * side, 1);

/** Larger constants are not compared with each other. */
const SHARED_UP_TO = 64;

export class Graph {
  readonly #nodes: GraphNode[] = [];
  readonly #constants: Constant[] = [];
  readonly #inputs: Port[] = [];
  readonly #outputs: Port[] = [];
  readonly #known = new Map<string, string>();
  readonly #made = new Map<string, string>();
  readonly #shares: boolean;
  #count = 0;

  /** @param shares an operator that is there already, of the same inputs and attributes, is not added again */
  constructor({ shares = false }: { readonly shares?: boolean } = {}) {
    this.#shares = shares;
  }

  input(name: string, shape: Port['shape']): string {
    this.#inputs.push({ name, shape });
    return name;
  }

  /** Names a tensor and hands it out. */
  output(name: string, tensor: string, shape: Port['shape']): void {
    this.op('Identity', [tensor], {}, name);
    this.#outputs.push({ name, shape });
  }

  floats(data: Float32Array, shape: Shape = [data.length]): string {
    return this.#constant('f', data, shape);
  }

  scalar(value: number): string {
    return this.floats(Float32Array.of(value), []);
  }

  ints(...data: readonly number[]): string {
    return this.integers(data);
  }

  integers(data: readonly number[], shape: Shape = [data.length]): string {
    return this.#constant('i', data, shape);
  }

  /** Adds an operator with one output. @returns the output's name */
  op(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    name?: string,
  ): string {
    const isShared = this.#shares && name === undefined;
    const key = isShared ? JSON.stringify([type, inputs, attributes]) : '';
    const made = isShared ? this.#made.get(key) : undefined;
    if (made !== undefined) return made;
    const output = name ?? `${type}_${this.#count++}`;
    this.#nodes.push({ type, inputs, outputs: [output], attributes });
    if (isShared) this.#made.set(key, output);
    return output;
  }

  /** Adds an operator with several outputs. @returns their names */
  several(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    count: number,
  ): readonly string[] {
    const outputs = Array.from({ length: count }, () => `${type}_${this.#count++}`);
    this.#nodes.push({ type, inputs, outputs, attributes });
    return outputs;
  }

  add = (a: string, b: string): string => this.op('Add', [a, b]);
  sub = (a: string, b: string): string => this.op('Sub', [a, b]);
  mul = (a: string, b: string): string => this.op('Mul', [a, b]);
  div = (a: string, b: string): string => this.op('Div', [a, b]);
  /** Times a number that is known now. */
  times = (a: string, factor: number): string => this.mul(a, this.scalar(factor));
  reshape = (a: string, shape: Shape): string => this.op('Reshape', [a, this.ints(...shape)]);
  transpose = (a: string, perm: readonly number[]): string => this.op('Transpose', [a], { perm });
  /** Over the given axes, which are gone afterwards; none given: over all. */
  sum = (a: string, ...axes: readonly number[]): string =>
    this.op('ReduceSum', axes.length > 0 ? [a, this.ints(...axes)] : [a], { keepdims: 0 });
  mean = (a: string): string => this.op('ReduceMean', [a], { keepdims: 0 });

  encode(): Uint8Array {
    return encodeModel({
      nodes: this.#nodes,
      constants: this.#constants,
      inputs: this.#inputs,
      outputs: this.#outputs,
    });
  }

  #constant(kind: 'f' | 'i', data: Constant['data'], shape: Shape): string {
    const key =
      data.length < SHARED_UP_TO ? `${kind}${shape.join('×')}:${Array.from(data).join()}` : null;
    const known = key === null ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    const name = `constant_${this.#count++}`;
    this.#constants.push({ name, shape, data });
    if (key !== null) this.#known.set(key, name);
    return name;
  }
}
