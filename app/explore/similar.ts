/** `findSimilar`: what of a folder looks like given pictures, or which of its pictures are one. */
import { realpath } from 'node:fs/promises';
import {
  invalidParameter,
  throwIfCancelled,
  toHourglassError,
  type Notice,
} from '../contract/index.ts';
import type { Alike } from '../contract/explore.ts';
import type { SmallPicture } from '../pixels/thumbnail.ts';
import { nextTurn } from '../pixels/turns.ts';
import { inferenceThreads, type EngineServices, type Handler } from '../runtime/index.ts';
import type { Described } from './descriptor.ts';
import { updateIndex, type LeftOut } from './indexing.ts';
import type { Entry } from './looks-index.ts';
import type { Networks } from './networks.ts';
import { mostSide, partOf } from './part.ts';
import { areOne } from './same.ts';
import { say } from './sentences.ts';
import { formOf, nearest, openSearch, pairsOf, type Pairs, type Search } from './search.ts';
import { byLooks, byNetwork, type Way } from './ways.ts';

/** Nearest ones whose detail is compared: with a picture that is asked for, and with each other. */
const LOOKED_AT = { asked: 50, each: 8 } as const;
/** Cosine of forms below which no detail is compared where all are compared with all. */
const NEAR = 0.45;
/** Pairs of fewer pictures say little about what is alike. */
const FEW = 20;
/** Rows of cosines at a time: of 100,000 pictures 12 MB. */
const ROWS = 32;

type Asked = Parameters<Handler<'findSimilar'>>;

/** @param networks that a person trained */
export const createFindSimilar =
  (networks: Pick<Networks, 'openEncoder'>): Handler<'findSimilar'> =>
  async (input, context, services) => {
    const { by } = input;
    if (by !== null && input.queries === null)
      throw invalidParameter('by', say('onlyLooksTell'), by);
    const way = by === null ? await byLooks(services) : await byNetwork(by, networks, services);
    try {
      return await similarBy(way, input, context, services);
    } finally {
      await way.close();
    }
  };

async function similarBy(
  way: Way,
  input: Asked[0],
  context: Asked[1],
  services: Asked[2],
): ReturnType<Handler<'findSimilar'>> {
  const { signal } = context;
  const picture = (path: string, side = way.side): Promise<SmallPicture> =>
    services.documents.smallPicture(path, input.maxMegapixels, signal, side);
  const indexed = await updateIndex({
    ...{ images: input.images, index: input.folder && way.indexOf(input.folder) },
    ...{ anew: input.anew, way, picture, signal },
    told: (done, total, message) => context.progress({ done, total, unit: 'files', message }),
  });
  const { read, gone, unsaved } = indexed;
  const among = way.among(indexed.entries);
  const entries = indexed.entries.map(among);
  const leftOut: LeftOut[] = [...indexed.leftOut];
  const notices: Notice[] = [];
  if (unsaved !== null)
    notices.push({ level: 'warning', text: say('notRemembered', { reason: unsaved }) });
  const pairs = pairsOf(entries);
  const answer = {
    ...{ images: entries.length, read, gone, pairs: pairs?.count ?? 0 },
    ...{ leftOut, notices },
  };
  if (input.queries === null) {
    notices.push(...way.notices());
    return { ...answer, queries: [], groups: await groupsOf(entries, services, signal) };
  }
  if (entries.length < FEW)
    notices.push({ level: 'info', text: say('fewPictures', { count: entries.length }) });
  const asked: { source: string; described: Described }[] = [];
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const { part } = input;
  for (const { path } of input.queries) {
    throwIfCancelled(signal);
    try {
      const known = part === null ? byPath.get(path) : undefined;
      const described =
        known ??
        among(
          await way.describe(
            part === null
              ? await picture(path)
              : partOf(await picture(path, mostSide(part, way.side)), part),
          ),
        );
      asked.push({ source: path, described });
    } catch (error) {
      const { code, message } = toHourglassError(error);
      if (code === 'cancelled') throw error;
      leftOut.push({ source: path, code, reason: message });
    }
  }
  notices.push(...way.notices());
  if (!pairs || entries.length === 0) {
    const none = asked.map(({ source }) => ({ source, above: 0, found: [] }));
    return { ...answer, queries: none, groups: [] };
  }
  const search = await searchIn(entries, services);
  try {
    const queries = [];
    for (const { source, described } of asked) {
      throwIfCancelled(signal);
      const own = await realpath(source).catch(() => source);
      const alike = await alikeTo(described, { entries, search, pairs, way, ...input, own });
      queries.push({ source, ...alike });
    }
    return { ...answer, queries, groups: [] };
  } finally {
    await search.close();
  }
}

const searchIn = (entries: readonly Entry[], { inference }: EngineServices): Promise<Search> =>
  openSearch(
    inference,
    entries.map(({ vector }) => vector),
    inferenceThreads(),
  );

async function alikeTo(
  { vector, mirrored, tiny }: Described,
  {
    entries,
    search,
    pairs,
    way,
    cutoff,
    count,
    own,
  }: {
    readonly entries: readonly Entry[];
    readonly search: Search;
    readonly pairs: Pairs;
    readonly way: Way;
    readonly cutoff: number;
    readonly count: number;
    /** Path of the picture itself, which is not looked for. */
    readonly own: string;
  },
): Promise<{ readonly above: number; readonly found: Alike[] }> {
  const cosines = await search.cosines([
    ...[vector, mirrored],
    ...[vector, mirrored].map((one) => way.formOf(one)),
  ]);
  const total = entries.length;
  const form = new Float32Array(total);
  const near: { at: number; cosine: number; isMirrored: boolean }[] = [];
  for (const [at, { path }] of entries.entries()) {
    const [plain, mirror] = [cosines[2 * total + at]!, cosines[3 * total + at]!];
    const isMirrored = mirror > plain;
    form[at] = path === own ? -Infinity : Math.max(plain, mirror);
    const cosine = Math.max(cosines[at]!, cosines[total + at]!);
    if (path !== own) near.push({ at, cosine, isMirrored });
  }
  near.sort((one, other) => other.cosine - one.cosine);
  const byPlace = new Map(near.map((one) => [one.at, one]));
  const found: Alike[] = [];
  const add = ({ at, cosine, isMirrored }: (typeof near)[number], kind: Alike['kind']): void => {
    const percentile = pairs.percentile(cosine);
    found.push({ path: entries[at]!.path, kind, percentile, cosine, mirrored: isMirrored });
  };
  // What is one comes before what looks like it.
  const same = new Set<number>();
  const candidates = way.tellsSame ? nearest(form, -1, LOOKED_AT.asked) : [];
  for (const [looked, { other, cosine }] of candidates.entries()) {
    if (looked % 8 === 7) await nextTurn();
    const one = byPlace.get(other);
    if (!one || !areOne(tiny, entries[other]!.tiny, cosine, one.isMirrored)) continue;
    same.add(other);
    add(one, 'same');
  }
  let above = same.size;
  for (const one of near) {
    if (pairs.percentile(one.cosine) < cutoff) break;
    if (same.has(one.at)) continue;
    above++;
    if (found.length < count) add(one, 'similar');
  }
  return { above, found: found.slice(0, count) };
}

/** Pictures that are one, by way of others perhaps; in the order of the folder, the largest group first. */
async function groupsOf(
  entries: readonly Entry[],
  services: EngineServices,
  signal: AbortSignal,
): Promise<{ images: string[] }[]> {
  if (entries.length < 2) return [];
  const leader = entries.map((_, at) => at);
  const leaderOf = (at: number): number => {
    let top = at;
    while (leader[top] !== top) top = leader[top] = leader[leader[top]!]!;
    return top;
  };
  const search = await searchIn(entries, services);
  try {
    for (let start = 0; start < entries.length; start += ROWS) {
      throwIfCancelled(signal);
      const rows = entries.slice(start, start + ROWS);
      const cosines = await search.cosines(
        rows.flatMap(({ vector, mirrored }) => [vector, mirrored].map(formOf)),
      );
      for (const [row, entry] of rows.entries())
        await joinRow(start + row, entry, cosines, 2 * row * entries.length);
    }
  } finally {
    await search.close();
  }
  const groups = new Map<number, string[]>();
  for (const [at, { path }] of entries.entries()) {
    const top = leaderOf(at);
    const group = groups.get(top);
    if (group) group.push(path);
    else groups.set(top, [path]);
  }
  return [...groups.values()]
    .filter((images) => images.length > 1)
    .sort((one, other) => other.length - one.length)
    .map((images) => ({ images }));

  /** With those that are nearest to it. */
  async function joinRow(
    at: number,
    entry: Entry,
    cosines: Float32Array,
    start: number,
  ): Promise<void> {
    const near: { other: number; cosine: number; isMirrored: boolean }[] = [];
    for (let other = 0; other < entries.length; other++) {
      const plain = cosines[start + other]!;
      const mirror = cosines[start + entries.length + other]!;
      const cosine = Math.max(plain, mirror);
      if (cosine >= NEAR && other !== at) near.push({ other, cosine, isMirrored: mirror > plain });
    }
    near.sort((one, other) => other.cosine - one.cosine);
    for (const { other, cosine, isMirrored } of near.slice(0, LOOKED_AT.each)) {
      if (leaderOf(at) === leaderOf(other)) continue;
      throwIfCancelled(signal);
      if (areOne(entry.tiny, entries[other]!.tiny, cosine, isMirrored))
        leader[leaderOf(other)] = leaderOf(at);
    }
    await nextTurn();
  }
}
