/** How long runs take on this machine, for every door: where that is remembered, and by what name. What it says is `known-pace.ts`. */
import type { PlannedBatch } from '../../jobs/runs/batch.ts';
import { KnownPace, wayOf, type Seen } from '../../jobs/runs/known-pace.ts';
import { personFolders, software } from './paths.ts';

type Pace = ReadonlyMap<string, Seen>;

const knownPace = (): KnownPace => new KnownPace(personFolders().cache);

const wayOfBatch = ({ request, settings }: Pick<PlannedBatch, 'request' | 'settings'>): string =>
  wayOf(request.command, settings, software);

/** What is known of a run like this one, by kind of file. */
export const knownPaceOf = (batch: PlannedBatch): Promise<Pace> =>
  knownPace().of(wayOfBatch(batch));

/** A run came to this. Never throws. */
export const learnPace = (batch: PlannedBatch, seen: Pace): Promise<void> =>
  knownPace().learn(wayOfBatch(batch), seen);
