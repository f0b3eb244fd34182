/**
 * Exploring for a page: what is asked about is chosen in the host's dialog or among the files that the page has, and every picture gets an `@id`,
 * so that a page names no path. The comparing is the engine's, as for the command line; the last answer to each question stays.
 */
import { randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import {
  HourglassError,
  exploringRequestSchema,
  invalidParameter,
  noExploring,
  throwIfCancelled,
  type Commands,
  type ExploredPicture,
  type ExploringAnswer,
  type ExploringDesk,
  type ExploringNetwork,
  type ExploringRequest,
  type ExploringState,
  type HourglassEvent,
  type MapAnswer,
  type OutputOf,
  type Question,
} from '../../contract/index.ts';
import type { MapEvent } from '../../contract/map-event.ts';
import type { Program } from '../../jobs/types.ts';
import type { Admission } from './admission.ts';
import { refuseDeep } from './json.ts';
import { picturesIn, picturesOfPage, type MeantPictures } from './page-pictures.ts';
import { PageWork } from './page-work.ts';
import { say } from './sentences.ts';
import { filesOf } from './walk.ts';

export interface ExploringOptions {
  readonly program: Pick<Program, 'runUnknown' | 'listen'>;
  readonly admission: Pick<Admission, 'admit' | 'filesOf'>;
  /** The system's dialog; null: there is none. */
  readonly chooseFolder: (() => Promise<string | null>) | null;
  /** Networks that the person trained, and where each training lies; default: none. */
  readonly networks?: () => Promise<readonly (ExploringNetwork & { readonly place: string })[]>;
  /** Takes private folders out of sentences that a page will show. Default: as they are. */
  readonly publicText?: (text: string) => string;
}

export interface ExploringSession {
  /** @param request from a page, unchecked. @throws HourglassError invalid-parameter, not-allowed */
  ask(request: unknown): Promise<ExploringDesk | void>;
  /** Hears how it stands until the returned function is called. */
  listen(listener: (event: HourglassEvent) => void): () => void;
  /** Nothing goes on. */
  stop(): Promise<void>;
}

type Asked = 'pictureFacts' | 'findSimilar' | 'findUnusual' | 'mapFolder' | 'markFine';
type Ask<A extends ExploringRequest['ask']> = Extract<ExploringRequest, { ask: A }>;

/** Similar pictures that are named at the most: as many as a person looks through. */
const MOST_SIMILAR = 100;
/** Maps of unusual pictures that a page is given, 6 kB each at the most. */
const MOST_MAPS = 300;

export function createExploring(options: ExploringOptions): ExploringSession {
  const { program, admission, chooseFolder } = options;
  const publicText = options.publicText ?? ((text: string) => text);
  let chosen: MeantPictures | null = null;
  let good: MeantPictures | null = null;
  let pictures: readonly ExploredPicture[] = [];
  /** By path. */
  let places: ReadonlyMap<string, number> = new Map();
  const answers = new Map<ExploringAnswer['question'], ExploringAnswer>();
  let fresh: ExploringAnswer | null = null;
  const work = new PageWork<ExploringState>({
    ...{ first: noExploring, rest: 'rest', publicText },
    event: (state) => {
      const answer = fresh;
      fresh = null;
      return { type: 'exploring', state, answer };
    },
    refusal: () => new HourglassError('not-allowed', say('exploringBusy')),
  });

  const setOf = ({ from, name, images }: MeantPictures): ExploringState['chosen'] => ({
    ...{ from, name, count: images.length },
  });

  /** Other pictures are asked about: what was answered is not true of them. */
  const choose = async (meant: MeantPictures, signal: AbortSignal): Promise<void> => {
    const admitted: ExploredPicture[] = [];
    const known = new Map<string, number>();
    for (const [at, { path, files, below }] of meant.images.entries()) {
      throwIfCancelled(signal);
      const file = await admission.admit(path, files).catch(() => null);
      // Gone since the folder was read.
      if (!file) continue;
      known.set(path, admitted.length);
      admitted.push({ ...file, folder: below.replaceAll('\\', '/') });
      work.set({ done: at + 1, of: meant.images.length });
    }
    chosen = { ...meant, images: meant.images.filter(({ path }) => known.has(path)) };
    pictures = admitted;
    places = known;
    answers.clear();
    fresh = null;
    work.set({ list: work.state.list + 1, chosen: setOf(chosen), question: null });
    await mark();
  };
  /** Some of those that are asked about are no photos of the strip. */
  const named = (meant: MeantPictures): MeantPictures =>
    meant.images.every(({ path }) => places.has(path))
      ? { ...meant, from: say('picturesOfThese', { count: meant.images.length }) }
      : meant;
  const chooseGood = async (meant: MeantPictures | null): Promise<void> => {
    good = meant;
    answers.delete('unusual');
    work.set({ good: meant && setOf(meant), fine: null, problem: null });
    await mark();
  };
  /** What was called fine, or is now, by places; where each is judged by the others, every one is learnt from already. */
  const mark = async (change: object = {}): Promise<void> => {
    const folder = good?.folder ?? null;
    if (folder === null) return work.set({ fine: null });
    const found = (await program.runUnknown('markFine', { folder, ...change })) as OutputOf<
      Commands['markFine']
    >;
    work.set({ fine: found.fine.flatMap((path) => places.get(path) ?? []) });
  };

  /** @returns null: none was named. @throws HourglassError file-not-found */
  const networkOf = async (id: string | undefined) => {
    if (id === undefined) return null;
    const found = (await options.networks?.())?.find((one) => one.id === id);
    if (!found) throw new HourglassError('file-not-found', say('noSuchTraining'));
    return found;
  };

  const answered = (answer: ExploringAnswer): void => {
    answers.set(answer.question, answer);
    fresh = answer;
    work.set({});
  };

  /** @param heard what is told of the job, besides how far it is */
  const run = async <C extends Asked>(
    command: C,
    input: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
    heard: (event: HourglassEvent) => void = () => undefined,
  ): Promise<OutputOf<Commands[C]>> => {
    const job = randomUUID();
    const deaf = program.listen((event) => {
      if (!('job' in event) || event.job !== job) return;
      heard(event);
      if (event.type !== 'job' || !event.progress || event.state !== 'running') return;
      const { done, total, message } = event.progress;
      work.set({ done, of: total, doing: publicText(message) });
    });
    try {
      return (await program.runUnknown(command, input, { job, signal })) as OutputOf<Commands[C]>;
    } finally {
      deaf();
    }
  };
  const placeOf = (path: string): number => places.get(path)!;
  const said = ({
    leftOut,
    notices,
  }: Pick<OutputOf<Commands['findSimilar']>, 'leftOut' | 'notices'>) => ({
    list: work.state.list,
    leftOut: leftOut.map(({ source, reason }) => ({
      ...{ name: basename(source), reason: publicText(reason) },
    })),
    notices: notices.map(({ level, text }) => ({ level, text: publicText(text) })),
  });

  const similar = async (
    of: MeantPictures,
    { source, cutoff, by, part }: Ask<'similar'>,
    signal: AbortSignal,
  ): Promise<void> => {
    const network = await networkOf(by);
    const files = source === null ? null : [...admission.filesOf(source)];
    const found = await run(
      'findSimilar',
      {
        ...{ folder: of.folder, images: of.images.map(filesOf), cutoff, count: MOST_SIMILAR },
        queries: files && [{ path: files[0]!, files }],
        ...{ by: network?.place ?? null, part: part ?? null },
      },
      signal,
    );
    const [first] = found.queries;
    answered({
      ...{ question: 'similar', ...said(found), above: first?.above ?? 0 },
      of: source === null || !files ? null : { source, name: basename(files[0]!) },
      ...{ by: network?.name ?? null, isPart: part !== undefined },
      found: (first?.found ?? []).map(({ path, kind, percentile, mirrored }) => ({
        ...{ picture: placeOf(path), kind, percentile, mirrored },
      })),
      groups: found.groups.map(({ images }) => images.map(placeOf)),
    });
  };

  const unusual = async (
    of: MeantPictures,
    { falseAlarms, by: judging }: Ask<'unusual'>,
    signal: AbortSignal,
  ): Promise<void> => {
    const network = await networkOf(judging);
    const by = good ?? of;
    const found = await run(
      'findUnusual',
      {
        ...{ folder: by.folder, good: by.images.map(filesOf), falseAlarms, overlays: null },
        ...{ maps: MOST_MAPS, by: network?.place ?? null },
        images: of.images.map((image) => ({
          ...filesOf(image),
          name: join(image.below, basename(image.path)),
        })),
      },
      signal,
    );
    const { mode, good: learnt, promise, edge } = found;
    answered({
      ...{ question: 'unusual', ...said(found), mode, good: learnt, promise, edge },
      by: network?.name ?? null,
      rows: found.images.map(({ path, verdict, score, spots, heat }) => ({
        ...{ picture: placeOf(path), verdict, score, spots, heat },
      })),
    });
  };

  const map = async (
    of: MeantPictures,
    { clusters }: Ask<'map'>,
    signal: AbortSignal,
  ): Promise<void> => {
    const soFar = ({ layout, places: where, clusters: known }: MapEvent): MapAnswer => ({
      ...{ question: 'map', ...said({ leftOut: [], notices: [] }), layout, finished: false },
      ...{ places: where, clusters: known, centres: [] },
    });
    const before = answers.get('map');
    try {
      const found = await run(
        'mapFolder',
        {
          ...{ folder: of.folder, images: of.images.map(filesOf) },
          ...(clusters === null ? {} : { clusters }),
        },
        signal,
        (event) => {
          if (event.type === 'map-places') answered(soFar(event));
        },
      );
      const where = new Float32Array(2 * pictures.length).fill(NaN);
      const cluster = new Uint8Array(pictures.length);
      for (const point of found.points) {
        const at = placeOf(point.path);
        where.set([point.x, point.y], 2 * at);
        cluster[at] = point.cluster;
      }
      answered({
        ...{ question: 'map', ...said(found), layout: found.layout, finished: true },
        places: Buffer.from(where.buffer).toString('base64'),
        clusters: Buffer.from(cluster).toString('base64'),
        centres: found.clusters.map(({ centre }) => placeOf(centre)),
      });
    } catch (error) {
      // Half a map stays one: who cancels the rest has seen it.
      const half = answers.get('map');
      if (half?.question === 'map' && !half.finished && half.clusters === null) {
        if (before) answered(before);
        else answers.delete('map');
      }
      throw error;
    }
  };

  const facts = async (
    of: MeantPictures,
    { noise }: Ask<'facts'>,
    signal: AbortSignal,
  ): Promise<void> => {
    const images = of.images.map(filesOf);
    const found = await run('pictureFacts', { folder: of.folder, images, noise }, signal);
    const known = new Map(found.facts.map((one) => [one.path, one]));
    answered({
      ...{ question: 'facts', noise, ...said({ leftOut: found.leftOut, notices: [] }) },
      facts: of.images.map(({ path }) => {
        const one = known.get(path);
        return one ? { camera: one.camera, noise: one.noise } : null;
      }),
    });
  };

  const begin = (
    question: Question,
    task: (of: MeantPictures, signal: AbortSignal) => Promise<void>,
  ): void => {
    const of = chosen;
    if (!of) throw new HourglassError('not-allowed', say('chooseToExploreFirst'));
    work.refuseBusy();
    work.set({ question, doing: '' });
    work.begin('asking', (signal) => task(of, signal));
  };

  const answer = async (request: ExploringRequest): Promise<ExploringDesk | void> => {
    switch (request.ask) {
      case 'all': {
        const networks = (await options.networks?.()) ?? [];
        const known = networks.map(({ place: _, ...network }) => network);
        if (JSON.stringify(known) !== JSON.stringify(work.state.networks))
          work.set({ networks: known });
        return { state: work.state, pictures, answers: [...answers.values()] };
      }
      case 'folder': {
        work.refuseBusy();
        if (!chooseFolder) throw new HourglassError('not-allowed', say('noFoldersHere'));
        const from = await chooseFolder();
        if (from === null) return;
        return work.begin('walking', async (signal) => {
          const meant = await picturesIn(from, signal);
          if (request.good) await chooseGood(meant);
          else await choose(meant, signal);
        });
      }
      case 'files': {
        work.refuseBusy();
        const meant = picturesOfPage(request.sources, admission);
        if (request.good) return chooseGood(named(meant));
        return work.begin('walking', (signal) => choose(meant, signal));
      }
      case 'noGood':
        work.refuseBusy();
        return chooseGood(null);
      case 'fine': {
        work.refuseBusy();
        const of = request.pictures.flatMap((place) => chosen?.images[place] ?? []);
        if (!good?.folder) throw new HourglassError('not-allowed', say('fineNeedsFolder'));
        return mark(
          request.fine ? { fine: of.map(filesOf) } : { forget: of.map(({ path }) => path) },
        );
      }
      case 'similar':
        return begin('similar', (of, signal) => similar(of, request, signal));
      case 'unusual':
        return begin('unusual', (of, signal) => unusual(of, request, signal));
      case 'map':
        return begin('map', (of, signal) => map(of, request, signal));
      case 'facts':
        return begin('map', (of, signal) => facts(of, request, signal));
      case 'cancel':
        return work.cancel();
    }
  };

  return {
    async ask(given) {
      refuseDeep(given, 'request');
      const parsed = exploringRequestSchema.safeParse(given);
      if (!parsed.success) throw invalidParameter('request', say('exploringRequest'), typeof given);
      return answer(parsed.data);
    },
    listen: (listener) => work.listen(listener),
    stop: () => work.stop(),
  };
}
