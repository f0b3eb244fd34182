/**
 * Which images are held back: one in ten, and what is much alike as a whole, because a neighbour of what is learnt from says little of what a
 * network does with images that it never saw. Alike are scans of one patient, or of one study where no patient is told, slices of one series,
 * and photos of one burst. Names of files say nothing of it.
 */
import type { Notice } from '../contract/index.ts';
import { readMoment, type DecodedImage, type Moment } from '../pixels/index.ts';
import { say } from './sentences.ts';

/** From the widest to the narrowest. */
const kinds = ['patient', 'study', 'series', 'burst'] as const;
type Kind = (typeof kinds)[number];

/** What an image shares with others, by keys that mean something in this process alone. */
export interface Bonds {
  readonly patient: readonly string[];
  readonly study: readonly string[];
  readonly series: readonly string[];
  /** null: not told. */
  readonly taken: (Moment & { readonly size: string }) | null;
}

export interface Together {
  readonly kind: Kind;
  readonly count: number;
  readonly heldBack: number;
  /** In those that are held back. */
  readonly images: number;
}

/** Hashes of images, in the order in which they are used. */
export interface Divided {
  readonly learnt: readonly string[];
  readonly heldBack: readonly string[];
}

interface Bound {
  readonly sha256: string;
  readonly bonds: Bonds;
}

/** Held back: one in so many, and one at least. */
const ONE_IN = 10;
/** No group is held back that would leave less than two thirds to learn from, where another can be. */
const MOST_HELD = 1 / 3;
/** With fewer groups their luck decides what is measured. */
const FEW_GROUPS = 5;
/** Between two photos of a burst, milliseconds: longer than the slowest bursts, bracketing included, and than clocks without fractions are wrong. */
const BURST_GAP = 3000;

export async function bondsOf({ subject, metadata, raster }: DecodedImage): Promise<Bonds> {
  const taken = await readMoment(metadata.exif);
  const { width, height } = raster;
  return {
    patient: subject?.patient ? [subject.patient] : [],
    study: subject?.studies ?? [],
    series: subject?.series ? [subject.series] : [],
    // Turned by hand or upright: it is one camera.
    taken: taken && { ...taken, size: [width, height].sort((a, b) => a - b).join() },
  };
}

/** @param images in an order that hangs on nothing but them */
export function divide<T extends Bound>(
  images: readonly T[],
  {
    before,
    notices,
    shuffled,
  }: {
    readonly before: Divided | null;
    /** What a person should know is added. */
    readonly notices: Notice[];
    readonly shuffled: (groups: readonly (readonly T[])[]) => readonly (readonly T[])[];
  },
): {
  readonly learnt: readonly T[];
  readonly heldBack: readonly T[];
  readonly together: readonly Together[];
} {
  const bursts = burstsOf(images);
  const keysOf = (image: T, kind: Kind): readonly string[] =>
    kind === 'burst' ? (bursts.get(image) ?? []) : image.bonds[kind];
  // One group of all could not be divided: then what is narrower is kept together.
  let from = 0;
  const groupsFrom = (): readonly (readonly T[])[] =>
    groupsOf(images, (image) => kinds.slice(from).flatMap((kind) => keysOf(image, kind)));
  let groups = groupsFrom();
  let all: Kind | null = null;
  while (groups.length === 1 && images.length > 1) {
    all ??= kinds.slice(from).find((kind) => keysOf(images[0]!, kind).length > 0) ?? null;
    from += 1;
    groups = groupsFrom();
  }
  const again = before && asBefore(images, before);
  const fresh = again ?? heldOf(shuffled(groups), images.length);
  const held = new Set(fresh.heldBack);
  const kindOf = (group: readonly T[]): Kind | undefined =>
    kinds
      .slice(from)
      .find(
        (kind) =>
          (kind === 'burst' ? group.length > 1 : true) &&
          group.some((image) => keysOf(image, kind).length > 0),
      );
  const bound = groups.filter((group) => group.length > 1).length;
  const together = kinds.flatMap((kind): Together[] => {
    const of = groups.filter((group) => kindOf(group) === kind);
    // Where each is one image, nothing is held together.
    if (!of.some((group) => group.length > 1)) return [];
    const back = of.filter((group) => group.every((image) => held.has(image)));
    return [{ kind, count: of.length, heldBack: back.length, images: back.flat().length }];
  });
  for (const one of together) notices.push({ level: 'info', text: say('heldTogether', one) });
  if (all) notices.push({ level: 'warning', text: say('allOfOne', { kind: all }) });
  else if (bound > 0 && groups.length < FEW_GROUPS)
    notices.push({ level: 'warning', text: say('fewGroups', { count: groups.length }) });
  if (groups.some((group) => group.some((image) => held.has(image) !== held.has(group[0]!))))
    notices.push({ level: 'warning', text: say('heldApart') });
  return { ...fresh, together };
}

/** The first groups until there are enough; of those that are too large the smallest, where there are no others. */
function heldOf<T>(groups: readonly (readonly T[])[], count: number) {
  const wanted = Math.max(1, Math.round(count / ONE_IN));
  const most = Math.max(wanted, Math.floor(count * MOST_HELD));
  const held = new Set<readonly T[]>();
  let images = 0;
  for (const group of groups) {
    if (images >= wanted) break;
    if (images + group.length > most) continue;
    held.add(group);
    images += group.length;
  }
  if (held.size === 0)
    held.add(groups.reduce((one, other) => (other.length < one.length ? other : one)));
  return {
    heldBack: groups.filter((group) => held.has(group)).flat(),
    learnt: groups.filter((group) => !held.has(group)).flat(),
  };
}

/** null: they are not the same images. */
function asBefore<T extends Bound>(images: readonly T[], { learnt, heldBack }: Divided) {
  const known = new Map(images.map((image) => [image.sha256, image]));
  if (learnt.length + heldBack.length !== known.size) return null;
  if (![...learnt, ...heldBack].every((sha256) => known.has(sha256))) return null;
  const those = (hashes: readonly string[]): readonly T[] => hashes.map((one) => known.get(one)!);
  return { learnt: those(learnt), heldBack: those(heldBack) };
}

/** Of photos that are in one with others, its key. One moment of one camera is one photo, whatever was made of it. */
function burstsOf<T extends Bound>(images: readonly T[]): ReadonlyMap<T, readonly string[]> {
  const found = new Map<T, string[]>();
  const taken = images
    .flatMap((image) => (image.bonds.taken ? [{ image, ...image.bonds.taken }] : []))
    .sort((one, other) => one.ms - other.ms);
  const join = (key: string, ...both: readonly T[]): void => {
    for (const image of both) found.set(image, [...(found.get(image) ?? []), key]);
  };
  const last = new Map<string, { readonly image: T; readonly ms: number }>();
  for (const { image, camera, size, ms } of taken) {
    for (const [series, gap] of [
      [`${camera}\0${size}`, BURST_GAP],
      [camera, 0],
    ] as const) {
      const before = last.get(series);
      if (before && ms - before.ms <= gap)
        join(`${series}\0${ms}\0${image.sha256}`, before.image, image);
      last.set(series, { image, ms });
    }
  }
  return found;
}

/** Images that share a key, or share one with an image that does; in their order. */
function groupsOf<T>(
  images: readonly T[],
  keysOf: (image: T) => readonly string[],
): readonly (readonly T[])[] {
  const first = new Map<string, number>();
  const root = images.map((_, at) => at);
  const rootOf = (at: number): number => {
    let to = at;
    while (root[to] !== to) to = root[to] = root[root[to]!]!;
    return to;
  };
  for (const [at, image] of images.entries())
    for (const key of keysOf(image)) {
      const other = first.get(key);
      if (other === undefined) first.set(key, at);
      else {
        const [one, two] = [rootOf(at), rootOf(other)];
        root[Math.max(one, two)] = Math.min(one, two);
      }
    }
  const groups = new Map<number, T[]>();
  for (const [at, image] of images.entries()) {
    const to = rootOf(at);
    const group = groups.get(to);
    if (group) group.push(image);
    else groups.set(to, [image]);
  }
  return [...groups.values()];
}
