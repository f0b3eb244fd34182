/**
 * Reverse-mode differentiation over `Graph`: each layer and loss emits its forward operators at once and leaves behind how
 * to emit its backward ones. Owns the parameters' places in one flat vector. Layers are in `layers.ts`, losses in
 * `losses.ts`, what closes a training step in `step.ts`.
 */
import { Graph, sizeOf, type Shape } from '../../runtime/onnx-graph.ts';

/** A tensor of the graph, float32, of a shape that is known while it is built. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
  /** A gradient flows through it to a parameter. */
  readonly isTracked: boolean;
}

export interface Parameter extends Value {
  /** First element in the flat vector of all parameters. */
  readonly offset: number;
  /** Inputs that are summed for one output, for the initial values; 0: begins at zero. */
  readonly fanIn: number;
}

/** Where parameters are: parts of an input that a step changes, or values that stay. */
export type Weights = 'learnt' | { readonly fixed: Float32Array };

/** The way to the weight gradient of a convolution. See `convolution.ts`. */
export type WeightGradient = 'fast' | 'textbook';

export class Tape {
  readonly graph = new Graph();
  readonly parameters: Parameter[] = [];
  readonly weights: Weights;
  readonly weightGradient: WeightGradient;
  readonly #backward: (() => void)[] = [];
  readonly #gradients = new Map<string, string>();
  readonly #terms: { readonly name: string; readonly value: string; readonly weighted: string }[] =
    [];
  #size = 0;

  /** @param weights `fixed`: a network to be used, without a backward half; a flat vector as a step has it */
  constructor(weights: Weights = 'learnt', weightGradient: WeightGradient = 'fast') {
    this.weights = weights;
    this.weightGradient = weightGradient;
    // Its length is known when all layers are there; a graph does not ask.
    if (weights === 'learnt') this.graph.input('theta', ['parameters']);
  }

  /** Parameters so far. */
  get size(): number {
    return this.#size;
  }

  /** What the losses are made of, each before its weight. */
  get terms(): readonly { readonly name: string; readonly value: string }[] {
    return this.#terms;
  }

  input(name: string, shape: Shape, open: readonly (number | string)[] = shape): Value {
    return { name: this.graph.input(name, open), shape, isTracked: false };
  }

  /** A part of the flat vector. One `Slice` each: WebGPU refuses a `Split` of more than 11 outputs at the first run. */
  parameter(shape: Shape, fanIn: number): Parameter {
    const { graph, weights } = this;
    const offset = this.#size;
    const end = offset + sizeOf(shape);
    this.#size = end;
    const name =
      weights === 'learnt'
        ? graph.reshape(
            graph.op('Slice', ['theta', graph.ints(offset), graph.ints(end), graph.ints(0)]),
            shape,
          )
        : graph.floats(weights.fixed.slice(offset, end), shape);
    const parameter = { name, shape, isTracked: weights === 'learnt', offset, fanIn };
    this.parameters.push(parameter);
    return parameter;
  }

  /**
   * What a layer has computed from `inputs`.
   * @param backward emits the gradients of the inputs, by `accumulate`, from that of the value
   */
  computed(
    name: string,
    shape: Shape,
    inputs: readonly Value[],
    backward: (gradient: string) => void,
  ): Value {
    const isTracked = inputs.some((input) => input.isTracked);
    if (isTracked)
      this.#backward.push(() => {
        const gradient = this.#gradients.get(name);
        // A value that no loss depends on has none.
        if (gradient !== undefined) backward(gradient);
      });
    return { name, shape, isTracked };
  }

  /** Adds to a value's gradient, if it has one. `gradient` is only called, and so only emits, where it is wanted. */
  accumulate({ name, isTracked }: Value, gradient: () => string): void {
    if (!isTracked) return;
    const before = this.#gradients.get(name);
    const emitted = gradient();
    this.#gradients.set(name, before === undefined ? emitted : this.graph.add(before, emitted));
  }

  /**
   * A part of the loss: `weight` × `value`, both scalars.
   * @param backward emits the gradients, given the weight's name
   */
  term(
    name: string,
    value: string,
    weight: number | Value,
    backward: (weight: string) => void,
  ): void {
    const factor = typeof weight === 'number' ? this.graph.scalar(weight) : weight.name;
    this.#terms.push({ name, value, weighted: this.graph.mul(value, factor) });
    this.#backward.push(() => backward(factor));
  }

  /** The sum of all terms, and emits the backward half: a vector like `theta`. Once, at the end. */
  differentiate(): { readonly loss: string; readonly gradient: string } {
    const { graph } = this;
    const loss = this.#terms.map(({ weighted }) => weighted).reduce(graph.add);
    for (const emit of this.#backward.reverse()) emit();
    const parts = this.parameters.map(({ name, shape }) => {
      const gradient = this.#gradients.get(name);
      return gradient === undefined
        ? graph.floats(new Float32Array(sizeOf(shape)))
        : graph.reshape(gradient, [-1]);
    });
    return { loss, gradient: graph.op('Concat', parts, { axis: 0 }) };
  }
}
