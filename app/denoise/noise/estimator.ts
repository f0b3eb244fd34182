/**
 * The place of noise estimators: what one is, and the table of those that there are. Chen's formula is
 * right for white noise in colour; a trained network knows the correlated noise of cameras, and noise
 * on one channel, where the formula takes texture for noise.
 */
import { HourglassError, throwIfCancelled, type Progress } from '../../contract/index.ts';
import { colourChannels } from '../../pixels/raster.ts';
import { nextTurn } from '../../pixels/turns.ts';
import type { NoiseSource } from '../../contract/noise-source.ts';
import type { EngineServices, ModelCard } from '../../runtime/index.ts';
import type { Picture } from '../picture.ts';
import { estimateChen, isLine, type ChenEstimate } from './chen.ts';
import {
  combine,
  combineGray,
  TISSUE_GAIN,
  UNEVEN_GAIN,
  type Learned,
  type Level,
} from './combine.ts';
import { measureFine, type Fine } from './fine.ts';
import { holdsNoNoise, type NoRoom } from './held.ts';
import { partToRead } from './inside.ts';
import { levelOf, readCells, samplePlan } from './learned.ts';
import { photonNoiseSteps, type PhotonNoise } from './light.ts';
import { magnitudeNoiseOf } from './magnitude.ts';
import { exceeds, measureRepeats, measureVariation, refutes } from './repeats.ts';
import { levelOfTissue, tissueNoiseSteps } from './tissue.ts';
import { isReconstructed, unevennessSteps } from './uneven.ts';
import { say } from '../sentences.ts';

export type NoiseServices = Pick<EngineServices, 'models' | 'inference'>;

/** Equivalent white levels of an 8-bit scale over the picture's range, image-wide. */
export interface NoiseEstimate extends Level {
  /** One per colour channel; for display. */
  readonly perChannel: readonly number[];
  /** Its spread over the picture (`uneven.ts`) is to be told to the denoiser. */
  readonly uneven: boolean;
  /** Its level in the soft tissue of a CT slice, Hounsfield units, where that is what was measured; else null. */
  readonly tissue: number | null;
  /** Why the picture holds no noise at all, whatever looks like it; null: it may. */
  readonly noRoom: NoRoom | null;
  /** The finest variation of the part that was read, and whether a JPEG's blocks stand in it. */
  readonly fine: Fine;
  /** Noise that a network of its own is for (`../model.ts`). */
  readonly source: NoiseSource | null;
  /** Which estimators have answered. */
  readonly method: string;
}

type Answer = Omit<NoiseEstimate, 'noRoom' | 'fine'>;

/** A picture, and the part of it that tells its noise (`inside.ts`). */
interface View {
  readonly whole: Picture;
  readonly part: Picture;
  readonly fine: Fine;
}

export interface EstimatorRun {
  readonly services: NoiseServices;
  readonly signal: AbortSignal;
  readonly progress?: (progress: Progress) => void;
}

interface Estimator {
  /** Id of the noise network that it needs; null: none. */
  readonly model: string | null;
  /** Pictures that it is for; null: all. */
  readonly tones: 1 | 3 | null;
  /**
   * @param card that of `model`; null where it needs none
   * @throws HourglassError cancelled; as `Inference.run` where it needs a network
   */
  estimate(view: View, card: ModelCard | null, run: EstimatorRun): Promise<Answer>;
}

const CHEN = 'chen-2015-joint';
const AIR = 'rayleigh-air';
const TISSUE = 'soft-tissue';
const HELD = 'entropy';
const REPEATS = 'repeats';
const LIGHT = 'foi-2008-light';
const PHOTO = 'noise-photo';
const SCAN = 'noise-scan';

/** Levels of camera noise from which a network of its own is for it: pairs of PolyU are read as up to 16, made phones as 27 to 44. */
const LOW_LIGHT = 18;

const whiteOf = ({ sigma }: ChenEstimate): Level => ({ sigma, suggested: sigma, kind: 'white' });

const askNetwork = async (picture: Picture, card: ModelCard, run: EstimatorRun): Promise<Learned> =>
  levelOf(
    await readCells(
      picture,
      card,
      { inference: run.services.inference, ...run },
      samplePlan(picture, card),
    ),
  );

/** Noise that grows with the light needs no network: it stands in nearly every block. */
function levelOfPhotons({ rms }: PhotonNoise, { source }: Picture): Answer {
  const sigma = 255 * rms;
  const perChannel = new Array<number>(colourChannels(source)).fill(sigma);
  const plain = { kind: 'unknown', uneven: true, tissue: null, method: LIGHT } as const;
  return { sigma, suggested: sigma, perChannel, source: 'few-photons', ...plain };
}

/** In order of preference. */
export const estimators: readonly Estimator[] = [
  {
    model: PHOTO,
    tones: 3,
    async estimate({ part, fine }, card, run) {
      // The formula works on this thread while the network does on its own.
      const [learned, chen] = await Promise.all([
        askNetwork(part, card!, run),
        runSliced(estimateChen(part), run.signal),
      ]);
      // A network that sees cells of 16 × 16 pixels sees the mirror images of a line.
      const level = isLine(part) ? whiteOf(chen) : combine(chen.sigma, learned, fine.level);
      const share = (value: number): number =>
        chen.sigma > 0 ? (value / chen.sigma) * level.sigma : level.sigma;
      return {
        ...level,
        perChannel: chen.perChannel.map(share),
        uneven: false,
        tissue: null,
        source: level.kind === 'camera' && level.suggested >= LOW_LIGHT ? 'low-light' : null,
        method: say('methodWith', { method: named(card!), other: CHEN }),
      };
    },
  },
  {
    model: SCAN,
    tones: 1,
    async estimate({ whole, part }, card, run) {
      const photons = await runSliced(photonNoiseSteps(whole), run.signal);
      if (photons) return levelOfPhotons(photons, whole);
      const air = magnitudeNoiseOf(whole);
      const learned = await askNetwork(part, card!, run);
      const measured = await runSliced(tissueNoiseSteps(whole), run.signal);
      const inTissue = measured === null ? null : levelOfTissue(measured, whole);
      const level = combineGray({ air, tissue: inTissue }, learned);
      const tissue = level.sigma === inTissue ? measured : null;
      const perChannel = new Array<number>(colourChannels(whole.source)).fill(level.sigma);
      const other = level.sigma === air ? AIR : tissue !== null ? TISSUE : null;
      const method =
        other === null ? named(card!) : say('methodWith', { method: named(card!), other });
      const found = await runSliced(unevennessSteps(whole), run.signal);
      const uneven = found !== null && isReconstructed(found, level.sigma);
      const gain = tissue === null ? UNEVEN_GAIN : TISSUE_GAIN;
      const suggested = (uneven ? gain : 1) * level.suggested;
      const how = { perChannel, uneven, tissue, source: null, method };
      return { sigma: level.sigma, suggested, kind: 'unknown', ...how };
    },
  },
  {
    model: null,
    tones: null,
    async estimate({ part }, _card, { signal }) {
      const chen = await runSliced(estimateChen(part), signal);
      const { sigma } = chen;
      return {
        ...chen,
        suggested: sigma,
        kind: 'unknown',
        uneven: false,
        tissue: null,
        source: null,
        method: CHEN,
      };
    },
  },
];

/** Id of the noise network for such a picture. */
export const noiseModelOf = ({ tones }: Picture): string => (tones === 3 ? PHOTO : SCAN);

const named = ({ id, version }: ModelCard): string => `${id} ${version}`;

/**
 * Asks the first estimator that is for such a picture and is installed; one that would have been better
 * and is not is named in `method`. What the picture can not hold, or what repeats, is no noise: 0, whatever
 * an estimator says.
 * @throws HourglassError cancelled, model-damaged; as `Inference.run`
 */
export async function estimateNoise(picture: Picture, run: EstimatorRun): Promise<NoiseEstimate> {
  const sliced = <T>(steps: Generator<void, T>): Promise<T> => runSliced(steps, run.signal);
  const part = await sliced(partToRead(picture));
  const fine = await sliced(measureFine(part));
  const noRoom = await holdsNoNoise(part, sliced);
  if (noRoom) return nothingOf(picture, fine, { noRoom, method: HELD });
  const found = await askEstimator({ whole: picture, part, fine }, run);
  const patternOf = (other: string): NoiseEstimate =>
    nothingOf(picture, fine, {
      noRoom: 'pattern',
      method: say('methodWith', { method: found.method, other }),
    });
  const variation = found.sigma <= 0 ? null : await sliced(measureVariation(part));
  if (variation && exceeds(variation, found.sigma, part)) return patternOf(HELD);
  // The noise of a reconstruction is smeared further than a pattern's period.
  const repeats = picture.scan || found.sigma <= 0 ? null : await sliced(measureRepeats(part));
  if (repeats && refutes(repeats, found.sigma)) return patternOf(REPEATS);
  return { ...found, fine, noRoom: null };
}

async function askEstimator(view: View, run: EstimatorRun): Promise<Answer> {
  const { models } = run.services;
  const installed = new Set((await models.list()).map(({ id }) => id));
  const missing: string[] = [];
  for (const { model, tones, estimate } of estimators) {
    if (tones !== null && tones !== view.whole.tones) continue;
    if (model !== null && !installed.has(model)) {
      missing.push(model);
      continue;
    }
    const found = await estimate(view, model === null ? null : await models.get(model), run);
    const without = missing.map((id) => say('notInstalled', { id })).join(', ');
    return { ...found, method: without ? `${found.method} (${without})` : found.method };
  }
  throw new HourglassError('internal', say('noNoiseEstimatorForPicture'));
}

const nothingOf = (
  { source }: Picture,
  fine: Fine,
  by: Pick<NoiseEstimate, 'noRoom' | 'method'>,
): NoiseEstimate => ({
  sigma: 0,
  suggested: 0,
  kind: 'unknown',
  perChannel: new Array<number>(colourChannels(source)).fill(0),
  uneven: false,
  tissue: null,
  source: null,
  fine,
  ...by,
});

/** Longest piece of work between two turns of the event loop, milliseconds. */
const SLICE_MS = 12;

/** Runs a stepwise computation without holding up the engine's thread, and stops when told. */
export async function runSliced<T>(steps: Generator<void, T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    throwIfCancelled(signal);
    const until = performance.now() + SLICE_MS;
    do {
      const step = steps.next();
      if (step.done) return step.value;
    } while (performance.now() < until);
    await nextTurn();
  }
}
