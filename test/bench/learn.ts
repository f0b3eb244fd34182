/**
 * `npm run bench -- learn [--steps 20] [--rounds 5] [--threads 1] [--only steps|beside] [--json]`
 *
 * Processor time of a training step (forward, backward, clipping, Adam, moving mean) of two networks, by the weight gradient that
 * the program emits and by the textbook's, in one run and in turns: the ratio is what a busy machine does not disturb. Both learn
 * from 16 pictures of 64 × 64 pixels in colour: A a convolutional autoencoder, B a denoiser with joins.
 *
 * `npm run bench -- learn --only beside [--kind denoising] [--megapixels 12] [--rounds 5] [--json]`: how much longer an export takes while a training runs
 * (`_learn-beside.ts`).
 */
import { parseArgs } from 'node:util';
import {
  closeStep,
  Draws,
  initialState,
  mse,
  pass,
  scalarsOf,
  Tape,
  vectors,
  type Layer,
  type TrainingState,
  type WeightGradient,
} from '../../app/learn/engine/index.ts';
import { besideExport, kindSchema } from './_learn-beside.ts';
import { openGraph, type GraphTensor, type OpenGraph } from '../../app/runtime/sessions.ts';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '1' },
    only: { type: 'string' },
    kind: { type: 'string', default: 'denoising' },
    megapixels: { type: 'string', default: '12' },
    json: { type: 'boolean', default: false },
  },
});
const steps = Number(values.steps);
const rounds = Number(values.rounds);
const threads = Number(values.threads);

const shape = [16, 3, 64, 64];
const conv = (channels: number, side: 1 | 3 = 3, stride: 1 | 2 = 1): Layer => ({
  kind: 'conv',
  ...{ channels, side, stride },
});
const relu: Layer = { kind: 'relu' };
const double: Layer = { kind: 'double' };
const keep = (as: string): Layer => ({ kind: 'keep', as });
const join = (as: string): Layer => ({ kind: 'join', with: as });

/** Network A: strides down, doubling and a convolution up; 16 channels in the middle. */
const a: readonly Layer[] = [
  ...[16, 32, 64].flatMap((channels) => [conv(channels, 3, 2), relu]),
  ...[conv(16), conv(64), relu],
  ...[64, 32, 16].flatMap((channels) => [double, conv(channels), relu]),
  conv(3),
];

/** Network B. */
const b: readonly Layer[] = [
  ...[conv(24), relu, conv(24), relu, keep('whole')],
  ...[conv(48, 3, 2), relu, conv(48), relu, keep('half')],
  ...[conv(96, 3, 2), relu, conv(96), relu],
  ...[double, join('half'), conv(48), relu, conv(48), relu],
  ...[double, join('whole'), conv(24), relu, conv(24), relu, conv(3, 1)],
];

interface Running {
  readonly graph: OpenGraph;
  readonly parameters: number;
  readonly state: TrainingState;
  readonly inputs: Readonly<Record<string, GraphTensor>>;
  readonly into: Readonly<Record<string, GraphTensor>>;
}

async function prepare(layers: readonly Layer[], way: WeightGradient): Promise<Running> {
  const tape = new Tape('learnt', way);
  const x = tape.input('x', shape);
  const y = tape.input('y', shape);
  mse(tape, pass(tape, x, layers).output, y);
  const { bytes, parameters } = closeStep(tape);
  const graph = await openGraph(bytes, { device: 'cpu', threads });
  const draws = new Draws(1);
  const picture = (): GraphTensor => ({
    data: Float32Array.from({ length: 16 * 3 * 64 * 64 }, () => draws.next()),
    shape,
  });
  const state = initialState(tape, 1);
  const scalars = Object.entries(scalarsOf(1, 1e-3, 0.99));
  const size = [parameters];
  return {
    ...{ graph, parameters, state },
    inputs: {
      ...{ x: picture(), y: picture() },
      ...Object.fromEntries(vectors.map((name) => [name, { data: state[name], shape: size }])),
      ...Object.fromEntries(
        scalars.map(([name, value]) => [name, { data: Float32Array.of(value), shape: [] }]),
      ),
    },
    into: {
      loss: { data: new Float32Array(1), shape: [] },
      ...Object.fromEntries(
        vectors.map((name) => [
          `next_${name}`,
          { data: new Float32Array(parameters), shape: size },
        ]),
      ),
    },
  };
}

/** Milliseconds of processor time a step. */
async function measure({ graph, inputs, into }: Running): Promise<number> {
  const before = process.cpuUsage();
  for (let at = 0; at < steps; at++) await graph.run(inputs, into);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / steps;
}

const median = (list: readonly number[]): number =>
  [...list].sort((one, other) => one - other)[Math.floor(list.length / 2)]!;

async function tellBeside(): Promise<void> {
  const { rounds: found, free } = await besideExport({
    ...{ rounds, megapixels: Number(values.megapixels) },
    kind: kindSchema.parse(values.kind),
  });
  const ratios = found.map(({ alone, beside }) => beside / alone);
  const line = {
    megapixels: Number(values.megapixels),
    kind: values.kind,
    aloneSeconds: median(found.map(({ alone }) => alone)),
    besideSeconds: median(found.map(({ beside }) => beside)),
    ratio: median(ratios),
    ratios,
    stepsPerSecond: median(found.map(({ steps: done, beside }) => done / beside)),
    stepsPerSecondAlone: free,
  };
  if (values.json) console.log(JSON.stringify(line));
  else
    console.log(
      `an export of ${line.megapixels} megapixels: ${line.aloneSeconds.toFixed(2)} s alone, ${line.besideSeconds.toFixed(2)} s beside a training (${line.kind}), ` +
        `ratio ${line.ratio.toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}); ` +
        `meanwhile ${line.stepsPerSecond.toFixed(2)} steps/s, ${free.toFixed(2)} without an export`,
    );
}

if (values.only !== 'steps') await tellBeside();
if (values.only !== 'beside')
  for (const [network, layers] of Object.entries({ A: a, B: b })) {
    const fast = await prepare(layers, 'fast');
    const textbook = await prepare(layers, 'textbook');
    for (const one of [fast, textbook]) await one.graph.run(one.inputs, one.into);
    const found: { fast: number; textbook: number }[] = [];
    for (let round = 0; round < rounds; round++)
      found.push({ fast: await measure(fast), textbook: await measure(textbook) });
    const line = {
      network,
      parameters: fast.parameters,
      threads,
      msPerStep: median(found.map((one) => one.fast)),
      textbookMsPerStep: median(found.map((one) => one.textbook)),
      ratio: median(found.map((one) => one.textbook / one.fast)),
      ratios: found.map((one) => one.textbook / one.fast),
    };
    if (values.json) console.log(JSON.stringify(line));
    else
      console.log(
        `${network} (${line.parameters} parameters): ${line.msPerStep.toFixed(1)} ms of processor time a step, ` +
          `textbook ${line.textbookMsPerStep.toFixed(1)} ms, ratio ${line.ratio.toFixed(2)} ` +
          `(${Math.min(...line.ratios).toFixed(2)}–${Math.max(...line.ratios).toFixed(2)})`,
      );
    for (const one of [fast, textbook]) await one.graph.release();
  }
