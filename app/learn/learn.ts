/** `learn`: from a list of image files to a folder with a network, its card, and the state of its training. */
import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import {
  HourglassError,
  invalidParameter,
  throwIfCancelled,
  toHourglassError,
  type DeviceId,
  type Notice,
} from '../contract/index.ts';
import { trainingFiles } from '../contract/training.ts';
import { makeFolders } from '../pixels/make-folders.ts';
import { writeWhole } from '../pixels/write-whole.ts';
import { inferenceThreads, sawOf, type Handler } from '../runtime/index.ts';
import { batchOf, heldBatches, STRONGEST } from './batches.ts';
import { claim } from './claim.ts';
import { cardOf } from './result-card.ts';
import {
  checkpointIn,
  readCheckpoint,
  writeCheckpoint,
  type Checkpoint,
  type CheckpointHead,
} from './checkpoint.ts';
import type { Pictures } from './pictures.ts';
import { readImages, type Images, type See } from './images.ts';
import { cleans, kinds, seesWhole } from './kinds.ts';
import { codecOf, codecOrReason, type MakeCodec } from './latents/make.ts';
import { fileOf, imageShape, type Plan } from './network.ts';
import { CORRELATED, noiseOf, type FoundNoise } from './noise.ts';
import { blurredNoise, type BlurredNoise, SHARE, varianceOf } from './recorrupted.ts';
import { componentsInTurns, type Components } from '../runtime/components.ts';
import { weightsOf } from './pca.ts';
import { componentsError, qualityOf, samplesOf, wordsOf } from './quality.ts';
import { say } from './sentences.ts';
import { asBegun, settingsOf, type Settings } from './settings.ts';
import { sizeOf } from './engine/index.ts';
import type { Steering, Steerings } from './steering.ts';
import { differenceOn, train } from './trainer.ts';

/** Values of a square above which components are not looked for: their covariance would be the work of minutes. */
const MOST_VALUES = 1024;
/** Values that components are made of, about. */
const SAMPLED = 4e6;

/** What a handler gets besides: the eyes of who cleans images, and who steers. */
export const createLearn =
  (see: See, steerings: Steerings, makeCodec: MakeCodec): Handler<'learn'> =>
  (input, context, services) => {
    const out = resolve(input.out);
    return alone(out, input.resume, () =>
      steerings.during(out, (steering) =>
        learn(input, out, { see, steering, makeCodec }, context, services),
      ),
    );
  };

/** A folder that was made for nothing goes again. */
async function alone<T>(out: string, resume: boolean, work: () => Promise<T>): Promise<T> {
  const wasThere = existsSync(out);
  if (!wasThere) await stateOf(out, resume);
  let giveFree: () => void = () => undefined;
  try {
    makeFolders(out);
    giveFree = claim(out);
  } catch (error) {
    if (error instanceof HourglassError) throw error;
    notWritable(out)(error);
  }
  try {
    return await work();
  } finally {
    giveFree();
    if (!wasThere) await rmdir(out).catch(() => undefined);
  }
}

type Given = Parameters<Handler<'learn'>>;

async function learn(
  input: Given[0],
  out: string,
  {
    see,
    steering,
    makeCodec,
  }: { readonly see: See; readonly steering: Steering; readonly makeCodec: MakeCodec },
  context: Given[1],
  services: Given[2],
): ReturnType<Handler<'learn'>> {
  const { signal, job, emit } = context;
  const from = await stateOf(out, input.resume);
  const settings = from ? asBegun(from.head.settings, input) : settingsOf(input);
  const kind = kinds[settings.kind];
  const model = join(out, trainingFiles.network);
  // Cut off behind its last step it has written nothing yet.
  if (from && isOver(from, input.steps, input.minutes) && existsSync(model))
    throw new HourglassError('invalid-parameter', say('isOver', { steps: from.head.step }), {
      hint: say('moreSteps'),
      details: { name: 'resume' },
    });
  const images = await readImages({
    images: input.images,
    // Halves are taken where the noise wants it, which is known once the images are.
    whole: wholeSide(settings),
    halved: kind.shown === 'views',
    side: settings.patch * (kind.shown === 'hidden' && settings.blind !== 'pixel' ? 2 : 1),
    ...{ seed: settings.seed, divided: from?.head.images ?? null },
    noises: noisesOf(settings),
    decode: (image, frame) =>
      services.documents.sourceImage({
        ...{ document: undefined, path: image.path, files: image.files, frame, signal },
        maxMegapixels: input.maxMegapixels,
      }),
    ...{ see, signal },
    told: (done, of, name) => emit({ type: 'training-reading', job, done, of, name }),
  });
  if (from) refuseOthers(from, images);
  const noise = kind.shown === 'hidden' ? noiseOf(images.learnt, images.tones) : null;
  const plan: Plan = {
    ...{ settings, tones: images.tones },
    ...(from ? wayOf(from.head, images) : blindWay(settings, noise, images)),
    ...(kind.shown === 'views' ? { most: images.learnt.length } : {}),
  };
  const components = await componentsFor(plan, images, signal);
  const { device = 'cpu' } = input;
  const tools = {
    openGraph: services.inference.openGraph,
    threads: trainingThreads(),
  };
  const notices: Notice[] = [
    ...images.notices,
    ...noiseWords(noise, plan),
    ...(await deviceWords(device, { plan, images, from, ...tools })),
  ];
  emit({
    ...{ type: 'training-images', job },
    ...{ learnt: images.learnt.length, heldBack: images.heldBack.length },
    together: [...images.together],
    leftOut: [...images.leftOut],
    notices,
  });
  throwIfCancelled(signal);
  const floor = noise ? noiseFloor(plan, noise) : null;
  const known =
    components && settings.loss === 'mse' && settings.kind !== 'variational'
      ? componentsError(components, heldBatches(plan, images.heldBack))
      : null;
  const trained = await train({
    ...{ plan, images, from, signal },
    ...{ ...tools, device },
    ...{ steps: input.steps, minutes: input.minutes, stopEarly: input.stopEarly },
    start: settings.start === 'pca' && components ? weightsOf(components) : undefined,
    stepped: (step, of) =>
      context.progress({
        ...{ done: step, total: of ?? 0, unit: 'steps' },
        message: say('training', { step }),
      }),
    point: (point) => emit({ type: 'training-curve', job, floor, components: known, ...point }),
    ...(input.pictures
      ? {
          pictures: (step: number, pictures: Pictures) =>
            emit({
              type: 'training-pictures',
              job,
              step,
              ...pictures,
              pictures: [...pictures.pictures],
            }),
        }
      : {}),
    codes: (codes) =>
      emit({
        ...{ type: 'training-codes', job, ...codes },
        points: [...codes.points],
        units: [...codes.units],
        codes: codes.codes.map((code) => [...code]),
      }),
    steering,
    save: (checkpoint) => writeCheckpoint(out, checkpoint).catch(notWritable(out)),
  });
  const { head, ended } = trained;
  const bytes = fileOf(plan, trained.weights);
  const quality = qualityOf(plan, trained, { components, noise });
  const words = wordsOf(plan, trained, quality);
  const limits = [
    say('learntFrom', { count: images.learnt.length }),
    ...[...notices, ...words].filter(({ level }) => level === 'warning').map(({ text }) => text),
  ];
  const card = cardOf(plan, trained, {
    ...{ folder: out, bytes, quality, limits },
    together: images.together,
    saw: sawOf(images.known, strongest(settings, noise)),
  });
  const codec =
    settings.kind === 'convolutional'
      ? await codecOrReason(() => {
          const steps = head.step;
          context.progress({
            ...{ done: steps, total: steps, unit: 'steps', message: say('makingCodec') },
          });
          const making = { folder: out, card, make: makeCodec };
          return codecOf(plan, trained.weights, images, making, context, services);
        })
      : null;
  await writeWhole(model, bytes).catch(notWritable(out));
  await writeWhole(join(out, 'card.json'), `${JSON.stringify(card, null, 2)}\n`).catch(
    notWritable(out),
  );
  return {
    ...{ out, model, kind: settings.kind, task: cleans(kind) ? 'denoise' : 'autoencoder', ended },
    ...{ steps: head.step, best: head.best.step, seconds: head.seconds },
    ...{ parameters: head.parameters, codec: codec?.folder ?? null },
    quality: [...quality, ...(codec?.quality ?? [])],
    notices: [...words, ...(codec?.notices ?? [])],
  };
}

/** @throws HourglassError output-exists; file-not-found: nothing to resume; file-not-readable */
async function stateOf(out: string, resume: boolean): Promise<Checkpoint | null> {
  if (resume) {
    const found = await readCheckpoint(out);
    if (found) return found;
    throw new HourglassError('file-not-found', say('nothingToResume', { out }), {
      hint: say('withoutResume'),
    });
  }
  const taken = [checkpointIn(out), join(out, trainingFiles.network), join(out, 'card.json')];
  if (taken.some((path) => existsSync(path)))
    throw new HourglassError('output-exists', say('folderTaken', { out }), {
      hint: say('resumeOrOther'),
    });
  return null;
}

function isOver({ head }: Checkpoint, steps?: number, minutes?: number): boolean {
  if (minutes !== undefined) return head.seconds >= 60 * minutes;
  const of = steps ?? head.of;
  return of !== null && head.step >= of;
}

const notWritable =
  (out: string) =>
  (cause: unknown): never => {
    throw new HourglassError('output-not-writable', say('notWritable', { out }), { cause });
  };

/** The same images are the same steps. @throws HourglassError invalid-parameter */
function refuseOthers({ head }: Checkpoint, { learnt, heldBack }: Images): void {
  const hashes = (images: Images['learnt']): string => images.map(({ sha256 }) => sha256).join();
  if (
    hashes(learnt) === head.images.learnt.join() &&
    hashes(heldBack) === head.images.heldBack.join()
  )
    return;
  const known = new Set([...head.images.learnt, ...head.images.heldBack]);
  const now = [...learnt, ...heldBack];
  const fresh = now.filter(({ sha256 }) => !known.has(sha256)).length;
  throw new HourglassError(
    'invalid-parameter',
    say('otherImages', { fresh, gone: known.size - (now.length - fresh) }),
    { hint: say('sameImages'), details: { name: 'folder' } },
  );
}

/** Which of the ways to learn from noisy images alone it is (`blind`). */
export function blindWay({ blind }: Settings, noise: FoundNoise | null, images: Noisy): Way {
  if (noise === null || blind === 'pixel') return { half: false };
  if (blind !== 'auto')
    return wayOf({ half: blind === 'half', recorrupted: blind === 'recorrupted' }, images);
  if (noise.correlation <= CORRELATED) return { half: false };
  const found = spectrumOf(images);
  return found ? { half: false, recorrupted: true, noise: found } : { half: true };
}

type Noisy = Pick<Images, 'learnt' | 'heldBack' | 'tones'>;
type Way = Pick<Plan, 'half' | 'recorrupted' | 'noise'>;

/** @throws HourglassError invalid-parameter: colour, or no calm places in which the noise can be measured */
function wayOf(
  { half, recorrupted }: Pick<CheckpointHead, 'half' | 'recorrupted'>,
  images: Noisy,
): Way {
  if (!recorrupted) return { half };
  const noise = spectrumOf(images);
  if (noise) return { half, recorrupted, noise };
  throw invalidParameter('blind', say('noSpectrum', { tones: images.tones }), 'recorrupted');
}

const spectrumOf = ({ learnt, heldBack, tones }: Noisy): BlurredNoise | null =>
  tones === 1 ? blurredNoise([...learnt, ...heldBack]) : null;

function noiseWords(noise: FoundNoise | null, { half, recorrupted }: Plan): Notice[] {
  if (!noise) return [];
  const correlation = noise.correlation.toFixed(2);
  const way = recorrupted ? 'recorrupted' : half ? 'half' : 'pixel';
  return [{ level: 'info', text: say('noiseFound', { correlation, way }) }];
}

/** More is no rounding: of every layer and loss it was a hundredth of that. */
const MOST_DIFFERENCE = 1e-4;

/** A device that is not the CPU is compared with it. @throws HourglassError device-not-found, device-failed */
async function deviceWords(
  device: DeviceId,
  {
    from,
    ...asked
  }: Omit<Parameters<typeof differenceOn>[1], 'theta'> & { readonly from: Checkpoint | null },
): Promise<Notice[]> {
  const notices: Notice[] = [];
  const before = from?.head.device ?? device;
  if (before !== device)
    notices.push({ level: 'info', text: say('otherDevice', { before, device }) });
  if (device === 'cpu') return notices;
  const failed = (text: string, cause?: unknown): HourglassError =>
    new HourglassError('device-failed', text, {
      ...{ hint: say('trainOnCpu'), details: { device }, cause },
    });
  const difference = await differenceOn(device, { ...asked, theta: from?.state.theta }).catch(
    (error: unknown): never => {
      const { code, message } = toHourglassError(error);
      if (code === 'cancelled' || code === 'device-not-found') throw error;
      throw failed(say('deviceFails', { device, reason: message }), error);
    },
  );
  if (!(difference <= MOST_DIFFERENCE))
    throw failed(
      say('deviceDiffers', { device, difference: difference.toPrecision(2), most: '1e-4' }),
    );
  const text = say('deviceAgrees', { device, difference: difference.toPrecision(2) });
  return [...notices, { level: 'info', text }];
}

/** What is left of the mean squared error where all is learnt that can be; null: it is not known. */
function noiseFloor({ half, noise: blurred }: Plan, { sigma }: FoundNoise): number | null {
  if (blurred) return varianceOf(blurred) * (1 + 1 / SHARE ** 2);
  return !half && sigma > 0 ? sigma ** 2 : null;
}

/** Of squares that the network learns from, for kinds whose codes are numbers beside which theirs mean something. */
async function componentsFor(
  plan: Plan,
  { learnt }: Images,
  signal: AbortSignal,
): Promise<Components | null> {
  const { settings } = plan;
  const { anySize } = kinds[settings.kind];
  const [batch, ...square] = imageShape(plan);
  const values = sizeOf(square);
  if (anySize || values > MOST_VALUES || settings.width >= values) return null;
  const count = Math.max(1, Math.round(SAMPLED / (batch! * values)));
  const samples = samplesOf(
    // Other squares than those of the first steps, of the same images.
    Array.from({ length: count }, (_, at) => batchOf(plan, learnt, 2 ** 30 + at)),
  );
  return componentsInTurns(samples, values, settings.width, signal);
}

/** White noise that images are shown with, 8-bit levels: a denoising network learns from none of it to the most. */
const noisesOf = ({ kind, sigma }: Settings): readonly number[] =>
  kinds[kind].shown === 'noisy' ? [sigma, STRONGEST * sigma] : [];

/** The strongest noise that the network learnt to take away, 8-bit levels; null: it takes none away. */
function strongest({ kind, sigma }: Settings, noise: FoundNoise | null): number | null {
  const { shown } = kinds[kind];
  const level =
    shown === 'noisy' ? STRONGEST * sigma : shown === 'hidden' ? 255 * (noise?.sigma ?? 0) : 0;
  return level > 0 ? level : null;
}

/** Parts are taken of what is made small for views; what is whole otherwise is seen as it is. */
const VIEWED = 1.5;

/** Side that whole images are made as small as; null: they are cut. */
export function wholeSide({ kind, scope, patch }: Settings): number | null {
  if (!seesWhole(kinds[kind], { scope })) return null;
  return Math.round(patch * (kinds[kind].shown === 'views' ? VIEWED : 1));
}

/** One is left for whatever else goes on: a training takes minutes. */
const trainingThreads = (): number =>
  Math.max(1, (inferenceThreads() || availableParallelism()) - 1);
