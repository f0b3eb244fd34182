/** `findUnusual`: learns from good pictures, judges others, and draws what it has found. */
import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  HourglassError,
  invalidParameter,
  throwIfCancelled,
  toHourglassError,
  type Commands,
  type Notice,
  type OutputOf,
} from '../../contract/index.ts';
import { makeFolders } from '../../pixels/make-folders.ts';
import { pngOf } from '../../pixels/png.ts';
import { nextTurn } from '../../pixels/turns.ts';
import { writeWhole } from '../../pixels/write-whole.ts';
import { inferenceThreads, type Handler } from '../../runtime/index.ts';
import { grayOf, type Described } from '../descriptor.ts';
import { updateIndex, type ImageFiles, type LeftOut } from '../indexing.ts';
import type { Entry } from '../looks-index.ts';
import type { Networks } from '../networks.ts';
import type { Plane } from '../plane.ts';
import { say } from '../sentences.ts';
import { byLooks } from '../ways.ts';
import { openActivations } from './activations.ts';
import { dialOf, ranked } from './dial.ts';
import { CELL } from './energies.ts';
import { judged, learnFeatures, scoring, type Learnt, type Pooled } from './features.ts';
import { fineOf } from './fine.ts';
import { goodFileOf, keyOf, readGood, writeGood } from './good-file.ts';
import { heatMapOf } from './heat.ts';
import { openMemory } from './memory.ts';
import { overlayOf } from './overlay.ts';
import { FEATURE_SIDE, patchesOf, type Patches } from './patches.ts';
import {
  errorsFileOf,
  judgedErrors,
  learnErrors,
  readErrors,
  writeErrors,
} from './reconstruction.ts';
import { spotsOf, type Spot } from './spots.ts';
import { differences, TEMPLATE_SIDE } from './template.ts';
import { areLaidOut, twinsOf } from './twins.ts';

type Output = OutputOf<Commands['findUnusual']>;
type Row = Output['images'][number];

/** What one way of judging says of a picture. */
interface Seen {
  readonly score: number;
  readonly mean: number | null;
  readonly top: number;
  readonly map: Plane;
  readonly picture: Plane;
  /** Side of the square of pixels that a sample of the map stands for. */
  readonly cell: number;
}

/** Good pictures that were learnt, ready to judge others. */
interface Judge {
  readonly good: number;
  readonly learnt: Output['learnt'];
  /** Of good pictures, each judged without itself. */
  readonly scores: readonly number[];
  /** Level of the map from which on a place is named. */
  readonly edge: number;
  /** Score that is unusual where so few were judged that nothing can be promised; null: there is none. */
  readonly fixed: number | null;
  /** @returns null: no good one is a near copy */
  judge(path: string): Promise<Seen | null>;
  /** What is to be said of the pictures that it judged. */
  notices?(): readonly Notice[];
  close(): Promise<void>;
}

/** Places that are named of one picture. */
const MOST_SPOTS = 50;
/** Good pictures that are laid beside their own near copies, to see what good ones differ by: each costs as much as judging one. */
const MOST_CHECKED = 60;
/** On the map of templates: a tenth of the range. */
const TEMPLATE_EDGE = 1;

type Asked = Parameters<Handler<'findUnusual'>>;

/** @param networks that a person trained */
export const createFindUnusual =
  (networks: Pick<Networks, 'openRebuilder'>): Handler<'findUnusual'> =>
  (...asked) =>
    unusual(networks, ...asked);

async function unusual(
  networks: Pick<Networks, 'openRebuilder'>,
  ...[input, context, services]: Asked
): Promise<Output> {
  const { signal } = context;
  const { overlays, images, by } = input;
  if (by !== null && input.mode !== 'auto')
    throw invalidParameter('mode', say('byItself'), input.mode);
  if (overlays !== null) await makeEmpty(overlays);
  const fine = input.folder === null ? [] : await fineOf(input.folder);
  const named = new Set(input.good.map(({ path }) => path));
  const beside = fine.filter(({ path }) => !named.has(path));
  const good: readonly ImageFiles[] = [...input.good, ...beside];
  const leftOut: LeftOut[] = [];
  const notices: Notice[] = [];
  const leave = (source: string, error: unknown): null => {
    const { code, message } = toHourglassError(error);
    // Where the overlays can not be written, no picture is to blame.
    if (code === 'cancelled' || code === 'output-not-writable') throw error;
    if (!leftOut.some((one) => one.source === source))
      leftOut.push({ source, code, reason: message });
    return null;
  };
  const planeAt = async (path: string, side: number): Promise<Plane> => {
    const { maxMegapixels } = input;
    return grayOf(await services.documents.smallPicture(path, maxMegapixels, signal, side));
  };
  // Looking for near copies, learning in two turns, judging: the parts that turn out to be needless are done at once.
  const goods = good.length;
  const total = 3 * goods + images.length;
  let done = 0;
  const told = (to: number, message: string): void => {
    done = Math.max(done, to);
    context.progress({ done, total, unit: 'files', message });
  };

  const looks = await looksOfGood();
  const mode =
    by !== null
      ? 'reconstruction'
      : input.mode !== 'auto'
        ? input.mode
        : looks &&
            (await areLaidOut(
              images.map(({ path }) => path),
              (path) => looks.described(path).catch((error: unknown) => leave(path, error)),
              looks.entries,
              signal,
            ))
          ? 'template'
          : 'features';
  const judges = {
    reconstruction: () => reconstructionJudge(by!),
    template: () => templateJudge(looks!),
    features: () => featureJudge(),
  };
  const judge = await judges[mode]();
  try {
    const dial = dialOf(judge.scores, input.falseAlarms);
    const threshold = dial.threshold ?? judge.fixed;
    if (dial.threshold === null)
      notices.push({
        level: 'warning',
        text:
          judge.fixed === null
            ? say('tooFewToPromise', {
                count: judge.scores.length,
                needed: dial.needed,
                falseAlarms: input.falseAlarms,
              })
            : say('templateUnchecked', { count: judge.scores.length, needed: dial.needed }),
      });
    const rows: Row[] = [];
    for (const [at, { path, name }] of images.entries()) {
      throwIfCancelled(signal);
      try {
        rows.push(await rowOf(path, name, judge, threshold));
        // Memory stays bounded, whatever the number of pictures.
        if (rows.length % (2 * input.maps) === 0) keepMaps(rows);
      } catch (error) {
        leave(path, error);
      }
      told(3 * goods + at + 1, basename(path));
      await nextTurn();
    }
    keepMaps(rows);
    notices.push(...(judge.notices?.() ?? []));
    return {
      ...{ mode, good: judge.good, fine: beside.length, learnt: judge.learnt, edge: judge.edge },
      promise: {
        ...{ falseAlarms: input.falseAlarms, checked: judge.scores.length, threshold },
        ...{ flagged: dial.flagged, needed: dial.needed },
        ...{ low: dial.between?.low ?? null, high: dial.between?.high ?? null },
      },
      ...{ images: rows, leftOut, notices },
    };
  } finally {
    await judge.close();
  }

  /** The most unusual first, and only the maps of those that were asked for. */
  function keepMaps(of: Row[]): void {
    of.sort((one, other) => (other.score ?? Infinity) - (one.score ?? Infinity));
    for (const row of of.slice(input.maps)) delete row.heat;
  }

  async function rowOf(
    path: string,
    name: string,
    by: Judge,
    threshold: number | null,
  ): Promise<Row> {
    const seen = await by.judge(path);
    const nothing = { mean: null, top: null, score: null, reached: null, overlay: null };
    if (!seen) return { path, verdict: 'unmatched', ...nothing, spots: [] };
    const { score, mean, top, map, picture, cell } = seen;
    let overlay: string | null = null;
    if (overlays !== null) {
      overlay = join(overlays, `${name}.png`);
      const png = await pngOf(overlayOf(picture, map, cell, by.edge));
      try {
        makeFolders(dirname(overlay));
        await writeWhole(overlay, png);
      } catch (error) {
        throw overlaysNotWritable(overlays, error);
      }
    }
    return {
      ...(input.maps > 0 ? { heat: heatMapOf(map, picture, cell) } : {}),
      ...{ path, score, mean, top, overlay },
      verdict: threshold === null ? 'ranked' : score > threshold ? 'unusual' : 'usual',
      reached: by.scores.length === 0 ? null : ranked(score, by.scores),
      spots: spotsOf(map, by.edge)
        .slice(0, MOST_SPOTS)
        .map((spot) => onPicture(spot, map, picture, cell)),
    };
  }

  /** Of all good ones; null: it is known already that nobody asks. */
  async function looksOfGood(): Promise<{
    readonly entries: readonly Entry[];
    described(path: string): Promise<Described>;
  } | null> {
    if (input.mode === 'features' || by !== null) return null;
    const way = await byLooks(services);
    const small = (path: string) =>
      services.documents.smallPicture(path, input.maxMegapixels, signal);
    const indexed = await updateIndex({
      ...{ images: good, index: input.folder && way.indexOf(input.folder), anew: input.anew },
      ...{ way, picture: small, signal },
      told: (of, _, name) => told(of, name),
    });
    if (indexed.unsaved !== null) unsaved(indexed.unsaved);
    leftOut.push(...indexed.leftOut);
    const known = new Map(indexed.entries.map((entry) => [entry.path, entry]));
    return {
      entries: indexed.entries,
      described: async (path) => known.get(path) ?? way.describe(await small(path)),
    };
  }

  function unsaved(reason: string): void {
    notices.push({ level: 'warning', text: say('notRemembered', { reason }) });
  }

  async function featureJudge(): Promise<Judge> {
    const activations = await openActivations(services);
    const seen = async (path: string): Promise<{ picture: Plane; patches: Patches }> => {
      const picture = await planeAt(path, FEATURE_SIDE);
      throwIfCancelled(signal);
      return { picture, patches: await patchesOf(picture, activations) };
    };
    try {
      const place = input.folder && goodFileOf(input.folder);
      const key = await keyOf(good, activations.sha256, input.maxMegapixels);
      const remembered = input.anew || place === null ? null : await readGood(place, key);
      const learnt = remembered ?? (await learnNow(good, seen));
      if (!remembered && place !== null)
        await writeGood(place, key, learnt).catch((error: unknown) =>
          unsaved((error as Error).message),
        );
      const owners = new Map(learnt.used.map((at, owner) => [good[at]!.path, owner]));
      const scoreOf = scoring(learnt.good, input.score);
      const memory = await openMemory(learnt.memory, services.inference, inferenceThreads());
      return {
        ...{ good: learnt.used.length, learnt: remembered ? 'remembered' : 'now' },
        ...{ scores: learnt.good.map(scoreOf), edge: learnt.edge, fixed: null },
        async judge(path) {
          const { picture, patches } = await seen(path);
          const one = await judged(patches, memory, learnt.unit, owners.get(path));
          return { ...one, picture, score: scoreOf(one), cell: CELL };
        },
        async close() {
          await memory.close();
          await activations.close();
        },
      };
    } catch (error) {
      await activations.close();
      throw error;
    }
  }

  function learnNow(
    good: readonly ImageFiles[],
    seen: (path: string) => Promise<{ patches: Patches }>,
  ): Promise<Learnt> {
    let steps = 0;
    return learnFeatures(
      good.length,
      async (at) => {
        const { path } = good[at]!;
        await nextTurn();
        return seen(path).then(
          ({ patches }) => patches,
          (error: unknown) => leave(path, error),
        );
      },
      services.inference,
      signal,
      (at) => told(goods + ++steps, basename(good[at]!.path)),
    );
  }

  /** By what a network of the person's can not give back. */
  async function reconstructionJudge(place: string): Promise<Judge> {
    const rebuilder = await networks.openRebuilder(place, services);
    const filesOf = new Map([...good, ...images].map(({ path, files }) => [path, files]));
    const errorsOf = async (path: string) => {
      const image = await services.documents.sourceImage({
        ...{ document: undefined, path, files: filesOf.get(path), signal },
        maxMegapixels: input.maxMegapixels,
      });
      const { width, height } = image.raster;
      return { ...(await rebuilder.errors(image, signal)), longest: Math.max(width, height) };
    };
    try {
      const file = input.folder && errorsFileOf(input.folder, rebuilder.sha256);
      const key = await keyOf(good, rebuilder.sha256, input.maxMegapixels);
      const remembered = input.anew || file === null ? null : await readErrors(file, key);
      const learnt =
        remembered ??
        (await learnErrors(
          good,
          (at) =>
            errorsOf(good[at]!.path).then(
              ({ map }) => map,
              (error: unknown) => leave(good[at]!.path, error),
            ),
          rebuilder,
          signal,
          (at) => told(goods + 2 * (at + 1), basename(good[at]!.path)),
        ));
      if (learnt.read === 0)
        throw new HourglassError('invalid-parameter', say('tooFewGood', { count: 0 }), {
          hint: say('moreGood'),
        });
      if (!remembered && file !== null)
        await writeErrors(file, key, learnt).catch((error: unknown) =>
          unsaved((error as Error).message),
        );
      if (learnt.learnt > 0)
        notices.push({ level: 'info', text: say('learntFromGood', { count: learnt.learnt }) });
      // The mean is of no use where it is not asked for: a faulty picture that is plainer is given back better.
      const scoreOf =
        learnt.scores.length > 0
          ? scoring(learnt.scores, input.score === 'mean' ? 'mean' : 'top')
          : ({ mean, top }: Pooled) => (input.score === 'mean' ? mean : top) / learnt.unit;
      return {
        ...{ good: learnt.read, learnt: remembered ? 'remembered' : 'now' },
        ...{ scores: learnt.scores.map(scoreOf), edge: learnt.edge, fixed: null },
        async judge(path) {
          const { map: errors, cell, longest } = await errorsOf(path);
          const { map, mean, top } = judgedErrors(errors);
          const picture = await planeAt(path, FEATURE_SIDE);
          // Errors are of the picture as it is, and the picture that is drawn on is smaller.
          const scale = Math.max(picture.width, picture.height) / longest;
          return {
            ...{ mean: mean / learnt.unit, top: top / learnt.unit, score: scoreOf({ mean, top }) },
            map: { ...map, data: map.data.map((value) => value / learnt.unit) },
            ...{ picture, cell: cell * scale },
          };
        },
        notices: () => rebuilder.notices(),
        close: () => rebuilder.close(),
      };
    } catch (error) {
      await rebuilder.close();
      throw error;
    }
  }

  async function templateJudge({
    entries,
    described,
  }: NonNullable<Awaited<ReturnType<typeof looksOfGood>>>): Promise<Judge> {
    const judge = async (path: string): Promise<Seen | null> => {
      const twins = twinsOf(await described(path), entries, path);
      if (twins.length === 0) return null;
      const picture = await planeAt(path, TEMPLATE_SIDE);
      const beside: Plane[] = [];
      for (const twin of twins) beside.push(await planeAt(twin.path, TEMPLATE_SIDE));
      throwIfCancelled(signal);
      const map = differences(picture, beside);
      const top = map.data.reduce((most, value) => Math.max(most, value), 0);
      return { score: top, mean: null, top, map, picture, cell: 1 };
    };
    const scores: number[] = [];
    const step = Math.max(1, entries.length / MOST_CHECKED);
    for (let at = 0; at < entries.length; at += step) {
      throwIfCancelled(signal);
      const { path } = entries[Math.floor(at)]!;
      const seen = await judge(path).catch((error: unknown) => leave(path, error));
      if (seen) scores.push(seen.score);
      told(goods + Math.round((2 * goods * (at + 1)) / entries.length), basename(path));
      await nextTurn();
    }
    return {
      ...{ good: entries.length, learnt: 'now', scores, judge },
      ...{ edge: TEMPLATE_EDGE, fixed: TEMPLATE_EDGE, close: () => Promise.resolve() },
    };
  }
}

/** A place of a map, which may reach a little beyond its picture, as shares of the picture. */
function onPicture(spot: Spot, map: Plane, picture: Plane, cell: number): Spot {
  const across = (cell * map.width) / picture.width;
  const down = (cell * map.height) / picture.height;
  const [x, y] = [spot.x * across, spot.y * down];
  return {
    ...{ x, y, peak: spot.peak },
    width: Math.min(1 - x, spot.width * across),
    height: Math.min(1 - y, spot.height * down),
  };
}

/** Before minutes of work. @throws HourglassError output-exists, output-not-writable */
async function makeEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new HourglassError('output-not-writable', say('noFolder', { folder }), { cause: error });
  });
  if (names.length > 0)
    throw new HourglassError('output-exists', say('overlaysOccupied', { folder }), {
      hint: say('overlaysElsewhere'),
    });
  try {
    makeFolders(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw overlaysNotWritable(folder, error);
  }
}

const overlaysNotWritable = (folder: string, cause: unknown): HourglassError =>
  new HourglassError('output-not-writable', say('overlaysNotWritable', { folder }), { cause });
