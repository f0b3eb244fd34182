/** What is true of a training, in words: from its curve alone. */
import type { TrainingBeside, TrainingCurve, TrainingEntry } from '../../../app/contract/index.ts';
import { fixed } from '../../../app/contract/sentences/index.ts';
import { number } from '../../state/format.ts';
import { say } from './sentences.ts';

/** Without anything better for this share of the steps, and so many at least, it ends by itself. */
const PATIENCE = { least: 300, share: 0.2 };
/** Of the best: above it, it learns by heart. The engine's measure of its result. */
const MEMORISED = 1.1;
/** Of principal components, or of the noise: as good as they are. */
const AS_GOOD = 1.01;

export type Verdict = 'begun' | 'learning' | 'atFloor' | 'asComponents' | 'memorising' | 'waiting';

const lowest = ({ points }: TrainingCurve): number =>
  Math.min(...points.map(({ heldBack }) => heldBack));

/** How it goes; the most important thing of it. */
export function verdictOf(curve: TrainingCurve): Verdict {
  const { points, best, step, floor, components } = curve;
  const last = points.at(-1);
  if (!last || points.length < 3) return 'begun';
  const least = lowest(curve);
  if (last.heldBack > MEMORISED * least && last.loss < least) return 'memorising';
  if (floor !== null && least <= AS_GOOD * floor) return 'atFloor';
  if (components !== null && least <= AS_GOOD * components) return 'asComponents';
  const without = step - (best ?? 0);
  return without > Math.max(0.1 * step, 0.3 * PATIENCE.least) ? 'waiting' : 'learning';
}

export function verdictWords(curve: TrainingCurve): string {
  const verdict = verdictOf(curve);
  const { components, best, step } = curve;
  if (verdict === 'waiting') return say('waiting', { count: step - (best ?? 0) });
  if (verdict === 'learning' && components !== null && lowest(curve) > AS_GOOD * components)
    return say('learningAbove', { times: fixed(lowest(curve) / components, 2) });
  return say(verdict);
}

/** Of training; it may end sooner by itself. null: not known yet. */
export function secondsLeft({ step, of, seconds }: TrainingCurve): number | null {
  return of === null || step === 0 ? null : ((of - step) * seconds) / step;
}

/** Three digits that mean something, whatever its size. */
export const errorWords = (value: number): string =>
  value === 0 ? number(0) : number(value, Math.max(0, 2 - Math.floor(Math.log10(value))));

export function endedWords({ state, ended, steps, seconds }: TrainingEntry): string {
  if (state === 'stopped') return say('stateStopped', { steps });
  if (state === 'failed') return say('stateFailed', { steps });
  if (state === 'running') return say('stateRunning');
  const took =
    seconds < 90
      ? say('seconds', { count: Math.round(seconds) })
      : say('minutesTook', { count: Math.round(seconds / 60) });
  return say('stateDone', { how: ended ?? 'steps', steps, took });
}

/** Whether figures of two trainings can be compared. */
export const comparedWords = ({ sameHeldBack, sameError }: TrainingBeside): string =>
  say('compared', { sameHeldBack: String(sameHeldBack), sameError: String(sameError) });

type Quality = TrainingEntry['quality'];

/** What either of two was measured by; null: that one was not. */
export const qualitiesOf = (one: Quality, other: Quality) =>
  [...one, ...other.filter(({ measure, unit }) => !valueOf(one, measure, unit))].map(
    ({ measure, unit }) => ({
      ...{ measure, unit, one: valueOf(one, measure, unit)?.network ?? null },
      another: valueOf(other, measure, unit)?.network ?? null,
    }),
  );

const valueOf = (all: Quality, measure: string, unit: string): Quality[number] | undefined =>
  all.find((found) => found.measure === measure && found.unit === unit);
