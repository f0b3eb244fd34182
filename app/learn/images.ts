/**
 * What is learnt from: images, decoded once, of which as much stays in memory as there is room for, and others that are held back whole.
 * Pieces of them are drawn by `batches.ts`. How a file becomes pixels is `app/pixels`, what networks see of them is handed in.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import {
  HourglassError,
  throwIfCancelled,
  toHourglassError,
  type Notice,
} from '../contract/index.ts';
import type { DecodedImage } from '../pixels/index.ts';
import type { Learnt } from '../runtime/index.ts';
import { Draws } from './engine/index.ts';
import type { Tones } from './kinds.ts';
import { say } from './sentences.ts';
import { bondsOf, divide, type Bonds, type Divided, type Together } from './together.ts';

/** An image as networks see it: units of its range, 0 to 1. Brought by who cleans images. */
export interface SeenImage {
  readonly width: number;
  readonly height: number;
  readonly tones: Tones;
  /** Its values were measured. */
  readonly scan: boolean;
  /** Fills planar [planes, side, side] with a square window within the image. */
  read(
    origin: { readonly x: number; readonly y: number },
    side: number,
    target: Float32Array,
    planes: Tones,
  ): void;
}
/** An image, and what is known of it beside pixels. */
export interface SeenWhole extends SeenImage {
  /** @param noises levels of white noise that it is shown with too, 8-bit levels */
  learnt(noises: readonly number[]): Learnt;
}
export type See = (image: DecodedImage) => SeenWhole;

/** A square of an image, planar [tones, side, side]. */
export interface Piece {
  readonly side: number;
  readonly data: Float32Array;
}

export interface LearntImage {
  readonly sha256: string;
  /** As many as there is room for, from places that the seed chooses. */
  readonly pieces: readonly Piece[];
  /** Of whole images their halves, where they are asked for: few images are not learnt by heart so soon. */
  readonly halves?: readonly Piece[];
}

export interface Images {
  readonly tones: Tones;
  readonly learnt: readonly LearntImage[];
  readonly heldBack: readonly LearntImage[];
  /** How those that are learnt from are, each frame of them, to be told from what is unlike them. */
  readonly known: readonly Learnt[];
  /** Of what stays together how much is held back, where something does. */
  readonly together: readonly Together[];
  readonly leftOut: readonly { readonly source: string; readonly reason: string }[];
  readonly notices: readonly Notice[];
}

export interface ImageFileOf {
  readonly path: string;
  readonly files: readonly string[];
}

export interface ReadImagesRequest {
  readonly images: readonly ImageFileOf[];
  /** Side of the smallest square that can be learnt from, pixels. */
  readonly side: number;
  /** Whole images are made as small as squares of this side; null: pieces of them as they are. */
  readonly whole?: number | null;
  /** And their halves too. */
  readonly halved?: boolean;
  /** How they were divided before, by their hashes; it holds where they are the same images. */
  readonly divided?: Divided | null;
  readonly seed: number;
  /** Levels of white noise that they are shown with, 8-bit levels. */
  readonly noises?: readonly number[];
  readonly decode: (image: ImageFileOf, frame: number) => Promise<DecodedImage>;
  readonly see: See;
  readonly signal: AbortSignal;
  readonly told: (done: number, of: number, name: string) => void;
  /** Bytes; for tests. */
  readonly room?: number;
}

/** For pixels of all images, bytes. */
const ROOM = 256e6;
/** Frames of one series that are learnt from, evenly spread. */
const MOST_FRAMES = 16;
/** Below so many images a network learns them by heart. */
const FEW = 20;
/** Purposes of drawn numbers (`Draws`). */
const purpose = { order: 101, places: 102 } as const;

/**
 * Reads all of them. The same images and seed give the same pieces, whatever else is in the folder's names.
 * @throws HourglassError invalid-parameter: fewer than two images can be used; cancelled
 */
export async function readImages(request: ReadImagesRequest): Promise<Images> {
  const { side, signal, halved = false } = request;
  const leftOut: { source: string; reason: string }[] = [];
  const notices: Notice[] = [];
  const chosen = chooseFiles(request, notices);
  const room = (request.room ?? ROOM) / 4 / Math.max(1, chosen.length);
  const found: (LearntImage & {
    readonly known: readonly Learnt[];
    readonly tones: Tones;
    readonly bonds: Bonds;
  })[] = [];
  const names = new Map<string, string>();
  let scans = false;
  for (const [at, image] of chosen.entries()) {
    throwIfCancelled(signal);
    request.told(at, chosen.length, basename(image.path));
    try {
      // First, because it says what is wrong with a file.
      const first = await request.decode(image, 0);
      const sha256 = await hashOf(image.files, signal);
      const twin = names.get(sha256);
      if (twin !== undefined) throw new LeftOut(say('sameAs', { twin: basename(twin) }));
      const { pieces, halves, known, tones, isDicom } = await piecesOf(image, {
        ...request,
        room,
        sha256,
        first,
      });
      names.set(sha256, image.path);
      found.push({ sha256, pieces, halves, known, tones, bonds: await bondsOf(first) });
      scans ||= isDicom;
    } catch (error) {
      if (error instanceof LeftOut) leftOut.push({ source: image.path, reason: error.message });
      else {
        const problem = toHourglassError(error);
        if (problem.code === 'cancelled') throw problem;
        leftOut.push({ source: image.path, reason: problem.message });
      }
    }
  }
  if (found.length < 2)
    throw new HourglassError(
      'invalid-parameter',
      say('tooFewImages', { count: found.length, side }),
      {
        hint: leftOut[0]
          ? say('firstLeftOut', { name: basename(leftOut[0].source), reason: leftOut[0].reason })
          : say('moreImages'),
        details: { name: 'folder' },
      },
    );
  if (found.length < FEW)
    notices.push({ level: 'warning', text: say('fewImages', { count: found.length }) });
  if (scans) notices.push({ level: 'warning', text: say('ofPatients') });
  const tones: Tones = found.some((image) => image.tones === 3) ? 3 : 1;
  const mixed = found.filter((image) => image.tones !== tones).length;
  if (mixed > 0) notices.push({ level: 'info', text: say('grayAmongColour', { count: mixed }) });
  // By content, so that a renamed file changes nothing.
  const sorted = found.toSorted((one, other) => (one.sha256 < other.sha256 ? -1 : 1));
  const divided = divide(sorted, {
    ...{ before: request.divided ?? null, notices },
    shuffled: (groups) => shuffled(groups, request.seed),
  });
  const asOne = ({ sha256, pieces, halves, tones: own }: (typeof found)[number]): LearntImage => ({
    ...{ sha256, pieces: own === tones ? pieces : pieces.map(inColour) },
    ...(halved ? { halves: own === tones ? halves : halves!.map(inColour) } : {}),
  });
  return {
    ...{ tones, leftOut, notices, together: divided.together },
    heldBack: divided.heldBack.map(asOne),
    learnt: divided.learnt.map(asOne),
    known: divided.learnt.flatMap((image) => image.known),
  };
}

/** Why an image is not used, where nothing is wrong with it. */
class LeftOut extends Error {}

/** All, or as many as can have a square each in the memory there is. */
function chooseFiles(
  { images, side, seed, room = ROOM }: ReadImagesRequest,
  notices: Notice[],
): readonly ImageFileOf[] {
  // Colour, because nobody knows yet.
  const most = Math.max(2, Math.floor(room / (4 * 3 * side * side)));
  if (images.length <= most) return images;
  notices.push({ level: 'info', text: say('someOfMany', { most, count: images.length }) });
  return shuffled(images, seed).slice(0, most);
}

async function piecesOf(
  image: ImageFileOf,
  {
    side,
    whole = null,
    halved = false,
    seed,
    noises = [],
    decode,
    see,
    room,
    sha256,
    first,
    signal,
  }: Omit<ReadImagesRequest, 'room'> & {
    /** Values of this image. */
    readonly room: number;
    readonly sha256: string;
    readonly first: DecodedImage;
  },
) {
  const { frames = 1 } = first;
  const wanted = Math.min(frames, MOST_FRAMES);
  const draws = new Draws(seed, purpose.places, Number.parseInt(sha256.slice(0, 8), 16));
  const pieces: Piece[] = [];
  const halves: Piece[] = [];
  const known: Learnt[] = [];
  let tones: Tones = 1;
  for (let at = 0; at < wanted; at++) {
    throwIfCancelled(signal);
    const frame = Math.floor((at * frames) / wanted);
    const seen = see(frame === 0 ? first : await decode(image, frame));
    if (seen.width < side || seen.height < side)
      throw new LeftOut(say('tooSmall', { width: seen.width, height: seen.height, side }));
    tones = seen.tones;
    known.push(seen.learnt(noises));
    if (whole === null) pieces.push(...cut(seen, side, room / wanted, draws));
    else {
      pieces.push(shrunk(seen, Math.min(whole, seen.width, seen.height)));
      if (halved) halves.push(...halvesOf(seen, whole));
    }
  }
  if (pieces.every(isFlat)) throw new LeftOut(say('nothingInIt'));
  return { pieces, halves, known, tones, isDicom: first.format === 'dicom' };
}

/** Squares of an image, as large and as many as `room` holds (values), one at least. */
function cut(seen: SeenImage, side: number, room: number, draws: Draws): readonly Piece[] {
  const { width, height, tones } = seen;
  // Long squares have few corners that a draw seldom reaches.
  const largest = Math.min(width, height, Math.max(side, Math.floor(Math.sqrt(room / tones / 4))));
  const most = Math.ceil((width * height) / largest ** 2);
  const count = Math.max(1, Math.min(most, Math.floor(room / (tones * largest ** 2))));
  const columns = Math.ceil(width / largest);
  const rows = Math.ceil(height / largest);
  const isWhole = count >= columns * rows;
  return Array.from({ length: isWhole ? columns * rows : count }, (_, at) => {
    const data = new Float32Array(tones * largest ** 2);
    const along = (cells: number, cell: number, length: number): number =>
      cells === 1 ? 0 : Math.round((cell * (length - largest)) / (cells - 1));
    const origin = isWhole
      ? { x: along(columns, at % columns, width), y: along(rows, Math.floor(at / columns), height) }
      : { x: draws.below(width - largest + 1), y: draws.below(height - largest + 1) };
    seen.read(origin, largest, data, tones);
    return { side: largest, data };
  });
}

/** Left, right, upper and lower one, those that have something in them and as many pixels as they are made small to. */
const halvesOf = (seen: SeenImage, side: number): readonly Piece[] => {
  const { width, height } = seen;
  const [half, middle] = [Math.floor(width / 2), Math.floor(height / 2)];
  return [
    { x: 0, y: 0, width: half, height },
    { x: width - half, y: 0, width: half, height },
    { x: 0, y: 0, width, height: middle },
    { x: 0, y: height - middle, width, height: middle },
  ]
    .filter((part) => part.width >= side && part.height >= side)
    .map(({ x, y, ...size }) =>
      shrunk(
        {
          ...{ ...seen, ...size },
          read: (origin, ...more) => seen.read({ x: x + origin.x, y: y + origin.y }, ...more),
        },
        side,
      ),
    )
    .filter((piece) => !isFlat(piece));
};

/** Side of the windows in which a large image is looked through, pixels. */
const WINDOW = 512;

/** All of an image as a square: means of the areas that its pixels cover. @param side at most the shorter side of the image */
export function shrunk(seen: SeenImage, side: number): Piece {
  const { width, height, tones } = seen;
  const data = new Float32Array(tones * side * side);
  const window = Math.min(WINDOW, width, height);
  const values = new Float32Array(tones * window * window);
  const across = cellsOf(width, side);
  const down = cellsOf(height, side);
  const line = new Float64Array(side + 1);
  for (let top = 0; top < height; top += window)
    for (let left = 0; left < width; left += window) {
      // Windows lie within the image: the last ones overlap those before, whose pixels were taken.
      const x = Math.min(left, width - window);
      const y = Math.min(top, height - window);
      seen.read({ x, y }, window, values, tones);
      const right = Math.min(width, left + window);
      for (let tone = 0; tone < tones; tone++)
        for (let row = top; row < Math.min(height, top + window); row++) {
          line.fill(0);
          const from = (tone * window + row - y) * window - x;
          for (let column = left; column < right; column++) {
            const value = values[from + column]!;
            const cell = across.cell[column]!;
            line[cell]! += across.share[column]! * value;
            line[cell + 1]! += across.rest[column]! * value;
          }
          // Of the last cell nothing goes on.
          for (const [step, share] of [down.share[row]!, down.rest[row]!].entries())
            if (share > 0) {
              const to = (tone * side + down.cell[row]! + step) * side;
              for (
                let u = across.cell[left]!;
                u <= Math.min(side - 1, across.cell[right - 1]! + 1);
                u++
              )
                data[to + u]! += share * line[u]!;
            }
        }
    }
  return { side, data };
}

/** Of each pixel of a line: the cell that it begins in, what it is of that one's mean, and of the next one's. */
function cellsOf(pixels: number, cells: number) {
  const cell = new Int32Array(pixels);
  const share = new Float64Array(pixels);
  const rest = new Float64Array(pixels);
  for (let at = 0; at < pixels; at++) {
    const [from, to] = [(at * cells) / pixels, ((at + 1) * cells) / pixels];
    cell[at] = Math.min(cells - 1, Math.floor(from));
    const end = Math.min(cells, cell[at]! + 1);
    share[at] = Math.min(to, end) - from;
    rest[at] = end === cells ? 0 : Math.max(0, to - end);
  }
  return { cell, share, rest };
}

const isFlat = ({ data }: Piece): boolean => data.every((value) => value === data[0]);

function inColour({ side, data }: Piece): Piece {
  const three = new Float32Array(3 * data.length);
  for (let plane = 0; plane < 3; plane++) three.set(data, plane * data.length);
  return { side, data: three };
}

/** Fisher and Yates. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  const draws = new Draws(seed, purpose.order);
  const order = [...list];
  for (let at = order.length - 1; at > 0; at--) {
    const other = draws.below(at + 1);
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}

export async function hashOf(files: readonly string[], signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files)
    for await (const chunk of createReadStream(file, { signal })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
