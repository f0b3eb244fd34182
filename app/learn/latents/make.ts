/** A codec out of a convolutional network that has learnt, beside it in its folder: `latent/`, as models lie. Who makes and measures codecs is handed in. */
import { join } from 'node:path';
import { toHourglassError, type CommandContext, type Notice } from '../../contract/index.ts';
import { modelIdSchema } from '../../contract/domain.ts';
import type { TrainingQuality } from '../../contract/learn.ts';
import { trainingFiles } from '../../contract/training.ts';
import type { Raster } from '../../pixels/index.ts';
import type { EngineServices } from '../../runtime/index.ts';
import { Draws } from '../engine/index.ts';
import type { Images, LearntImage, Piece } from '../images.ts';
import type { Plan } from '../network.ts';
import { say } from '../sentences.ts';
import {
  analysisOf,
  bytesPerPixel,
  CELL,
  codesOf,
  haloOf,
  hasHalves,
  latentsOf,
  synthesisOf,
} from './halves.ts';
import { turnOf } from './turn.ts';

/** As `makeOwnCodec` of the codec. */
export type MakeCodec = (
  request: {
    readonly folder: string;
    readonly halves: {
      readonly analysis: Uint8Array;
      readonly synthesis: Uint8Array;
      readonly channels: number;
      readonly halo: number;
      readonly multipleOf: number;
      readonly bytesPerPixel: number;
    };
    readonly card: Readonly<Record<'title' | 'purpose' | 'licence', string>> & {
      readonly limits: readonly string[];
      readonly saw: unknown;
      readonly training: unknown;
    };
    readonly learnt: readonly Piece[];
    readonly heldBack: readonly Raster[];
  },
  context: Pick<CommandContext, 'signal'>,
  services: EngineServices,
) => Promise<readonly CodecRate[]>;

/** All held-back pictures together at one quality, dB, and the shipped codec at the same size; null: it does not come to it. */
export interface CodecRate {
  readonly quality: number;
  readonly bytes: number;
  readonly psnr: number;
  readonly shipped: number | null;
}

export interface MadeCodec {
  /** Absolute; null: there is none. */
  readonly folder: string | null;
  readonly quality: readonly TrainingQuality[];
  readonly notices: readonly Notice[];
}

/** Purpose of drawn numbers (`Draws`). */
const PLACES = 302;
/** Sides of the squares that the codec is made from, pixels. */
const SIDE = 128;
/** Numbers of a code for 8 × 8 pixels: more are as many as pixels have, and the work of minutes. */
const MOST_CODES = 256;
/** Smaller ones have no place whose neighbours are all there. */
const LEAST = 4 * CELL;
/** Squares, at most and at least, and numbers of their codes, about: wide codes have many. */
const SQUARES = { most: 120, least: 16, numbers: 4e6 } as const;
/** Held-back pictures that are measured, and the most of each, pixels along a side. */
const MEASURED = { pictures: 8, side: 512 } as const;
/** Both networks' sides are multiples of it. */
const MULTIPLE = 16;

/**
 * @param card of the network
 * @returns no folder where its code is coarser than latents are, or the images are too small
 */
export async function codecOf(
  plan: Plan,
  weights: Float32Array,
  images: Images,
  {
    folder,
    card,
    make,
  }: {
    /** Of the training, absolute. */
    readonly folder: string;
    readonly card: Readonly<Record<string, unknown>>;
    readonly make: MakeCodec;
  },
  context: Pick<CommandContext, 'signal'>,
  services: EngineServices,
): Promise<MadeCodec> {
  const { signal } = context;
  if (!hasHalves(plan)) return none(say('codeTooCoarse', { side: 2 ** plan.settings.depth }));
  const codes = codesOf(plan);
  if (codes > MOST_CODES) return none(say('codeTooWide', { codes, most: MOST_CODES }));
  const squares = squaresOf(images.learnt, plan);
  if (!squares) return none(say('tooSmallForCodec', { side: LEAST }));
  const openGraph = (bytes: Uint8Array) => services.inference.openGraph(bytes, { threads: 1 });
  const turn = await turnOf(plan, weights, squares, openGraph, signal);
  const inColour = { ...squares, tones: plan.tones };
  const place = join(folder, trainingFiles.codec, latentId(String(card.id)));
  const rates = await make(
    {
      folder: place,
      halves: {
        analysis: analysisOf(plan, weights, turn),
        synthesis: synthesisOf(plan, weights, turn),
        channels: latentsOf(plan, turn),
        halo: haloOf(plan, MULTIPLE),
        multipleOf: MULTIPLE,
        bytesPerPixel: bytesPerPixel(plan),
      },
      card: {
        title: String(card.title),
        purpose: say('codecPurpose'),
        licence: String(card.licence),
        limits: [
          ...(card.limits as readonly string[]),
          ...(plan.tones === 1 ? [say('colourInSquares')] : []),
        ],
        ...{ saw: card.saw, training: card.training },
      },
      learnt: Array.from({ length: squares.count }, (_, at) => colourSquare(inColour, at)),
      heldBack: images.heldBack.slice(0, MEASURED.pictures).map(rasterOf(plan)),
    },
    { signal },
    services,
  );
  const larger = rates.filter(({ psnr, shipped }) => shipped !== null && shipped > psnr).length;
  return {
    folder: place,
    quality: rates.map(({ bytes, psnr, shipped }) => ({
      ...{ measure: say('asLatentFiles', { bytes }), unit: say('psnr'), network: psnr },
      beside: shipped === null ? [] : [{ name: say('generalCodec'), value: shipped }],
    })),
    notices: [{ level: 'info', text: say('codecBeside', { larger, of: rates.length }) }],
  };
}

/** A training that came to a network is not lost with its codec. @throws HourglassError cancelled */
export async function codecOrReason(make: () => Promise<MadeCodec>): Promise<MadeCodec> {
  try {
    return await make();
  } catch (error) {
    const { code, message } = toHourglassError(error);
    if (code === 'cancelled') throw error;
    const text = say('noCodecMade', { reason: message });
    return { folder: null, quality: [], notices: [{ level: 'warning', text }] };
  }
}

const none = (text: string): MadeCodec => ({
  ...{ folder: null, quality: [] },
  notices: [{ level: 'info', text }],
});

/** `latent-` and the name in the id of the training's network. */
function latentId(id: string): string {
  const own = `latent-${id.slice(id.indexOf('-') + 1)}`;
  return modelIdSchema.safeParse(own).success ? own : 'latent-own';
}

/** Squares of the images, in turn, from places that the seed chooses; null: they are too small. */
function squaresOf(learnt: readonly LearntImage[], plan: Plan) {
  const pieces = learnt.flatMap(({ pieces: own }) => own);
  const largest = Math.min(SIDE, ...pieces.map((piece) => piece.side));
  const side = Math.floor(largest / CELL) * CELL;
  if (side < LEAST) return null;
  const first = pieces[0]!;
  const tones = first.data.length / first.side ** 2;
  const draws = new Draws(plan.settings.seed, PLACES);
  const { most, least, numbers } = SQUARES;
  const fitting = Math.floor(numbers / ((side / CELL) ** 2 * codesOf(plan)));
  const count = Math.max(least, Math.min(most, fitting));
  const data = new Float32Array(count * tones * side * side);
  for (let at = 0; at < count; at++) {
    const piece = pieces[at % pieces.length]!;
    const [left, top] = [draws.below(piece.side - side + 1), draws.below(piece.side - side + 1)];
    for (let row = 0; row < tones * side; row++) {
      const from = (Math.floor(row / side) * piece.side + top + (row % side)) * piece.side + left;
      data.set(piece.data.subarray(from, from + side), (at * tones * side + row) * side);
    }
  }
  return { data, count, side };
}

function colourSquare(
  {
    data,
    side,
    tones,
  }: { readonly data: Float32Array; readonly side: number; readonly tones: number },
  at: number,
): Piece {
  const plane = side * side;
  const three = new Float32Array(3 * plane);
  for (let colour = 0; colour < 3; colour++) {
    const from = (at * tones + Math.min(colour, tones - 1)) * plane;
    three.set(data.subarray(from, from + plane), colour * plane);
  }
  return { side, data: three };
}

/** The middle of an image, 8 bits. */
const rasterOf =
  ({ tones }: Plan) =>
  ({ pieces: [piece] }: LearntImage): Raster => {
    const { side, data } = piece!;
    const own = Math.min(side, MEASURED.side);
    const edge = Math.floor((side - own) / 2);
    const pixels = new Uint8Array(own * own * tones);
    for (let y = 0, to = 0; y < own; y++)
      for (let x = 0; x < own; x++)
        for (let tone = 0; tone < tones; tone++, to++) {
          const value = data[(tone * side + edge + y) * side + edge + x]!;
          pixels[to] = Math.round(255 * Math.min(1, Math.max(0, value)));
        }
    return {
      ...{ width: own, height: own, channels: tones, hasAlpha: false, sampleType: 'uint8' },
      data: pixels,
    };
  };
