/**
 * What a network is shown and what it shall give, step by step. Everything that is drawn follows from seed and step, so that a training that goes
 * on sees what it would have seen.
 */
import { Draws, GaussianDraws, sizeOf } from './engine/index.ts';
import type { LearntImage, Piece } from './images.ts';
import { kinds, seesWhole } from './kinds.ts';
import { imageShape, pairsOf, shownShape, type Plan } from './network.ts';
import { addNoise, SHARE } from './recorrupted.ts';
import { viewOf } from './views.ts';

export interface Batch {
  /** `shownShape` */
  readonly x: Float32Array<ArrayBuffer>;
  /** `imageShape`: what is compared with what the network gives; of residual kinds without what is shown. */
  readonly target: Float32Array<ArrayBuffer>;
  /** Of hidden kinds: factor on each squared difference, whose mean is 1. */
  readonly mask?: Float32Array<ArrayBuffer>;
  /** Images as they are, `imageShape`; of views what is shown, of recorrupted ones the other of the two. */
  readonly clean: Float32Array<ArrayBuffer>;
  /** Of views: how many of the pairs are of held-back images; the others are there to be wrong. */
  readonly counted?: number;
}

const purpose = { squares: 1, noise: 2, hidden: 3, code: 4, views: 5, viewNoise: 6 } as const;
/** A step that never comes: draws of what is held back. */
const HELD = 2 ** 31 - 1;
/** Another one, of squares that somebody looks at. */
const LOOKED = 2 ** 30;
/** Pixels of held-back images that are looked at, about. */
const HELD_PIXELS = 200_000;
/** One pixel of such a cell is hidden: enough to learn from, and the others see what they saw. */
const HIDDEN_CELL = 8;
/** Noise is added from none to so many times the level in the middle. */
export const STRONGEST = 2;
/** A hidden pixel shows one of these neighbours. */
const NEIGHBOURS = 2;

/** The batch of a step, from 1. */
export function batchOf(plan: Plan, images: readonly LearntImage[], step: number): Batch {
  const { seed, batch } = plan.settings;
  const draws = new Draws(seed, step, purpose.squares);
  if (kinds[plan.settings.kind].shown === 'views')
    return viewsOf(plan, someOf(images, pairsOf(plan), draws), step, { halved: true });
  const clean = new Float32Array(sizeOf(imageShape(plan)));
  const squares = Array.from({ length: batch }, (_, item) =>
    drawSquare(plan, images, draws, clean, item, true),
  );
  return shown(plan, clean, step, { squares, share: (levels) => STRONGEST * levels.next() });
}

/**
 * The same of held-back images, as many as a batch needs and about `HELD_PIXELS`; at the noise in the middle.
 * @param others views of too few images are easily told apart: where a batch of them is not full, it is filled with these
 */
export function heldBatches(
  plan: Plan,
  images: readonly LearntImage[],
  others: readonly LearntImage[] = [],
): Batch[] {
  const { seed, batch, patch } = plan.settings;
  if (kinds[plan.settings.kind].shown === 'views') return heldViews(plan, images, others);
  const count = Math.max(1, Math.round(HELD_PIXELS / (batch * patch * patch)));
  const draws = new Draws(seed, HELD, purpose.squares);
  return Array.from({ length: count }, (_, at) => {
    const clean = new Float32Array(sizeOf(imageShape(plan)));
    const squares = Array.from({ length: batch }, (_, item) => {
      const image = images[(at * batch + item) % images.length]!;
      return drawSquare(plan, [image], draws, clean, item, false);
    });
    return shown(plan, clean, HELD - 1 - at, { squares, share: () => 1 });
  });
}

/** Images of one view are seen a few times, each time by another view. */
const HELD_VIEWS = 4;

function heldViews(
  plan: Plan,
  images: readonly LearntImage[],
  others: readonly LearntImage[],
): Batch[] {
  const pairs = pairsOf(plan);
  const batches: Batch[] = [];
  for (let round = 0; round < HELD_VIEWS; round++)
    for (let from = 0; from < images.length; from += pairs) {
      const own = images.slice(from, from + pairs);
      const step = HELD - 1 - batches.length;
      const draws = new Draws(plan.settings.seed, step, purpose.squares);
      const more = someOf(others.length > 0 ? others : images, pairs - own.length, draws);
      batches.push({ ...viewsOf(plan, [...own, ...more], step), counted: own.length });
    }
  return batches;
}

/** Different images, as many as are wanted; again from the first where there are fewer. */
function someOf(images: readonly LearntImage[], count: number, draws: Draws): LearntImage[] {
  if (images.length === 0) return [];
  const order = [...images];
  for (let at = 0; at < Math.min(count, order.length - 1); at++) {
    const other = at + draws.below(order.length - at);
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return Array.from({ length: count }, (_, at) => order[at % order.length]!);
}

/** Two views of each image, the first ones and then the second ones. @param halved of a half of it where that comes up */
export function viewsOf(
  plan: Plan,
  images: readonly LearntImage[],
  step: number,
  { halved = false } = {},
): Batch {
  const { seed, patch, augment } = plan.settings;
  const { tones } = plan;
  const draws = new Draws(seed, step, purpose.views);
  const square = tones * patch * patch;
  const x = new Float32Array(sizeOf(shownShape(plan)));
  for (const [pair, { pieces, halves = [] }] of images.entries()) {
    const all = halved ? [...pieces, ...halves] : pieces;
    const piece = all[draws.below(all.length)]!;
    for (const row of [pair, pair + images.length])
      viewOf(
        piece,
        {
          ...{ tones, patch, strength: augment, draws },
          noise: [seed, step, purpose.viewNoise, row],
        },
        x,
        row * square,
      );
  }
  return { x, target: x, clean: x };
}

/** What the network is shown of squares that are looked at, at the noise in the middle; of no hidden kind. @param at number of the batch */
export const shownOf = (plan: Plan, clean: Float32Array<ArrayBuffer>, at: number): Batch =>
  shown(plan, clean, LOOKED - at, { squares: [], share: () => 1 });

/** Standard normal values [batch, width] of a gaussian code. */
export function drawOf({ settings: { seed, batch, width } }: Plan, step: number) {
  const draws = new GaussianDraws(seed, step, purpose.code);
  return Float32Array.from({ length: batch * width }, () => draws.next());
}

/** Where a square is from: whose noise it has, and how that lies. */
interface Drawn {
  readonly sha256: string;
  readonly turn: number;
}

/** @param turned by one of the eight symmetries of a square */
function drawSquare(
  { settings: { kind, scope, patch }, tones, half }: Plan,
  images: readonly LearntImage[],
  draws: Draws,
  target: Float32Array,
  item: number,
  turned: boolean,
): Drawn {
  const { sha256, pieces } = images[draws.below(images.length)]!;
  const piece = pieces[draws.below(pieces.length)]!;
  const stride = half ? 2 : 1;
  const span = stride * patch;
  const x = draws.below(piece.side - span + 1);
  const y = draws.below(piece.side - span + 1);
  const [offsetX, offsetY] = half ? [draws.below(2), draws.below(2)] : [0, 0];
  // What is whole has an above and a below.
  const turn = !turned ? 0 : draws.below(seesWhole(kinds[kind], { scope }) ? 2 : 8);
  const at = item * tones * patch * patch;
  turnedSquare(piece, { x: x + offsetX, y: y + offsetY, stride, turn }, patch, target, at, tones);
  return { sha256, turn };
}

/** One square of a piece, in one of the eight symmetries, planar. */
export function turnedSquare(
  { side, data }: Piece,
  from: { readonly x: number; readonly y: number; readonly stride: number; readonly turn: number },
  patch: number,
  target: Float32Array,
  start: number,
  tones: number,
): void {
  const { turn, stride } = from;
  const last = patch - 1;
  for (let plane = 0, at = start; plane < tones; plane++)
    for (let row = 0; row < patch; row++)
      for (let column = 0; column < patch; column++, at++) {
        const u = turn & 1 ? last - column : column;
        const v = turn & 2 ? last - row : row;
        const [left, down] = turn & 4 ? [v, u] : [u, v];
        target[at] =
          data[plane * side * side + (from.y + stride * down) * side + from.x + stride * left]!;
      }
}

function shown(
  plan: Plan,
  clean: Float32Array<ArrayBuffer>,
  step: number,
  { squares, share }: { squares: readonly Drawn[]; share: (levels: Draws) => number },
): Batch {
  const kind = kinds[plan.settings.kind];
  if (kind.shown === 'noisy') return noisy(plan, clean, step, share);
  if (plan.recorrupted) return recorrupted(plan, clean, step, squares);
  if (kind.shown === 'hidden') return hidden(plan, clean, step);
  return { x: clean.slice(), target: clean.slice(), clean };
}

/** White noise, of another level for each image; the level is the last channel. */
function noisy(
  plan: Plan,
  clean: Float32Array<ArrayBuffer>,
  step: number,
  share: (levels: Draws) => number,
): Batch {
  const { seed, batch, sigma, patch } = plan.settings;
  const levels = new Draws(seed, step, purpose.noise);
  const draws = new GaussianDraws(seed, step, purpose.noise + 1000);
  const plane = patch * patch;
  const values = plan.tones * plane;
  const x = new Float32Array(sizeOf(shownShape(plan)));
  const target = new Float32Array(clean.length);
  for (let item = 0; item < batch; item++) {
    const level = (share(levels) * sigma) / 255;
    const to = item * (values + plane);
    for (let i = 0; i < values; i++) {
      const noise = level * draws.next();
      x[to + i] = clean[item * values + i]! + noise;
      target[item * values + i] = -noise;
    }
    x.fill(level, to + values, to + values + plane);
  }
  return { x, target, clean };
}

/**
 * Blind pixels (Krull, Buchholz, Jug: "Noise2Void", CVPR 2019): one of each cell shows a neighbour's value, and only there the network is asked
 * what was there. It can not learn noise that its surroundings do not tell.
 */
function hidden(plan: Plan, clean: Float32Array<ArrayBuffer>, step: number): Batch {
  const { seed, batch, patch } = plan.settings;
  const draws = new Draws(seed, step, purpose.hidden);
  const { tones } = plan;
  const plane = patch * patch;
  const x = clean.slice();
  const mask = new Float32Array(clean.length);
  let count = 0;
  const near = (at: number): number => {
    const lowest = Math.max(0, at - NEIGHBOURS);
    return lowest + draws.below(Math.min(patch - 1, at + NEIGHBOURS) - lowest + 1);
  };
  for (let item = 0; item < batch; item++)
    for (let top = 0; top < patch; top += HIDDEN_CELL)
      for (let left = 0; left < patch; left += HIDDEN_CELL) {
        const row = Math.min(patch - 1, top + draws.below(HIDDEN_CELL));
        const column = Math.min(patch - 1, left + draws.below(HIDDEN_CELL));
        let [y, from] = [row, column];
        while (y === row && from === column) [y, from] = [near(row), near(column)];
        for (let tone = 0; tone < tones; tone++) {
          const base = (item * tones + tone) * plane;
          x[base + row * patch + column] = clean[base + y * patch + from]!;
          mask[base + row * patch + column] = 1;
        }
        count += tones;
      }
  const factor = clean.length / count;
  for (let i = 0; i < mask.length; i++) mask[i]! *= factor;
  return { x, target: clean.slice(), mask, clean };
}

/** Of each noisy image two, whose noise is independent (`recorrupted.ts`). */
function recorrupted(
  plan: Plan,
  images: Float32Array<ArrayBuffer>,
  step: number,
  squares: readonly Drawn[],
): Batch {
  const { seed, batch, patch } = plan.settings;
  const { kernel, levels } = plan.noise!;
  const draws = new GaussianDraws(seed, step, purpose.noise + 2000);
  const more = new Float32Array(images.length);
  const own = { ...kernel, data: new Float32Array(kernel.data.length) };
  for (let item = 0; item < batch; item++) {
    const { sha256, turn } = squares[item]!;
    turnedSquare(kernel, { x: 0, y: 0, stride: 1, turn }, kernel.side, own.data, 0, 1);
    addNoise(draws, own, levels.get(sha256) ?? 1, patch, more, item * patch * patch);
  }
  return {
    x: images.map((value, i) => value + SHARE * more[i]!),
    clean: images.map((value, i) => value - more[i]! / SHARE),
    // What is shown is added by the network.
    target: more.map((value) => -(SHARE + 1 / SHARE) * value),
  };
}
