/** What is true of a question and its answer, in words. */
import type {
  ExploringState,
  MapAnswer,
  SimilarAnswer,
  UnusualAnswer,
} from '../../../app/contract/index.ts';
import { decimal, fixed } from '../../../app/contract/sentences/index.ts';
import { say } from './sentences.ts';

/** Below a picture: what it is called by, and how it stands to the question. */
export interface Caption {
  readonly text: string;
  /** It is what is looked for. */
  readonly strong: boolean;
}

export function similarCaption({
  kind,
  mirrored,
  percentile,
}: SimilarAnswer['found'][number]): Caption {
  const same = kind === 'same';
  const text = same ? say('same') : say('percent', { percent: fixed(percentile, 2) });
  return { text: mirrored ? say('mirrored', { text }) : text, strong: same };
}

export function unusualCaption({ verdict, score, spots }: UnusualAnswer['rows'][number]): Caption {
  const parts = [
    score === null ? '' : fixed(score, 2),
    verdict === 'ranked' ? '' : say('verdict', { verdict }),
    spots.length > 0 ? say('places', { count: spots.length }) : '',
  ];
  return {
    text: parts.filter(Boolean).join(' · '),
    strong: verdict === 'unusual' || verdict === 'unmatched',
  };
}

/** While something goes on. */
export function doingWords({ phase, question, done, of, doing }: ExploringState): string {
  if (phase === 'walking') return of === 0 ? say('walking') : say('admitting', { done, of });
  if (of === 0) return say('beginning');
  return question === 'map' ? doing : say('looking', { done, of, name: doing });
}

export function similarWords({ of, by, isPart, above, found, groups }: SimilarAnswer): string {
  if (of === null) return say('groupsFound', { count: groups.length });
  if (found.length === 0) return say('noneSimilar', { name: of.name });
  return say('similarFound', {
    ...{ name: of.name, isPart: String(isPart) },
    ...{ named: String(by !== null), by: by ?? '' },
    ...{ above, same: found.filter(({ kind }) => kind === 'same').length },
  });
}

export function unusualWords({ rows, good, promise, mode, by }: UnusualAnswer): string {
  const { threshold, falseAlarms, low, high } = promise;
  const flagged = rows.filter(({ verdict }) => verdict === 'unusual' || verdict === 'unmatched');
  const judged = say('judged', { count: rows.length, good, mode, by: by ?? '' });
  // That there is no verdict, and why, is a notice of the answer.
  if (threshold === null) return judged;
  const told = say('flagged', { count: flagged.length });
  if (low === null || high === null) return `${judged} ${told}`;
  return `${judged} ${told} ${say('promise', {
    ...{ falseAlarms: decimal(falseAlarms), low: fixed(low, 1), high: fixed(high, 1) },
  })}`;
}

export function mapWords(
  { layout, finished, centres }: MapAnswer,
  count: number,
  busy: boolean,
): string {
  if (!finished && busy) return say('mapSoFar', { layout });
  if (!finished) return say('mapHalf', { layout });
  return say('mapDone', { count, clusters: centres.length, layout });
}
