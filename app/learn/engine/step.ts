/**
 * Closes a tape to one training step: gradient, clipping, Adam, and a moving mean of the weights, all on one flat vector.
 * Sources: Kingma & Ba 2015, algorithm 1; Pascanu et al. 2013 (clipping by the norm).
 */
import { GaussianDraws } from '../../runtime/draws.ts';
import { sizeOf } from '../../runtime/onnx-graph.ts';
import type { Tape } from './tape.ts';

export const BETA_1 = 0.9;
export const BETA_2 = 0.999;
const EPSILON = 1e-8;

/** What a training is: four vectors as long as there are parameters, and how many steps they have seen. */
export interface TrainingState {
  readonly step: number;
  readonly theta: Float32Array;
  /** First and second moment. */
  readonly m: Float32Array;
  readonly v: Float32Array;
  /** Moving mean of `theta`. */
  readonly mean: Float32Array;
}

/** The names of the vectors, as inputs; as outputs they are called `next_` and the name. */
export const vectors = ['theta', 'm', 'v', 'mean'] as const;

export interface StepGraph {
  /** An ONNX file. Scalar inputs: `scalarsOf`, and those of the losses. Outputs: `loss`, `norm`, the terms, the vectors. */
  readonly bytes: Uint8Array;
  readonly parameters: number;
  /** Names of the outputs of the losses' terms. */
  readonly terms: readonly string[];
}

export interface StepOptions {
  /** Longest gradient that is followed as it is. */
  readonly clip?: number;
  /** Also gives the gradient out, before it is clipped. For tests. */
  readonly withGradient?: boolean;
}

/** Once per tape. */
export function closeStep(
  tape: Tape,
  { clip = 1, withGradient = false }: StepOptions = {},
): StepGraph {
  const { graph, size } = tape;
  // `theta` is an input of the tape already.
  for (const name of vectors.slice(1)) graph.input(name, [size]);
  for (const name of ['rate', 'correction1', 'correction2', 'keep']) graph.input(name, []);
  const { loss, gradient } = tape.differentiate();
  const norm = graph.op('Sqrt', [graph.op('ReduceSumSquare', [gradient], { keepdims: 0 })]);
  const share = graph.div(graph.scalar(clip), graph.add(norm, graph.scalar(1e-6)));
  const g = graph.mul(gradient, graph.op('Min', [graph.scalar(1), share]));
  const mixed = (old: string, fresh: string, keep: number): string =>
    graph.add(graph.times(old, keep), graph.times(fresh, 1 - keep));
  const m = mixed('m', g, BETA_1);
  const v = mixed('v', graph.mul(g, g), BETA_2);
  const away = graph.div(
    graph.mul(m, graph.mul('rate', 'correction1')),
    graph.add(graph.op('Sqrt', [graph.mul(v, 'correction2')]), graph.scalar(EPSILON)),
  );
  const theta = graph.sub('theta', away);
  const mean = graph.add(
    graph.mul('mean', 'keep'),
    graph.mul(theta, graph.sub(graph.scalar(1), 'keep')),
  );
  graph.output('loss', loss, []);
  graph.output('norm', norm, []);
  for (const { name, value } of tape.terms) graph.output(name, value, []);
  if (withGradient) graph.output('gradient', gradient, [size]);
  const next = { theta, m, v, mean };
  for (const name of vectors) graph.output(`next_${name}`, next[name], [size]);
  return { bytes: graph.encode(), parameters: size, terms: tape.terms.map(({ name }) => name) };
}

/**
 * The scalars of a step.
 * @param step from 1 @param rate learning rate @param decay of the moving mean, which begins faster: a young one would
 *   otherwise be the initial weights
 */
export function scalarsOf(step: number, rate: number, decay: number) {
  return {
    rate,
    correction1: 1 / (1 - BETA_1 ** step),
    correction2: 1 / (1 - BETA_2 ** step),
    keep: Math.min(decay, step / (10 + step)),
  };
}

/** He initialisation: normal values of variance 2 / fan-in; biases are zero. He et al. 2015, equation 10. */
export function initialState(
  { parameters, size }: Pick<Tape, 'parameters' | 'size'>,
  seed: number,
): TrainingState {
  const theta = new Float32Array(size);
  for (const { offset, shape, fanIn } of parameters) {
    if (fanIn === 0) continue;
    const deviation = Math.sqrt(2 / fanIn);
    // One stream for each parameter: a layer more does not change those before it.
    const draws = new GaussianDraws(seed, 0, offset);
    for (let at = offset; at < offset + sizeOf(shape); at++) theta[at] = deviation * draws.next();
  }
  return {
    step: 0,
    theta,
    m: new Float32Array(size),
    v: new Float32Array(size),
    mean: theta.slice(),
  };
}
