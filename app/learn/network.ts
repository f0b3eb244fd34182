/** Graphs of a training: its step, a look at what it gives, and the network that is written. All are of one list of layers. */
import {
  bce,
  closeStep,
  initialState,
  kl,
  l1,
  mse,
  ntXent,
  pass,
  sizeOf,
  sparsity,
  Tape,
  type Passed,
  type StepGraph,
  type TrainingState,
  type Value,
} from './engine/index.ts';
import { decodes, kinds, takesMap, type Tones } from './kinds.ts';
import type { BlurredNoise } from './recorrupted.ts';
import type { Settings } from './settings.ts';

/** Everything that decides the graphs. */
export interface Plan {
  readonly settings: Settings;
  readonly tones: Tones;
  /** The network sees the four images of half the size, one after another (`blind`). */
  readonly half: boolean;
  /** Of views: images that are learnt from, where there are fewer than a batch wants: no two pairs are of one. */
  readonly most?: number;
  /** Of hidden kinds: nothing is hidden, two images are made of each with more of its noise (`blind`). */
  readonly recorrupted?: boolean;
  /** Which noise that is, where steps are made. */
  readonly noise?: BlurredNoise;
}

/** The network adds to what it is shown. */
export const addsTo = ({ settings, recorrupted = false }: Plan): boolean =>
  kinds[settings.kind].residual || recorrupted;

/** Images of one step. */
export const pairsOf = ({ settings, most }: Plan): number =>
  Math.max(2, Math.min(settings.batch, most ?? settings.batch));

/** Channels of what the network is shown. */
export const inputChannels = ({ settings, tones }: Plan): number =>
  tones + (takesMap(kinds[settings.kind]) ? 1 : 0);

/** [batch, channels, patch, patch] of what is shown, and of images. */
export const shownShape = (plan: Plan): readonly number[] => {
  const { batch, patch, kind } = plan.settings;
  const rows = kinds[kind].shown === 'views' ? 2 * pairsOf(plan) : batch;
  return [rows, inputChannels(plan), patch, patch];
};
export const imageShape = ({ settings: { batch, patch }, tones }: Plan): readonly number[] => [
  ...[batch, tones, patch, patch],
];

const layersOf = ({ settings, tones }: Plan) => kinds[settings.kind].layers(settings, tones);

/**
 * How far a pixel of a normal distribution around the decoded image is from it, of a variational one with `mse`: a tenth of the scale.
 * Its code is worth nothing beside an error that counts as if it were the whole scale.
 */
const DEVIATION = 0.1;
/** What that makes of a squared error. */
export const errorWeight = 0.5 / DEVIATION ** 2;

/**
 * A step. Inputs besides those of `closeStep`: `x` (`shownShape`), `target` (`imageShape`; of residual kinds without what is shown, of views none), `mask`
 * of hidden kinds, `draw` [batch, width] and `beta` of variational ones.
 */
export function stepOf(plan: Plan): StepGraph & { readonly first: TrainingState } {
  const { settings } = plan;
  const { kind, loss, batch, width, patch } = settings;
  const tape = new Tape();
  const x = tape.input('x', shownShape(plan));
  const isVariational = kind === 'variational';
  const draw = isVariational ? tape.input('draw', [batch, width]) : undefined;
  const passed = pass(tape, x, layersOf(plan), draw);
  const { output } = passed;
  if (!decodes(kinds[kind])) {
    ntXent(tape, output, settings.temperature);
    const first = initialState(tape, settings.seed);
    return { ...closeStep(tape), first };
  }
  const target = tape.input('target', imageShape(plan));
  if (kinds[kind].shown === 'hidden' && !plan.recorrupted)
    mse(tape, output, target, 1, tape.input('mask', imageShape(plan)));
  else if (loss === 'l1') l1(tape, output, target);
  else if (loss === 'bce') bce(tape, output, target);
  else mse(tape, output, target, isVariational ? errorWeight : 1);
  if (kind === 'sparse') sparsity(tape, passed.code!, settings.sparsity);
  if (isVariational) {
    // The loss is a mean over pixels; the rate is a sum over units.
    const share = 1 / (plan.tones * patch * patch);
    const beta = tape.input('beta', []);
    const weight = { ...beta, name: tape.graph.times(beta.name, share) };
    kl(tape, passed.spread!, weight);
  }
  const first = initialState(tape, settings.seed);
  if (addsTo(plan)) soften(tape, first);
  return { ...closeStep(tape), first };
}

/**
 * A network that adds to what it is shown begins near adding nothing: what He's deviations add at first is larger than any noise, and
 * unlearning it leaves units that are off for good.
 */
function soften(tape: Tape, { theta, mean }: TrainingState): void {
  const last = tape.parameters.findLast(({ fanIn }) => fanIn > 0)!;
  for (let at = last.offset; at < last.offset + sizeOf(last.shape); at++)
    mean[at] = theta[at]! *= SOFT;
}
const SOFT = 0.1;

/** What the network gives for a batch, from the weights in `theta`. Outputs: `y` as images, `code`, `logVariance`, where there are such. */
export function lookOf(plan: Plan): {
  readonly bytes: Uint8Array;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
} {
  const tape = new Tape();
  const x = tape.input('x', shownShape(plan));
  const passed = pass(tape, x, layersOf(plan));
  const outputs: Record<string, readonly number[]> = {};
  const give = (name: string, value: string, shape: readonly number[]): void => {
    tape.graph.output(name, value, shape);
    outputs[name] = shape;
  };
  if (decodes(kinds[plan.settings.kind]))
    give('y', asImage(tape, plan, x, passed), passed.output.shape);
  const { code, spread } = passed;
  if (code) give('code', code.name, code.shape);
  if (spread) give('logVariance', spread.logVariance.name, spread.logVariance.shape);
  return { bytes: tape.graph.encode(), outputs };
}

/** Names in the file that is written. */
export const ports = { input: 'input', output: 'output', code: 'code' } as const;

/** The network as an ONNX file. @param weights a vector as `theta` */
export function fileOf(plan: Plan, weights: Float32Array): Uint8Array {
  const { settings, tones, half } = plan;
  const { anySize } = kinds[settings.kind];
  const tape = new Tape({ fixed: weights });
  const { graph } = tape;
  const [, channels, side] = shownShape(plan) as [number, number, number, number];
  const sides = anySize ? ['height', 'width'] : [side, side];
  const whole = tape.input(ports.input, [1, channels, side, side], ['batch', channels, ...sides]);
  let x = whole;
  if (half) {
    // [N, 4·C, H, W], the place in the square being the slow index, are four images each.
    const folded = graph.op('SpaceToDepth', [whole.name], { blocksize: 2 });
    x = { ...whole, name: graph.reshape(folded, [-1, channels, 0, 0]) };
  }
  const passed = pass(tape, x, layersOf(plan));
  if (decodes(kinds[settings.kind])) {
    let y = asImage(tape, plan, x, passed);
    if (half)
      y = graph.op('DepthToSpace', [graph.reshape(y, [-1, 4 * tones, 0, 0])], {
        ...{ blocksize: 2, mode: 'DCR' },
      });
    graph.output(ports.output, y, ['batch', tones, ...sides]);
  }
  const { code } = passed;
  if (code)
    graph.output(
      ports.code,
      code.name,
      code.shape.length === 2
        ? ['batch', code.shape[1]!]
        : ['batch', code.shape[1]!, 'codeHeight', 'codeWidth'],
    );
  return graph.encode();
}

/** The output as an image: probabilities, or what is shown and what the network adds. */
function asImage({ graph }: Tape, plan: Plan, x: Value, passed: Passed): string {
  const { settings, tones } = plan;
  const { name } = passed.output;
  if (settings.loss === 'bce') return graph.op('Sigmoid', [name]);
  if (!addsTo(plan)) return name;
  const image =
    x.shape[1] === tones
      ? x.name
      : graph.op('Slice', [x.name, graph.ints(0), graph.ints(tones), graph.ints(1)]);
  return graph.add(image, name);
}
