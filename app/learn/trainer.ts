/**
 * The loop of a training: step after step on the inference thread, looks at held-back images in between, the best weights kept, the state given
 * out to be saved. Knows no files; what it trains is a `Plan` (`network.ts`), what it shows `batches.ts`.
 */
import { cancelledError, HourglassError, type DeviceId } from '../contract/index.ts';
import type { GraphTensor, GraphTensors, Inference, RunnableGraph } from '../runtime/index.ts';
import { batchOf, drawOf, heldBatches, shownOf, type Batch } from './batches.ts';
import type { Checkpoint, CheckpointHead } from './checkpoint.ts';
import { CodeBook, codesOf, type Codes, type SeenCodes } from './codes.ts';
import { scalarsOf, sizeOf, vectors, type TrainingState } from './engine/index.ts';
import type { Images } from './images.ts';
import { decodes, kinds } from './kinds.ts';
import { errorWeight, imageShape, lookOf, shownShape, stepOf, type Plan } from './network.ts';
import { Gallery, ViewGallery, type Pictures } from './pictures.ts';
import { say } from './sentences.ts';
import { twinsIn } from './twins.ts';
import type { Steering } from './steering.ts';

/** How good weights are on held-back images. */
export interface Look {
  /** As the loss that is trained. */
  readonly loss: number;
  /** Mean squared error of the images, of hidden pixels alone where there are such; 0 of views, which give none. */
  readonly error: number;
  /** Of variational kinds: nats of each unit; else empty. */
  readonly rates: readonly number[];
  /** Of codes: share of their numbers that are not 0; null: there is no code. */
  readonly active: number | null;
  /** Of views of held-back images: share that finds its twin; null: there are none. */
  readonly found: number | null;
  /** null: there is no code. */
  readonly codes: SeenCodes | null;
}

export interface CurvePoint {
  readonly step: number;
  readonly of: number | null;
  readonly seconds: number;
  readonly loss: number;
  readonly heldBack: number;
  readonly best: boolean;
}

export interface TrainRequest {
  readonly plan: Plan;
  readonly images: Pick<Images, 'learnt' | 'heldBack'>;
  readonly openGraph: Inference['openGraph'];
  readonly threads: number;
  /** Default: the CPU */
  readonly device?: DeviceId;
  readonly steps: number | undefined;
  readonly minutes: number | undefined;
  readonly stopEarly: boolean;
  /** Where it was. */
  readonly from: Checkpoint | null;
  /** Weights to begin with; default: drawn. */
  readonly start?: Float32Array | undefined;
  readonly signal: AbortSignal;
  readonly stepped: (step: number, of: number | null) => void;
  readonly point: (point: CurvePoint) => void;
  /** Somebody looks on: what it makes of held-back images, every few seconds. */
  readonly pictures?: (step: number, pictures: Pictures) => void;
  /** What its codes are like, every few seconds and at the end. */
  readonly codes?: (codes: Codes) => void;
  /** Default: nobody steers it. */
  readonly steering?: Steering;
  readonly save: (checkpoint: Checkpoint) => Promise<void>;
  /** Milliseconds between two saves; for tests. */
  readonly saveEvery?: number;
}

export interface Trained {
  readonly head: CheckpointHead;
  readonly ended: 'steps' | 'time' | 'plateau' | 'stopped';
  readonly weights: Float32Array;
  readonly look: Look;
  readonly held: readonly Batch[];
}

/** Half of what a kill may cost. */
const SAVE_EVERY_MS = 5000;
/** Between two looks of a person. */
const PICTURES_EVERY_MS = 3000;
/** Of the moving mean of the weights, which is what is kept. */
const DECAY = 0.99;
/** Steps in which the rate rises to its full height: Adam knows nothing yet. */
const WARM_UP = 20;
/** Share of the wanted time after which the steps that fit in it are counted. */
const MEASURED = 0.05;
/** Times the wanted time, after which it ends wherever it is. */
const LATEST = 1.2;
/** No end before so many steps, and none but after this share of them without anything better. */
const PATIENCE = { least: 300, share: 0.2 };
/** Share of the steps in which β rises to its full height. */
const BETA_WARM_UP = 0.2;

/** @throws HourglassError cancelled, after the state was saved; device-failed; invalid-parameter: it came to nothing */
export async function train(request: TrainRequest): Promise<Trained> {
  const { plan, openGraph, threads, device = 'cpu' } = request;
  const step = stepOf(plan);
  const looking = lookOf(plan);
  const graph = await openGraph(step.bytes, { threads, device, hasTime: true });
  try {
    const look = await openGraph(looking.bytes, { threads, device, hasTime: true });
    try {
      const held = heldBatches(plan, request.images.heldBack, request.images.learnt);
      const gallery =
        request.pictures &&
        (decodes(kinds[plan.settings.kind])
          ? new Gallery(plan, request.images.heldBack, (clean, at) => shownOf(plan, clean, at))
          : new ViewGallery(plan, held[0]!));
      return await new Loop(request, {
        ...{ graph, parameters: step.parameters, first: step.first, held },
        look: (weights) => lookAt(plan, look, looking.outputs, held, weights),
        pictures: async (weights, at) =>
          request.pictures?.(at, await gallery!.look(look, looking.outputs, weights)),
      }).run();
    } finally {
      await look.close();
    }
  } finally {
    await graph.close();
  }
}

interface Tools {
  readonly graph: RunnableGraph;
  readonly parameters: number;
  readonly first: TrainingState;
  readonly held: readonly Batch[];
  readonly look: (weights: Float32Array) => Promise<Look>;
  readonly pictures: (weights: Float32Array, step: number) => Promise<void>;
}

class Loop {
  readonly #request: TrainRequest;
  readonly #tools: Tools;
  #head: CheckpointHead;
  #state: TrainingState;
  #best: Float32Array;
  /** Memory for the next state: never that of the present one (`OpenGraph.run`). */
  #spare: Record<(typeof vectors)[number], Float32Array>;
  #savedAt = -Infinity;
  #picturedAt = -Infinity;

  constructor(request: TrainRequest, tools: Tools) {
    const { plan, images, from, start, device = 'cpu' } = request;
    const { first, parameters } = tools;
    this.#request = request;
    this.#tools = tools;
    const begun = start ? { ...first, theta: start, mean: start.slice() } : first;
    this.#state = from?.state ?? begun;
    this.#best = from?.best ?? begun.theta.slice();
    const blank = (): Float32Array => new Float32Array(parameters);
    this.#spare = { theta: blank(), m: blank(), v: blank(), mean: blank() };
    this.#head = from
      ? { ...from.head, ...this.#planned(from.head), device }
      : {
          ...{ format: 'hourglass-training', version: 1, parameters, step: 0, seconds: 0 },
          ...{ settings: plan.settings, tones: plan.tones, half: plan.half, device },
          recorrupted: plan.recorrupted ?? false,
          images: {
            learnt: images.learnt.map(({ sha256 }) => sha256),
            heldBack: images.heldBack.map(({ sha256 }) => sha256),
          },
          ...this.#planned({ of: kinds[plan.settings.kind].steps, minutes: null }),
          since: { sum: 0, count: 0 },
          best: { step: 0, heldBack: null },
          curve: [],
        };
  }

  /** How long it takes: as is asked now, else as it was. */
  #planned(before: Pick<CheckpointHead, 'of' | 'minutes'>): Pick<CheckpointHead, 'of' | 'minutes'> {
    const { steps, minutes } = this.#request;
    if (minutes !== undefined) return { of: null, minutes };
    return steps === undefined
      ? { of: before.of, minutes: before.minutes }
      : { of: steps, minutes: null };
  }

  async run(): Promise<Trained> {
    const { signal, plan, images, steering } = this.#request;
    const every = kinds[plan.settings.kind].every;
    let ended = this.#ended();
    let next: Batch | null = null;
    while (!ended) {
      if (signal.aborted) {
        await this.#save();
        throw cancelledError();
      }
      if (steering?.held) {
        // It may be for days: what it knows is on the disk.
        await this.#save();
        await steering.untilLetGo(signal);
        continue;
      }
      const begun = performance.now();
      const at = this.#state.step + 1;
      const batch = next ?? batchOf(plan, images.learnt, at);
      const running = this.#step(at, batch);
      // While the thread computes.
      next = batchOf(plan, images.learnt, at + 1);
      const loss = await running;
      if (!Number.isFinite(loss))
        throw new HourglassError('invalid-parameter', say('cameToNothing', { step: at }), {
          hint: say('smallerRate', { rate: plan.settings.rate / 4 }),
          details: { name: 'rate' },
        });
      const { since } = this.#head;
      this.#head = {
        ...this.#head,
        step: at,
        since: { sum: since.sum + loss, count: since.count + 1 },
      };
      let isPlateau = false;
      if (at % every === 0 || at === this.#head.of) isPlateau = await this.#look(begun);
      else this.#spend(begun);
      this.#planSteps();
      this.#request.stepped(at, this.#head.of);
      ended = this.#ended() ?? (isPlateau ? 'plateau' : null);
      if (steering?.finishes) ended ??= 'stopped';
      if (performance.now() - this.#savedAt > (this.#request.saveEvery ?? SAVE_EVERY_MS))
        await this.#save();
    }
    // Where time ended it, or a resumed one has nothing left to do.
    if (this.#head.since.count > 0 || this.#head.best.heldBack === null)
      await this.#look(performance.now());
    await this.#save();
    const { held, look } = this.#tools;
    const weights = this.#best;
    const last = await look(weights);
    this.#tellCodes(last, this.#head.best.step);
    return { head: this.#head, ended, weights, look: last, held };
  }

  #spend(since: number): void {
    const seconds = this.#head.seconds + (performance.now() - since) / 1000;
    this.#head = { ...this.#head, seconds };
  }

  #ended(): Trained['ended'] | null {
    const { of, minutes, seconds, step } = this.#head;
    if (of !== null && step >= of) return minutes === null ? 'steps' : 'time';
    return minutes !== null && seconds > LATEST * 60 * minutes ? 'time' : null;
  }

  /** Once it is known how fast it goes: the rate falls to nothing inside the wanted time. */
  #planSteps(): void {
    const { of, minutes, seconds, step } = this.#head;
    if (of !== null || minutes === null) return;
    const wanted = 60 * minutes;
    if (step < WARM_UP || seconds < MEASURED * wanted) return;
    this.#head = { ...this.#head, of: Math.max(step, Math.round((step * wanted) / seconds)) };
  }

  #rate(at: number): number {
    const { of } = this.#head;
    const { rate } = this.#request.plan.settings;
    const falling = of === null ? 1 : (1 + Math.cos((Math.PI * (at - 1)) / of)) / 2;
    return rate * Math.min(1, at / WARM_UP) * falling;
  }

  /** @returns the loss */
  async #step(at: number, batch: Batch): Promise<number> {
    const { plan } = this.#request;
    const { settings } = plan;
    const size = [this.#tools.parameters];
    const state = this.#state;
    const whole = this.#head.of ?? kinds.variational.steps;
    const inputs = inputsOf(plan, batch, at, {
      ...scalarsOf(at, this.#rate(at), DECAY),
      beta: settings.beta * Math.min(1, at / (BETA_WARM_UP * whole)),
    });
    for (const name of vectors) inputs[name] = { data: own(state[name]), shape: size };
    const into: Record<string, GraphTensor> = { loss: { data: new Float32Array(1), shape: [] } };
    for (const name of vectors) into[`next_${name}`] = { data: this.#spare[name], shape: size };
    const answer = await this.#tools.graph.run(inputs, into);
    const of = (tensors: GraphTensors, prefix: string) =>
      Object.fromEntries(vectors.map((name) => [name, tensors[prefix + name]!.data])) as Record<
        (typeof vectors)[number],
        Float32Array
      >;
    this.#state = { step: at, ...of(answer.into, 'next_') };
    this.#spare = of(answer.inputs, '');
    return answer.into.loss!.data[0]!;
  }

  /** @returns whether it has got no better for long */
  async #look(begun: number): Promise<boolean> {
    const look = await this.#tools.look(this.#state.mean);
    const { loss: heldBack } = look;
    const { since, step, best, curve, of } = this.#head;
    const isBest = best.heldBack === null || heldBack < best.heldBack;
    if (isBest) this.#best = this.#state.mean.slice();
    const loss = since.count === 0 ? heldBack : since.sum / since.count;
    this.#head = {
      ...this.#head,
      since: { sum: 0, count: 0 },
      best: isBest ? { step, heldBack } : best,
      curve: [...curve, { step, loss, heldBack }],
    };
    this.#spend(begun);
    this.#request.point({ step, of, seconds: this.#head.seconds, loss, heldBack, best: isBest });
    if (performance.now() - this.#picturedAt > PICTURES_EVERY_MS) {
      await this.#tools.pictures(this.#state.mean, step);
      this.#tellCodes(look, step);
      this.#picturedAt = performance.now();
    }
    const without = step - this.#head.best.step;
    return this.#request.stopEarly && step >= PATIENCE.least && without >= PATIENCE.share * step;
  }

  #tellCodes({ codes, rates }: Look, step: number): void {
    const { codes: tell, plan } = this.#request;
    if (tell && codes) tell(codesOf(codes, rates, step, plan.tones));
  }

  async #save(): Promise<void> {
    await this.#request.save({ head: this.#head, state: this.#state, best: this.#best });
    this.#savedAt = performance.now();
  }
}

/** What a step is told besides the weights. @param scalars `beta`: of variational kinds alone */
function inputsOf(
  plan: Plan,
  batch: Batch,
  at: number,
  { beta, ...scalars }: Readonly<Record<string, number>>,
): Record<string, GraphTensor> {
  const { settings } = plan;
  const scalar = (value: number): GraphTensor => ({ data: Float32Array.of(value), shape: [] });
  const inputs: Record<string, GraphTensor> = {
    x: { data: batch.x, shape: shownShape(plan) },
    ...(decodes(kinds[settings.kind])
      ? { target: { data: batch.target, shape: imageShape(plan) } }
      : {}),
    ...(batch.mask ? { mask: { data: batch.mask, shape: imageShape(plan) } } : {}),
  };
  if (settings.kind === 'variational') {
    inputs.beta = scalar(beta!);
    inputs.draw = { data: drawOf(plan, at), shape: [settings.batch, settings.width] };
  }
  for (const [name, value] of Object.entries(scalars)) inputs[name] = scalar(value);
  return inputs;
}

/**
 * How far the first step on a device is from the CPU's: of the gradient ‖a − b‖ / ‖b‖, of the loss |a / b − 1|, whichever is larger; NaN: one
 * is no number.
 * @throws HourglassError device-not-found, device-failed, out-of-memory
 */
export async function differenceOn(
  device: DeviceId,
  {
    plan,
    images,
    openGraph,
    threads,
    theta,
  }: Pick<TrainRequest, 'plan' | 'images' | 'openGraph' | 'threads'> & {
    /** Default: what a training begins with. */
    readonly theta?: Float32Array | undefined;
  },
): Promise<number> {
  const { bytes, parameters, first } = stepOf(plan);
  const step = async (on: DeviceId) => {
    const graph = await openGraph(bytes, { threads, device: on, hasTime: true });
    try {
      const inputs = inputsOf(plan, batchOf(plan, images.learnt, 1), 1, {
        ...scalarsOf(1, plan.settings.rate, DECAY),
        beta: plan.settings.beta,
      });
      const vector = (data: Float32Array) => ({
        data: new Float32Array(data),
        shape: [parameters],
      });
      for (const name of vectors) inputs[name] = vector(first[name]);
      if (theta) inputs.theta = vector(theta);
      // A first moment that begins at zero is a part of the gradient.
      const { into } = await graph.run(inputs, {
        loss: { data: new Float32Array(1), shape: [] },
        next_m: { data: new Float32Array(parameters), shape: [parameters] },
      });
      return { loss: into.loss!.data[0]!, gradient: into.next_m!.data };
    } finally {
      await graph.close();
    }
  };
  const [there, here] = [await step(device), await step('cpu')];
  let [away, whole] = [0, 0];
  for (const [at, value] of here.gradient.entries()) {
    away += (there.gradient[at]! - value) ** 2;
    whole += value ** 2;
  }
  // Where nothing is learnt both are zero.
  const ofGradient = away === 0 ? 0 : Math.sqrt(away / whole);
  const ofLoss = there.loss === here.loss ? 0 : Math.abs(there.loss / here.loss - 1);
  return Math.max(ofGradient, ofLoss);
}

/** The memory of an array, which may go with it: a vector that is a part of another is copied. */
const own = (values: Float32Array): Float32Array =>
  values.byteLength === values.buffer.byteLength && values.buffer instanceof ArrayBuffer
    ? values
    : new Float32Array(values);

/** Smallest share that a logarithm is taken of. */
const LEAST = 1e-7;

async function lookAt(
  plan: Plan,
  graph: RunnableGraph,
  outputs: ReturnType<typeof lookOf>['outputs'],
  held: readonly Batch[],
  weights: Float32Array,
): Promise<Look> {
  const { settings, tones } = plan;
  const { loss, width, patch, batch: items } = settings;
  const sums = { loss: 0, error: 0, weight: 0, codes: 0, active: 0, sparsity: 0, found: 0 };
  const rates = new Float64Array(outputs.logVariance ? width : 0);
  const book = outputs.code ? new CodeBook(plan, held) : null;
  let theta: Float32Array = new Float32Array(weights);
  for (const batch of held) {
    const into = Object.fromEntries(
      Object.entries(outputs).map(([name, shape]) => [
        name,
        { data: new Float32Array(sizeOf(shape)), shape },
      ]),
    );
    const answer = await graph.run(
      {
        x: { data: batch.x.slice(), shape: shownShape(plan) },
        theta: { data: theta, shape: [theta.length] },
      },
      into,
    );
    theta = answer.inputs.theta!.data;
    const code = answer.into.code?.data ?? new Float32Array(0);
    book?.add(batch, code);
    if (!decodes(kinds[settings.kind])) {
      const counted = batch.counted!;
      const twins = twinsIn(code, width, settings.temperature, counted);
      sums.loss += counted * twins.loss;
      sums.found += counted * twins.share;
      sums.weight += counted;
    }
    const y = answer.into.y?.data ?? [];
    for (let i = 0; i < y.length; i++) {
      const factor = batch.mask ? batch.mask[i]! : 1;
      if (factor === 0) continue;
      const away = y[i]! - batch.clean[i]!;
      sums.error += away * away;
      sums.weight++;
      if (loss === 'l1') sums.loss += Math.abs(away);
      else if (loss === 'bce') sums.loss += entropy(batch.clean[i]!, y[i]!);
      else sums.loss += away * away;
    }
    for (const value of code) {
      sums.codes++;
      sums.sparsity += Math.abs(value);
      if (value !== 0) sums.active++;
    }
    const logVariance = answer.into.logVariance?.data;
    if (logVariance)
      for (let i = 0; i < logVariance.length; i++) {
        const [mean, log] = [code[i]!, logVariance[i]!];
        rates[i % width]! += -0.5 * (1 + log - mean * mean - Math.exp(log));
      }
  }
  const count = items * held.length;
  const perUnit = Array.from(rates, (rate) => rate / count);
  const rate = perUnit.reduce((a, b) => a + b, 0);
  const pixels = sums.loss / sums.weight;
  return {
    error: sums.error / sums.weight,
    found: decodes(kinds[settings.kind]) ? null : sums.found / sums.weight,
    loss:
      pixels * (settings.kind === 'variational' && loss === 'mse' ? errorWeight : 1) +
      (settings.kind === 'sparse' ? (settings.sparsity * sums.sparsity) / sums.codes : 0) +
      (settings.beta * rate) / (tones * patch * patch),
    rates: perUnit,
    codes: book?.done() ?? null,
    active: sums.codes === 0 ? null : sums.active / sums.codes,
  };
}

const entropy = (target: number, y: number): number =>
  -target * Math.log(Math.max(LEAST, y)) - (1 - target) * Math.log(Math.max(LEAST, 1 - y));
