/** What tests of the training engine share: a tape from a layer list, its step as a session, and one run of it. */
import {
  bce,
  closeStep,
  kl,
  l1,
  mse,
  ntXent,
  pass,
  scalarsOf,
  sizeOf,
  sparsity,
  Tape,
  vectors,
  type Layer,
  type StepGraph,
  type TrainingState,
  type WeightGradient,
} from '../../../app/learn/engine/index.ts';
import { openGraph, type GraphTensor, type OpenGraph } from '../../../app/runtime/sessions.ts';

/** One case of test/fixtures/learn/gradients.json. */
export interface Case {
  readonly name: string;
  readonly shape: readonly number[];
  readonly layers: readonly Layer[];
  readonly losses: Readonly<Record<string, number>>;
  readonly theta: readonly number[];
  readonly target: readonly number[];
  readonly outputShape: readonly number[];
  readonly mask?: readonly number[];
  readonly draw?: readonly number[];
  readonly loss: number;
  readonly gradient: readonly number[];
}

/** The step of a case: its input is a parameter, so that its gradient is there too. */
export function stepOf(
  { shape, layers, losses, outputShape, draw }: Case,
  temperature: number,
  weightGradient: WeightGradient = 'fast',
): StepGraph {
  const tape = new Tape('learnt', weightGradient);
  const x = tape.parameter(shape, 0);
  const units = draw ? draw.length / shape[0]! : 0;
  const drawn = draw ? tape.input('draw', [shape[0]!, units]) : undefined;
  const { output, code, spread } = pass(tape, x, layers, drawn);
  const wantsTarget = !('ntXent' in losses);
  const target = wantsTarget ? tape.input('target', outputShape) : output;
  for (const [loss, weight] of Object.entries(losses)) {
    if (loss === 'mse') mse(tape, output, target, weight);
    else if (loss === 'masked') mse(tape, output, target, weight, tape.input('mask', outputShape));
    else if (loss === 'l1') l1(tape, output, target, weight);
    else if (loss === 'bce') bce(tape, output, target, weight);
    else if (loss === 'sparsity') sparsity(tape, code!, weight);
    else if (loss === 'kl') kl(tape, spread!, weight);
    else ntXent(tape, output, temperature, weight);
  }
  return closeStep(tape, { withGradient: true });
}

export const tensor = (data: ArrayLike<number>, shape: readonly number[]): GraphTensor => ({
  data: Float32Array.from(data),
  shape,
});

export const scalar = (value: number): GraphTensor => tensor([value], []);

/** The data inputs of a case. */
export function inputsOf({ target, outputShape, mask, draw, shape, losses }: Case) {
  return {
    ...('ntXent' in losses ? {} : { target: tensor(target, outputShape) }),
    ...(mask ? { mask: tensor(mask, outputShape) } : {}),
    ...(draw ? { draw: tensor(draw, [shape[0]!, draw.length / shape[0]!]) } : {}),
  };
}

export const open = (
  step: StepGraph,
  threads = 1,
  device: 'cpu' | 'webgpu' = 'cpu',
): Promise<OpenGraph> => openGraph(step.bytes, { device, threads });

export interface Stepped {
  readonly loss: number;
  readonly gradient: Float32Array;
  readonly state: TrainingState;
}

/** A fresh state whose parameters are given. */
export function stateFrom(theta: ArrayLike<number>): TrainingState {
  const zeros = (): Float32Array => new Float32Array(theta.length);
  const values = Float32Array.from(theta);
  return { step: 0, theta: values, m: zeros(), v: zeros(), mean: values.slice() };
}

/** One step of a session with `withGradient`. */
export async function stepped(
  graph: OpenGraph,
  state: TrainingState,
  data: Readonly<Record<string, GraphTensor>>,
  rate = 0.01,
): Promise<Stepped> {
  const size = [state.theta.length];
  const step = state.step + 1;
  const scalars = Object.entries(scalarsOf(step, rate, 0.99));
  const next = { theta: blank(size), m: blank(size), v: blank(size), mean: blank(size) };
  const into = {
    loss: blank([]),
    gradient: blank(size),
    ...Object.fromEntries(vectors.map((name) => [`next_${name}`, next[name]])),
  };
  await graph.run(
    {
      ...data,
      ...Object.fromEntries(vectors.map((name) => [name, { data: state[name], shape: size }])),
      ...Object.fromEntries(scalars.map(([name, value]) => [name, scalar(value)])),
    },
    into,
  );
  const { theta, m, v, mean } = next;
  return {
    loss: into.loss.data[0]!,
    gradient: into.gradient.data,
    state: { step, theta: theta.data, m: m.data, v: v.data, mean: mean.data },
  };
}

const blank = (shape: readonly number[]): GraphTensor => ({
  data: new Float32Array(sizeOf(shape)),
  shape,
});

/** ‖a − b‖ / ‖b‖. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [difference, whole] = [0, 0];
  for (let at = 0; at < b.length; at++) {
    difference += (a[at]! - b[at]!) ** 2;
    whole += b[at]! ** 2;
  }
  return Math.sqrt(difference / whole);
}
