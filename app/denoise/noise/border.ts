/**
 * Rectangular frames by their geometry: whole rows and columns from the picture's edge on in which next to nothing changes (a codec's
 * ripples and a shading are next to nothing, corners of several rings and a line of text are let through), and which end all at once,
 * in one straight line. It needs no noise inside to be seen, so it finds frames around weakly noisy pictures that a codec has smoothed; a
 * sky is no frame, because it fades, or ends where things stand before it.
 */
import type { Rect } from '../../contract/index.ts';
import { colourChannels } from '../../pixels/raster.ts';
import type { Picture } from '../picture.ts';
import { LEAST_SHARE, LEAST_SIDE } from './rectangle.ts';

/**
 * All levels here are the sums of three colours: where one is cut off at black, as the green of a night's sky, the others tell that it is no
 * frame. From pixel to pixel nothing, and next to nothing where a frame shades or a codec has rippled it: the second is asked only where the first
 * finds no frame, for smooth walls change as little, and not of scans, whose air does. And share of a line's pixels with more, from which it is no frame's.
 */
const CHANGES = [0, 4];
const MOST_CHANGES = 0.08;
/** A ground's values, levels on each side of its median. */
const GROUND = 12;
/** Lines of text have so much of the ground; those of the picture behind them, so many pixels further on, less than so much. */
const TEXT = { least: 0.3, after: 0.15, within: 16 };
/** Lines of text, at the most, and lines without before them, at the least. */
const TEXT_LINES = 96;
const LINES_BEFORE = 3;
/** A side of a frame is so thick, pixels. */
const THICK = 4;
/** Behind the line where a frame ends, so far that no codec's ripples are left, pixels: so many pixels of a line are others by so much, or change. */
const BEHIND = 12;
const OTHERS = { levels: 18, share: 0.65 };
const RESTLESS = { levels: 5, share: 0.6 };
/** Frames of one or two sides only: such a share of the pixels has one value, text aside, to so many levels. A sky, which ends straight at the sea, has many. */
const PLAIN = 0.9;
const ONE_VALUE = 3;
/** Share of that value within: pages and drawings have the ground of their margins between their lines too. */
const MOST_WITHIN = 0.35;
/** An edge is sharp where no step behind it is so many times larger: a codec's ripples come before the picture itself. */
const RIPPLED = { times: 2, within: 16 };
const BLOCK = 8;
/** Frames around the picture have so many sides, and may be of any values. */
const AROUND = 3;
/** Share of the picture. */
const LEAST = 0.02;
/** The value of what is fully transparent. */
const TRANSPARENT = -1000;
/** Of a line of more pixels, so many pairs of neighbours are looked at: a share of 8 % of them is true to 2 %, and a column's are far apart in memory. */
const LONG = { pixels: 1024, pairs: 256 };

type Side = 'left' | 'top' | 'right' | 'bottom';
const sides: readonly Side[] = ['top', 'bottom', 'left', 'right'];
type Edges = Record<Side, number>;

export interface Border {
  /** The picture within the frame, without what may be a codec's ripples; image coordinates. */
  readonly rect: Rect;
  /** With them: the picture to the pixel where its edge is sharp, else up to a block of the codec more. All outside is frame. null: it is no rectangle, as a round field, or as dark as its frame. */
  readonly inside: Rect | null;
}

/** In steps of a line each: one frame within another. @returns null where there is none */
export function* findBorder(picture: Picture): Generator<void, Border | null> {
  const { width, height } = picture.source;
  const lineAt = linesOf(picture);
  let whole: Edges = { left: 0, top: 0, right: width, bottom: height };
  let found: Found | null = null;
  for (;;) {
    let next: Found | null = null;
    for (const change of picture.scan ? [0] : CHANGES)
      next ??= yield* findWithin(whole, change, lineAt);
    if (next === null) break;
    found = next;
    whole = next.edges;
  }
  return found && { rect: rectOf(found.edges), inside: found.ends && rectOf(found.ends) };
}

interface Found {
  /** Where the frame ends, if it does so in straight lines. */
  readonly ends: Edges | null;
  /** Where no ripples are left. */
  readonly edges: Edges;
}

/** @param change levels from pixel to pixel that are nothing */
function* findWithin(whole: Edges, change: number, lineAt: LineAt): Generator<void, Found | null> {
  const outer = sizeOf(whole);
  if (outer.width < LEAST_SIDE || outer.height < LEAST_SIDE) return null;
  if (change > 0 && isSmooth(whole, change, lineAt)) return null;
  const edges = { ...whole };
  for (let found = true; found;) {
    found = false;
    for (const side of sides) {
      const count = yield* frameLines(side, edges, change, lineAt);
      if (count === 0) continue;
      edges[side] += inwards(side) * count;
      found = true;
      if (sizeOf(edges).width < LEAST_SIDE || sizeOf(edges).height < LEAST_SIDE) return null;
    }
  }
  const thick = sides.filter((side) => Math.abs(edges[side] - whole[side]) >= THICK);
  const ending = thick.filter((side) => endsHere(side, edges, lineAt));
  if (ending.length === 0) return null;
  const plainOf = (side: Side): Plainness => plainness(side, edges, whole, change, lineAt);
  const plain = ending.map(plainOf);
  if (ending.length < AROUND && (change > 0 || plain.some(({ share }) => share < PLAIN)))
    return null;
  // The picture may be as dark as its frame at one side: what is like the other sides belongs to it.
  for (const side of sides)
    if (!ending.includes(side)) {
      const { value, share } = plainOf(side);
      const isLike = share >= PLAIN && plain.some((one) => Math.abs(one.value - value) <= GROUND);
      if (!isLike || !thick.includes(side)) edges[side] = whole[side];
    }
  const size = sizeOf(edges);
  const share = (size.width * size.height) / (outer.width * outer.height);
  if (share > 1 - LEAST || share < LEAST_SHARE) return null;
  const values = plain.map(({ value }) => value);
  if (groundWithin(edges, values, lineAt) > MOST_WITHIN) return null;
  const ends = { ...edges };
  const blurred = sides.filter(
    (side) => edges[side] !== whole[side] && !isSharp(side, edges, lineAt),
  );
  for (const side of blurred) {
    const length = side === 'top' || side === 'bottom' ? size.height : size.width;
    const room = Math.max(0, (length - LEAST_SIDE) >> 1);
    edges[side] += inwards(side) * Math.min(RIPPLED.within, room);
  }
  const isStraight = blurred.every((side) => shareLeft(side, ends, lineAt) < TEXT.after);
  return { ends: isStraight ? ends : null, edges };
}

const inwards = (side: Side): 1 | -1 => (side === 'left' || side === 'top' ? 1 : -1);
const sizeOf = ({ left, top, right, bottom }: Edges): { width: number; height: number } => ({
  width: right - left,
  height: bottom - top,
});
const rectOf = (edges: Edges): Rect => ({ x: edges.left, y: edges.top, ...sizeOf(edges) });

/** Values of a line along a side, `depth` pixels inwards of it (negative: outwards), as long as the side. */
type LineAt = (side: Side, edges: Edges, depth: number) => Float32Array;

/** What is fully transparent has one value. Of a long line every n-th pair of neighbours. */
function linesOf({ source, tones, range }: Picture): LineAt {
  const { data, width, channels, hasAlpha } = source;
  const alpha = colourChannels(source);
  const toLevels = 255 / (range.high - range.low);
  const sumAt = (at: number): number =>
    tones === 3 ? data[at]! + data[at + 1]! + data[at + 2]! : 3 * data[at]!;
  return (side, edges, depth) => {
    const isRow = side === 'top' || side === 'bottom';
    const place = inwards(side) === 1 ? edges[side] + depth : edges[side] - 1 - depth;
    const from = isRow ? edges.left : edges.top;
    const length = (isRow ? edges.right : edges.bottom) - from;
    const step = length > LONG.pixels ? Math.ceil(length / LONG.pairs) : 1;
    const values = new Float32Array(2 * Math.floor((length - 1) / step));
    const across = (isRow ? 1 : width) * channels;
    const start = (isRow ? place * width + from : from * width + place) * channels;
    for (let i = 0; i < values.length; i++) {
      const at = start + ((i >> 1) * step + (i & 1)) * across;
      const isClear = hasAlpha && data[at + alpha] === 0;
      values[i] = isClear ? TRANSPARENT : (sumAt(at) - 3 * range.low) * toLevels;
    }
    return values;
  };
}

/** Share of the pairs of neighbours that differ by more levels. */
function changesIn(line: Float32Array, change: number): number {
  let count = 0;
  for (let i = 0; i < line.length; i += 2)
    if (!(Math.abs(line[i + 1]! - line[i]!) <= change)) count++;
  return (2 * count) / line.length;
}

const medianOf = (line: Float32Array): number => line.slice().sort()[line.length >> 1]!;

function shareNear(line: Float32Array, value: number, levels = GROUND): number {
  let count = 0;
  for (const one of line) if (Math.abs(one - value) <= levels) count++;
  return count / line.length;
}

/** Where three rows in four change as little as a frame's, one more tells nothing, and asking all of them takes long. */
function isSmooth(edges: Edges, change: number, lineAt: LineAt): boolean {
  let count = 0;
  for (let i = 0; i < 16; i++) {
    const line = lineAt('top', edges, Math.floor(((i + 0.5) / 16) * sizeOf(edges).height));
    if (changesIn(line, change) <= MOST_CHANGES) count++;
  }
  return count >= 12;
}

/** How many lines from a side on are a frame's. */
function* frameLines(
  side: Side,
  edges: Edges,
  change: number,
  lineAt: LineAt,
): Generator<void, number> {
  const { width, height } = sizeOf(edges);
  const most = side === 'top' || side === 'bottom' ? height : width;
  let count = 0;
  for (; count < most; count++) {
    yield;
    if (changesIn(lineAt(side, edges, count), change) > MOST_CHANGES) break;
  }
  if (count < LINES_BEFORE || count === most) return count;
  const ground = medianOf(lineAt(side, edges, count - 1));
  const shareAt = (depth: number): number => shareNear(lineAt(side, edges, depth), ground);
  let end = count;
  for (; end < Math.min(most, count + TEXT_LINES); end++) {
    yield;
    if (shareAt(end) < TEXT.least) break;
  }
  const after = end + TEXT.within;
  return end > count && after < most && shareAt(after) < TEXT.after ? end : count;
}

/** True where what stands behind the frame is something else, in most of the line at once. */
function endsHere(side: Side, edges: Edges, lineAt: LineAt): boolean {
  const frame = lineAt(side, edges, -1);
  for (const depth of [0, BEHIND / 2, BEHIND]) {
    const behind = lineAt(side, edges, depth);
    let others = 0;
    for (let i = 0; i < frame.length; i++)
      if (Math.abs(frame[i]! - behind[i]!) > OTHERS.levels) others++;
    if (others >= OTHERS.share * frame.length) return true;
    if (changesIn(behind, RESTLESS.levels) >= RESTLESS.share) return true;
  }
  return false;
}

interface Plainness {
  readonly value: number;
  readonly share: number;
}

/** The commonest value of a side of the frame, and the share that has it; in lines without text, spread over its thickness. */
function plainness(
  side: Side,
  edges: Edges,
  whole: Edges,
  change: number,
  lineAt: LineAt,
): Plainness {
  const thickness = Math.abs(edges[side] - whole[side]);
  const step = Math.ceil(thickness / 32);
  const lines: Float32Array[] = [];
  for (let depth = 1; depth <= thickness; depth += step) {
    const line = lineAt(side, edges, -depth);
    if (changesIn(line, change) <= MOST_CHANGES) lines.push(line);
  }
  if (lines.length === 0) return { value: NaN, share: 0 };
  const value = medianOf(new Float32Array(lines.map(medianOf)));
  const shares = lines.map((line) => shareNear(line, value, ONE_VALUE));
  // A round field leaves more and more of its lines.
  const last = shareNear(lines[0]!, value) + 1 - PLAIN;
  return { value, share: Math.min(last, medianOf(new Float32Array(shares))) };
}

/** Mean share of the values of a frame in the rows within it. */
function groundWithin(edges: Edges, values: readonly number[], lineAt: LineAt): number {
  const { height } = sizeOf(edges);
  const step = Math.ceil(height / 32);
  let [sum, lines] = [0, 0];
  for (let depth = step >> 1; depth < height; depth += step, lines++) {
    const line = lineAt('top', edges, depth);
    sum += Math.max(...values.map((value) => shareNear(line, value)));
  }
  return sum / lines;
}

/** Share of the line a block of a codec behind the edge that is as the frame before it: much in a round field. */
function shareLeft(side: Side, ends: Edges, lineAt: LineAt): number {
  const [frame, line] = [lineAt(side, ends, -1), lineAt(side, ends, BLOCK)];
  return line.filter((value, i) => Math.abs(value - frame[i]!) <= GROUND).length / line.length;
}

/** True where the step at an edge is as large as those behind it. */
function isSharp(side: Side, edges: Edges, lineAt: LineAt): boolean {
  const stepAt = (depth: number): number => {
    const [before, after] = [lineAt(side, edges, depth - 1), lineAt(side, edges, depth)];
    return after.reduce((sum, value, i) => sum + Math.abs(value - before[i]!), 0);
  };
  const step = stepAt(0);
  for (let depth = 1; depth <= RIPPLED.within; depth++)
    if (stepAt(depth) > RIPPLED.times * step) return false;
  return true;
}
