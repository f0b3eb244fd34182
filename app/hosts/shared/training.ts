/**
 * Trainings for a page: what is learnt from is chosen in the host's dialog or among the files that the page has, and where a training
 * lies is the host's (`training-record.ts`), so that a page names no path. The training itself is the engine's, as for the command line.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  cancelledError,
  HourglassError,
  invalidParameter,
  noCurve,
  noTraining,
  toHourglassError,
  trainingFiles,
  trainingRequestSchema,
  type Commands,
  type HourglassEvent,
  type OutputOf,
  type TrainingDesk,
  type TrainingPictures,
  type TrainingRequest,
  type TrainingSamples,
  type TrainingState,
} from '../../contract/index.ts';
import type { Program } from '../../jobs/types.ts';
import { makeFolders } from '../../pixels/make-folders.ts';
import type { Admission } from './admission.ts';
import { refuseDeep } from './json.ts';
import { picturesIn, picturesOfPage } from './page-pictures.ts';
import { PageWork } from './page-work.ts';
import { say } from './sentences.ts';
import {
  entryOf,
  keepRecord,
  recordsIn,
  sizeOnDisk,
  withPoint,
  type TrainingRecord,
  type TrainingSource,
} from './training-record.ts';
import { filesOf } from './walk.ts';

export interface TrainingOptions {
  readonly program: Pick<Program, 'runUnknown' | 'listen'>;
  readonly admission: Pick<Admission, 'filesOf'>;
  /** Where trainings lie, absolute; it need not exist. */
  readonly folder: string;
  /** The system's dialog; null: there is none. */
  readonly chooseFolder: (() => Promise<string | null>) | null;
  /** Shows a file in the system's file manager; null: there is none. */
  readonly reveal: ((path: string) => void) | null;
  /** Takes private folders out of sentences that a page will show. Default: as they are. */
  readonly publicText?: (text: string) => string;
}

export interface TrainingSession {
  /** A network learns, or is held. */
  readonly busy: boolean;
  /** @param request from a page, unchecked. @throws HourglassError invalid-parameter, not-allowed, file-not-found */
  ask(request: unknown): Promise<TrainingDesk | TrainingSamples | void>;
  /** Hears how it stands until the returned function is called. */
  listen(listener: (event: HourglassEvent) => void): () => void;
  /** Nothing goes on; what was learnt is saved. */
  stop(): Promise<void>;
}

type Learnt = OutputOf<Commands['learn']>;
interface Image {
  readonly path: string;
  readonly files: readonly string[];
}
interface Chosen {
  readonly source: TrainingSource;
  readonly images: readonly Image[];
}

/** Milliseconds between two writings of the record. */
const KEEP_EVERY = 5000;
/** Times that a training is taken up again after the engine has ended below it. */
const MOST_AGAIN = 3;
/** Pixels of a file for each pixel that is made. */
const ZOOM = 4;
/** What a page may not decide. */
const notThePages = new Set(['images', 'out', 'resume', 'pictures']);

export function createTraining(options: TrainingOptions): TrainingSession {
  const { program, admission, folder, chooseFolder, reveal } = options;
  const publicText = options.publicText ?? ((text: string) => text);
  let records: Map<string, TrainingRecord> | null = null;
  const sizes = new Map<string, number>();
  let pictures: TrainingPictures | null = null;
  let freshPictures = false;
  let freshCodes = false;
  let chosen: Chosen | null = null;
  const work = new PageWork<TrainingState>({
    ...{ first: noTraining, rest: 'rest', publicText },
    event: (state) => {
      const fresh = freshPictures ? pictures : null;
      const codes = freshCodes ? codesOf(state.current) : null;
      freshPictures = false;
      freshCodes = false;
      return { type: 'training', state, pictures: fresh, codes };
    },
    refusal: () => new HourglassError('not-allowed', say('trainingBusy')),
  });
  const set = (change: Partial<TrainingState>): void => work.set(change);

  const codesOf = (id: string | null): TrainingRecord['codes'] =>
    (id !== null && records?.get(id)?.codes) || null;
  const placeOf = (id: string): string => join(folder, id);

  const known = async (): Promise<Map<string, TrainingRecord>> => {
    if (records) return records;
    const found = await recordsIn(folder);
    records ??= found;
    await measure(...records.keys());
    return records;
  };
  const measure = async (...ids: string[]): Promise<void> => {
    for (const id of ids) sizes.set(id, await sizeOnDisk(placeOf(id)));
    list();
  };
  /** Newest first. */
  const list = (): void => {
    const trainings = [...(records ?? [])]
      .map(([id, record]) => entryOf(id, record, sizes.get(id) ?? 0))
      .sort((a, b) => (a.begun < b.begun ? 1 : -1));
    set({ trainings });
  };
  const recordOf = (id: string): TrainingRecord => {
    const record = records?.get(id);
    if (!record) throw new HourglassError('file-not-found', say('noSuchTraining'));
    return record;
  };
  const change = (id: string, to: Partial<TrainingRecord>): TrainingRecord => {
    const record = { ...recordOf(id), ...to };
    records!.set(id, record);
    if (work.state.current === id && to.curve) set({ curve: to.curve });
    return record;
  };
  const keep = (id: string): Promise<void> =>
    keepRecord(placeOf(id), recordOf(id)).catch((cause: unknown) => {
      throw new HourglassError('output-not-writable', say('trainingsNotWritable', { folder }), {
        cause,
      });
    });

  const walked = async (from: string, signal: AbortSignal): Promise<readonly Image[]> => {
    set({ phase: 'walking', done: 0, of: 0 });
    return (await picturesIn(from, signal)).images;
  };

  const chooseFrom = async (from: string, signal: AbortSignal): Promise<void> => {
    const { images, name } = await picturesIn(from, signal);
    chosen = { source: { folder: from }, images };
    set({ chosen: { from, name, count: images.length }, current: null });
  };

  const chooseFiles = (sources: readonly string[]): void => {
    const { images: meant, from, name } = picturesOfPage(sources, admission);
    const images = meant.map(filesOf);
    chosen = { source: { images }, images };
    set({ ...{ current: null, problem: null }, chosen: { from, name, count: images.length } });
  };

  const start = async (
    { name: wanted, settings }: Extract<TrainingRequest, { ask: 'start' }>,
    signal: AbortSignal,
  ): Promise<void> => {
    const { source, images } = chosen!;
    const taken = await known();
    const name = freeName(wanted, taken);
    const id = freeId(name, (one) => taken.has(one) || existsSync(placeOf(one)));
    try {
      makeFolders(folder, 0o700);
      await mkdir(placeOf(id), { mode: 0o700 });
    } catch (cause) {
      throw new HourglassError('output-not-writable', say('trainingsNotWritable', { folder }), {
        cause,
      });
    }
    const asked = Object.fromEntries(
      Object.entries(settings).filter(([field]) => !notThePages.has(field)),
    );
    records!.set(id, {
      ...{ format: 1, name, kind: String(asked.kind ?? ''), begun: new Date().toISOString() },
      ...{
        from: work.state.chosen!.from,
        source,
        settings: asked,
        state: 'running',
        curve: noCurve,
      },
      ...{ ended: null, quality: [], notices: [], codes: null, network: null, codec: false },
      problem: null,
    });
    await keep(id);
    await learn(id, images, asked, signal);
  };

  const resume = async (id: string, signal: AbortSignal): Promise<void> => {
    const { source, settings } = recordOf(id);
    const images = 'folder' in source ? await walked(source.folder, signal) : source.images;
    change(id, { state: 'running', problem: null });
    await learn(id, images, settings, signal);
  };

  /** From images to a network that is offered. Whatever happens, its record says it. */
  const learn = async (
    id: string,
    images: readonly Image[],
    settings: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<void> => {
    pictures = null;
    set({
      ...{ phase: 'reading', done: 0, of: images.length, current: id, images: null },
      curve: recordOf(id).curve,
    });
    list();
    try {
      const learnt = await trained(id, images, settings, signal);
      change(id, {
        ...{ state: 'done', ended: learnt.ended, quality: learnt.quality, notices: learnt.notices },
        ...{ codec: learnt.codec !== null, problem: null },
      });
      await keep(id);
      list();
      if (learnt.task === 'denoise') await offer(id, signal);
    } catch (thrown) {
      const problem = work.problemOf(thrown);
      if (recordOf(id).state === 'done') change(id, { problem });
      else if (existsSync(join(placeOf(id), trainingFiles.state)))
        change(id, { state: problem ? 'failed' : 'stopped', problem });
      else {
        // It has not begun: there is nothing to go on with.
        await forget(id);
        throw thrown;
      }
    }
    await keep(id);
    await measure(id);
  };

  const trained = async (
    id: string,
    images: readonly Image[],
    settings: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<Learnt> => {
    const out = placeOf(id);
    const isBegun = (): boolean => existsSync(join(out, trainingFiles.state));
    const job = randomUUID();
    const deaf = program.listen((event) => {
      if ('job' in event && event.job === job) follow(id, event);
    });
    try {
      for (let again = 0; ; again++)
        try {
          // What was begun the engine has with the state, but for what computes it.
          const asked = isBegun() ? { device: settings.device } : settings;
          return (await program.runUnknown(
            'learn',
            { ...asked, images, out, resume: isBegun(), pictures: true },
            { job, signal },
          )) as Learnt;
        } catch (thrown) {
          const { code } = toHourglassError(thrown);
          // The engine has ended, over something else perhaps; or was renewed below a training that had begun.
          const mayGoOn = code === 'engine-died' || code === 'output-exists';
          if (!mayGoOn || !isBegun() || again >= MOST_AGAIN || signal.aborted) throw thrown;
        }
    } finally {
      deaf();
    }
  };

  let keptAt = 0;
  const follow = (id: string, event: HourglassEvent): void => {
    if (event.type === 'training-reading')
      set({ phase: 'reading', done: event.done, of: event.of });
    else if (event.type === 'training-images') {
      const { learnt, heldBack, leftOut, notices } = event;
      set({
        phase: work.state.phase === 'finishing' ? 'finishing' : 'learning',
        images: {
          ...{ learnt, heldBack, notices },
          leftOut: leftOut.map(({ source, reason }) => ({
            name: basename(source),
            reason: publicText(reason),
          })),
        },
      });
    } else if (event.type === 'training-curve') {
      const { step, of, seconds, loss, heldBack, best, floor, components } = event;
      const before = recordOf(id).curve;
      change(id, {
        curve: {
          ...{ step, of, seconds, floor, components },
          best: best ? step : before.best,
          points: [...withPoint(before.points, { step, loss, heldBack })],
        },
      });
      list();
      if (performance.now() - keptAt < KEEP_EVERY) return;
      keptAt = performance.now();
      // Written again in five seconds, and at the end, where it is said what is wrong.
      void keep(id).catch(() => undefined);
    } else if (event.type === 'training-pictures') {
      const { step, side, tones, pictures: squares } = event;
      pictures = { step, side, tones, pictures: squares };
      freshPictures = true;
      set({});
    } else if (event.type === 'training-codes') {
      const { step, points, share, units, side, tones, tiles, codes } = event;
      change(id, { codes: { step, points, share, units, side, tones, tiles, codes } });
      freshCodes = true;
      set({});
    }
  };

  /** Curves of two over each other, and whether they can be compared. */
  const compare = async (other: string | null): Promise<void> => {
    const { current } = work.state;
    if (other === null || current === null || other === current) return set({ beside: null });
    const { name, curve, quality } = recordOf(other);
    const { sameHeldBack, sameError } = (await program.runUnknown('compareTrainings', {
      ...{ folder: placeOf(current), other: placeOf(other) },
    })) as OutputOf<Commands['compareTrainings']>;
    set({ beside: { id: other, name, curve, quality, sameHeldBack, sameError } });
  };

  /** Into a folder that is chosen, under a name that is free. */
  const exportTraining = async (id: string): Promise<void> => {
    const { name } = recordOf(id);
    if (!chooseFolder) throw new HourglassError('not-allowed', say('noFoldersHere'));
    const into = await chooseFolder();
    if (into === null) return;
    const out = join(
      into,
      freeId(name, (one) => existsSync(join(into, one))),
    );
    await program.runUnknown('copyTraining', { folder: placeOf(id), out });
    reveal?.(join(out, trainingFiles.state));
  };

  /** Of a folder that is chosen: as one of the person's, ended or not, without the pictures that it learnt from. */
  const importTraining = async (): Promise<void> => {
    if (!chooseFolder) throw new HourglassError('not-allowed', say('noFoldersHere'));
    const from = await chooseFolder();
    if (from === null) return;
    const taken = await known();
    const name = freeName(basename(from), taken);
    const id = freeId(name, (one) => taken.has(one) || existsSync(placeOf(one)));
    makeFolders(folder, 0o700);
    const copied = (await program.runUnknown('copyTraining', {
      ...{ folder: from, out: placeOf(id) },
    })) as OutputOf<Commands['copyTraining']>;
    const { kind, settings, steps, best, seconds, curve, quality, limits, ended } = copied;
    records!.set(id, {
      ...{ format: 1, name, kind, settings, begun: new Date().toISOString(), from, quality },
      // What is chosen now is what it may go on with; the engine looks whether these are its pictures.
      ...{
        source: chosen?.source ?? { images: [] },
        state: ended ? 'done' : 'stopped',
        notices: limits.map((text) => ({ level: 'warning', text })),
      },
      curve: {
        ...{ step: steps, of: null, seconds, best, floor: null, components: null },
        points: curve.reduce<TrainingRecord['curve']['points']>(
          (points, point) => [...withPoint(points, point)],
          [],
        ),
      },
      ...{ ended: ended ? 'steps' : null, codes: null, network: null, problem: null },
      codec: existsSync(join(placeOf(id), trainingFiles.codec)),
    });
    await keep(id);
    await measure(id);
    set({ current: id, curve: recordOf(id).curve, beside: null, images: null, problem: null });
  };

  /** Tried like a stranger's network, and then one of the person's. */
  const offer = async (id: string, signal: AbortSignal): Promise<void> => {
    set({ phase: 'trying' });
    const { name, codec } = recordOf(id);
    const place = placeOf(id);
    const source = codec ? place : join(place, trainingFiles.network);
    const task = codec ? 'latent' : 'denoise';
    for (let number = 1; ; number++)
      try {
        const { model } = (await program.runUnknown(
          'addModel',
          { source, id: networkId(task, name, number), title: name },
          { signal },
        )) as OutputOf<Commands['addModel']>;
        change(id, { network: { id: model.id, title: model.title } });
        work.tell({ type: 'models' });
        return;
      } catch (thrown) {
        // The id is taken.
        const { code, details } = toHourglassError(thrown);
        if (code !== 'invalid-parameter' || details?.name !== 'id' || number >= 100) throw thrown;
      }
  };

  const offerAgain = async (id: string, signal: AbortSignal): Promise<void> => {
    set({ current: id, curve: recordOf(id).curve });
    try {
      change(id, { problem: null });
      await offer(id, signal);
    } catch (thrown) {
      change(id, { problem: work.problemOf(thrown) });
    }
    await keep(id);
    list();
  };

  /** Pictures of a variational network, for the page or as a file. */
  const sample = async ({
    training: id,
    between,
    from,
    unit,
    near,
    save,
    ...asked
  }: Extract<TrainingRequest, { ask: 'sample' }>): Promise<TrainingSamples> => {
    const { name, codes, source } = recordOf(id);
    const codeAt = (point: number): readonly number[] => {
      const code = codes?.codes[point];
      if (!code) throw invalidParameter('point', say('trainingPointThere'), point);
      return code;
    };
    making?.abort();
    const own = (making = new AbortController());
    const { signal } = own;
    const to = save ? await placeFor(id, name) : null;
    if (save && to === null) throw cancelledError();
    const images = !near
      ? []
      : 'folder' in source
        ? (await picturesIn(source.folder, signal)).images
        : source.images;
    const { count, seed, temperature } = asked;
    const made = (await program.runUnknown(
      'sample',
      {
        ...{ training: placeOf(id), count, seed, temperature, near: images },
        ...(unit === null ? {} : { unit }),
        ends: between ? between.map(codeAt) : from === null ? [] : [codeAt(from)],
        file: to && { path: to, zoom: ZOOM },
      },
      { signal },
    )) as OutputOf<Commands['sample']>;
    const { side, tones, squares, typical } = made;
    const nearest = made.nearest.map(
      (one) => one && { name: basename(one.path), distance: one.distance, square: one.square },
    );
    const png = to === null || chooseFolder ? null : (await readFile(to)).toString('base64');
    if (to !== null && !chooseFolder) await rm(to, { force: true });
    else if (to !== null) reveal?.(to);
    return { side, tones, squares, nearest, typical, file: to && basename(to), png };
  };
  let making: AbortController | null = null;

  /** Where a file of what was made goes: into a folder that is chosen, under a name that is free; without a dialog to the training, from where it is read. */
  const placeFor = async (id: string, name: string): Promise<string | null> => {
    const into = chooseFolder ? await chooseFolder() : placeOf(id);
    if (into === null) return null;
    const plain = name.replace(/[\\/:*?"<>|\p{Cc}]+/gu, ' ').trim() || id;
    for (let number = 1; ; number++) {
      const path = join(into, say('generatedName', { name: plain, number }) + '.png');
      if (!existsSync(path)) return path;
    }
  };

  const forget = async (id: string): Promise<void> => {
    records?.delete(id);
    sizes.delete(id);
    await rm(placeOf(id), { recursive: true, force: true });
    if (work.state.current === id) set({ current: null, curve: noCurve, images: null });
    list();
  };

  const remove = async (id: string): Promise<void> => {
    const { network, name } = recordOf(id);
    if (work.busy && work.state.current === id)
      throw new HourglassError('not-allowed', say('trainingRuns', { name }));
    if (network) {
      await program.runUnknown('removeModel', { id: network.id }).catch((thrown: unknown) => {
        // Taken away by the person already.
        if (toHourglassError(thrown).code !== 'model-not-found') throw thrown;
      });
      work.tell({ type: 'models' });
    }
    await forget(id);
  };

  const steer = async (to: 'hold' | 'goOn' | 'finish'): Promise<void> => {
    const { current, phase } = work.state;
    const runs = work.busy && current !== null && ['learning', 'held'].includes(phase);
    if (!runs) throw new HourglassError('not-allowed', say('noTrainingRuns'));
    await program.runUnknown('steer', { out: placeOf(current), to });
    set({ phase: to === 'hold' ? 'held' : to === 'goOn' ? 'learning' : 'finishing' });
  };

  const answer = async (
    request: TrainingRequest,
  ): Promise<TrainingDesk | TrainingSamples | void> => {
    switch (request.ask) {
      case 'all':
        return { state: work.state, pictures, codes: codesOf(work.state.current) };
      case 'folder': {
        work.refuseBusy();
        if (!chooseFolder) throw new HourglassError('not-allowed', say('noFoldersHere'));
        const from = await chooseFolder();
        if (from !== null) work.begin('walking', (signal) => chooseFrom(from, signal));
        return;
      }
      case 'files':
        work.refuseBusy();
        return chooseFiles(request.sources);
      case 'start':
        if (!chosen) throw new HourglassError('not-allowed', say('chooseImagesFirst'));
        return work.begin('reading', (signal) => start(request, signal));
      case 'show': {
        work.refuseBusy();
        const { training } = request;
        pictures = null;
        freshCodes = true;
        const curve = training === null ? noCurve : recordOf(training).curve;
        return set({ current: training, curve, beside: null, images: null, problem: null });
      }
      case 'compare':
        return compare(request.training);
      case 'export':
        return exportTraining(request.training);
      case 'import':
        work.refuseBusy();
        return importTraining();
      case 'resume': {
        const { state: is, name } = recordOf(request.training);
        if (is === 'done')
          throw new HourglassError('not-allowed', say('trainingNotStopped', { name }));
        return work.begin('reading', (signal) => resume(request.training, signal));
      }
      case 'offer':
        recordOf(request.training);
        return work.begin('trying', (signal) => offerAgain(request.training, signal));
      case 'hold':
        return steer(request.held ? 'hold' : 'goOn');
      case 'finish':
        return steer('finish');
      case 'sample':
        return sample(request);
      case 'cancel':
        making?.abort();
        return work.cancel();
      case 'delete':
        return remove(request.training);
      case 'reveal': {
        recordOf(request.training);
        const place = placeOf(request.training);
        const network = join(place, trainingFiles.network);
        return reveal?.(existsSync(network) ? network : place);
      }
    }
  };

  return {
    get busy() {
      const { phase } = work.state;
      return work.busy && ['reading', 'learning', 'held', 'finishing'].includes(phase);
    },
    async ask(given) {
      refuseDeep(given, 'request');
      const parsed = trainingRequestSchema.safeParse(given);
      if (!parsed.success) throw invalidParameter('request', say('trainingRequest'), typeof given);
      await known();
      return answer(parsed.data);
    },
    listen: (listener) => work.listen(listener),
    stop: () => work.stop(),
  };
}

const lettersOf = (name: string): string => name.normalize('NFKD').toLowerCase();

/** A name that no other one has, so that they are told apart in lists. */
function freeName(wanted: string, others: ReadonlyMap<string, { readonly name: string }>): string {
  const names = new Set([...others.values()].map(({ name }) => name));
  let name = wanted.slice(0, MOST_LETTERS);
  for (let number = 2; names.has(name); number++)
    name = `${wanted.slice(0, MOST_LETTERS - 1 - String(number).length)} ${number}`;
  return name;
}
const MOST_LETTERS = 80;

/** A name for its folder. */
function freeId(name: string, isTaken: (id: string) => boolean): string {
  const letters = lettersOf(name)
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  const first = letters || 'training';
  let id = first;
  for (let number = 2; isTaken(id); number++) id = `${first}-${number}`;
  return id;
}

/** @param number of the try; an id that is taken has another */
function networkId(task: string, name: string, number: number): string {
  const letters = lettersOf(name)
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 24);
  return `${task}-${letters || 'own'}${number > 1 ? `-${number}` : ''}`;
}
