/**
 * The constant ground of a framed picture: bars of a letterbox, a title bar, the white around a cut-out. It holds no noise,
 * so it stays bit for bit, and nothing that is said of the removed part counts it. Whether a picture has one says
 * `noise/inside.ts`; drawings, whose areas are constant too, are not framed and are cleaned as a whole.
 */
import type { Rect } from '../contract/index.ts';
import type { Cleaned, TilePlace } from './asking.ts';
import type { CleanSpec } from './clean-spec.ts';
import { readUnits, type Picture } from './picture.ts';

/** Side of the squares of one value that ground is made of, pixels. */
const SIDE = 8;

/** Which pixels of a part of a picture are ground. */
export interface Ground {
  /** Image coordinates. */
  readonly region: Rect;
  /** 1: ground; region.width × region.height. */
  readonly mask: Uint8Array;
}

/** What stays in the window of a tile: ground, and what lies outside of the body (`outside.ts`); null: nothing. */
export function groundOf(spec: CleanSpec, { tile, plan }: TilePlace): Ground | null {
  if (!spec.framed && !spec.outside) return null;
  const { origin } = tile;
  const x = Math.max(0, origin.x);
  const y = Math.max(0, origin.y);
  const region = {
    ...{ x, y },
    width: Math.min(spec.source.width, origin.x + plan.side) - x,
    height: Math.min(spec.source.height, origin.y + plan.side) - y,
  };
  const ground = spec.framed
    ? spec.inside
      ? allOutside(spec.inside, region)
      : groundIn(spec, region)
    : null;
  if (!spec.outside) return ground && { region, mask: ground };
  const whole = { ...{ x: 0, y: 0 }, width: spec.source.width, height: spec.source.height };
  const mask = groundWithin({ region: whole, mask: spec.outside }, region);
  if (ground) for (let i = 0; i < mask.length; i++) mask[i]! |= ground[i]!;
  return { region, mask };
}

/** Of a rectangular frame every pixel is known, those of a narrow bar too. */
function allOutside(inside: Rect, region: Rect): Uint8Array {
  const mask = new Uint8Array(region.width * region.height).fill(1);
  const left = Math.max(0, inside.x - region.x);
  const right = Math.min(region.width, inside.x + inside.width - region.x);
  const top = Math.max(0, inside.y - region.y);
  const bottom = Math.min(region.height, inside.y + inside.height - region.y);
  for (let y = top; y < bottom && left < right; y++)
    mask.fill(0, y * region.width + left, y * region.width + right);
  return mask;
}

/**
 * Pixels that lie in a square of SIDE × SIDE pixels of one value, wherever in the picture it begins.
 * @returns region.width × region.height; null where there are none
 */
export function groundIn(
  { source, tones }: Pick<Picture, 'source' | 'tones'>,
  region: Rect,
): Uint8Array | null {
  const { data, channels, width } = source;
  const line = width * channels;
  const left = Math.max(0, region.x - SIDE + 1);
  const top = Math.max(0, region.y - SIDE + 1);
  const right = Math.min(width, region.x + region.width + SIDE - 1);
  const bottom = Math.min(source.height, region.y + region.height + SIDE - 1);
  const equal = (a: number, b: number): boolean => {
    for (let c = 0; c < tones; c++) if (data[a + c] !== data[b + c]) return false;
    return true;
  };
  const mask = new Uint8Array(region.width * region.height);
  let isAny = false;
  /** Marks columns of the square whose bottom right pixel this is. */
  const mark = (x: number, y: number, columns: number): void => {
    const from = Math.max(region.x, x - columns + 1);
    const to = Math.min(region.x + region.width, x + 1);
    const last = Math.min(region.y + region.height, y + 1);
    for (let row = Math.max(region.y, y - SIDE + 1); row < last && from < to; row++) {
      const at = (row - region.y) * region.width - region.x;
      mask.fill(1, at + from, at + to);
      isAny = true;
    }
  };
  /** By column: rows up to this one that end in SIDE pixels of one and the same value. */
  const rows = new Uint32Array(right - left);
  for (let y = top; y < bottom; y++) {
    let run = 0;
    let wasSquare = false;
    for (let x = left, at = y * line + left * channels; x < right; x++, at += channels) {
      run = x > left && equal(at, at - channels) ? run + 1 : 1;
      const above = y > top && rows[x - left]! > 0 && equal(at, at - line) ? rows[x - left]! : 0;
      rows[x - left] = run >= SIDE ? above + 1 : 0;
      const isSquare = rows[x - left]! >= SIDE;
      if (isSquare) mark(x, y, wasSquare ? 1 : SIDE);
      wasSquare = isSquare;
    }
  }
  return isAny ? mask : null;
}

/** Puts the source back where ground is. In place. */
export function keepGround(
  spec: CleanSpec,
  { tile, plan }: TilePlace,
  { region, mask }: Ground,
  { picture, chroma }: Cleaned,
): void {
  const { side } = plan;
  const planes = spec.card.input.imageChannels;
  const input = new Float32Array(planes * side * side);
  readUnits(spec, tile.origin, side, input, planes);
  for (let y = 0, i = 0; y < region.height; y++) {
    let at = (region.y + y - tile.origin.y) * side + region.x - tile.origin.x;
    for (let x = 0; x < region.width; x++, i++, at++) {
      if (!mask[i]) continue;
      for (let p = at; p < input.length; p += side * side) {
        picture[p] = input[p]!;
        if (chroma) chroma[p] = input[p]!;
      }
    }
  }
}

/** The same of a part of the region. */
export function groundWithin({ region, mask }: Ground, part: Rect): Uint8Array {
  const inner = new Uint8Array(part.width * part.height);
  for (let y = 0; y < part.height; y++) {
    const from = (part.y + y - region.y) * region.width + part.x - region.x;
    inner.set(mask.subarray(from, from + part.width), y * part.width);
  }
  return inner;
}
