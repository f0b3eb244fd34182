/**
 * What happens to one tile: pixels to the network's input, and its outputs to cleaned pixels. How the network is asked
 * and what its answers mean is `asking.ts`, what was taken away and is given back `removed.ts`, rounding and alpha
 * `write-core.ts`; the order of tiles and where the pixels go is `denoise.ts`. Pure functions over typed arrays.
 */
import { bandsOf, nextTurn } from '../pixels/turns.ts';
import type { PixelTarget } from '../runtime/index.ts';
import { readAnswers, type Cleaned, type TilePlace } from './asking.ts';
import { chromaOf, type CleanSpec } from './clean-spec.ts';
import { groundOf, groundWithin, keepGround } from './ground.ts';
import { LUMA } from '../pixels/luma.ts';
import { removedFrom, type Removed } from './removed.ts';
import { writeCore } from './write-core.ts';

/** What was taken away from the core of a tile in the end: what `addStructure` reads. All row-major, core.width × core.height. */
export interface Taken {
  /** Of the source, white = 1. */
  readonly luma: Float32Array;
  /** Luma of source − result. */
  readonly residual: Float32Array;
  /** 1: a pixel of constant ground; null: there is none. */
  readonly ground: Uint8Array | null;
}

/**
 * Turns the outputs of a tile into pixels of its core, and writes them.
 * Others have the thread between its parts: a tile of a megapixel is a tenth of a second in all.
 * @param outputs planar [image channels, side, side] in units of the picture's range, one per pass
 */
export async function finishTile(
  spec: CleanSpec,
  place: TilePlace,
  outputs: readonly Float32Array[],
  target: PixelTarget,
): Promise<Taken> {
  const { core, origin } = place.tile;
  const cleaned = readAnswers(spec, place, outputs);
  const around = groundOf(spec, place);
  if (around) keepGround(spec, place, around, cleaned);
  const removed = await removedFrom(spec, place, cleaned.picture);
  const ground = around && groundWithin(around, core);
  const { luma, residual, returned } = removed;
  if (ground && returned) for (let i = 0; i < ground.length; i++) if (ground[i]) returned[i] = 0;
  const { base, lift } = chromaRules[chromaOf(spec)](cleaned, removed, place);
  const window = { spec, core, origin, side: place.plan.side };
  for (const rows of bandsOf(core)) {
    writeCore(window, rows, base, lift, target);
    await nextTurn();
  }

  if (returned) for (let i = 0; i < returned.length; i++) residual[i]! -= returned[i]!;
  return { luma, residual, ground };
}

/** What is written: a planar picture, or the source where that is null, and what is added to each colour channel. */
interface Written {
  readonly base: Float32Array | null;
  /** core.width × core.height; null: nothing. */
  readonly lift: Float32Array | null;
}

/** What is written, by where its chroma comes from (see `luma.ts`). */
const chromaRules = {
  shared: ({ picture }: Cleaned, { returned }: Removed): Written => ({
    base: picture,
    lift: returned,
  }),
  /** The source with the luma of the cleaned picture. */
  source: (_cleaned: Cleaned, removed: Removed): Written => ({
    base: null,
    lift: liftedBy(removed, (i) => removed.luma[i]!),
  }),
  /** The picture that was cleaned for its chroma, with the luma of the other one. */
  own: ({ chroma }: Cleaned, removed: Removed, { tile, plan }: TilePlace): Written => {
    const base = chroma!;
    const { core, origin } = tile;
    const { side } = plan;
    const plane = side * side;
    const [red, green, blue] = LUMA;
    const first = (core.y - origin.y) * side + core.x - origin.x;
    return {
      base,
      lift: liftedBy(removed, (i) => {
        const at = first + Math.floor(i / core.width) * side + (i % core.width);
        return red * base[at]! + green * base[at + plane]! + blue * base[at + 2 * plane]!;
      }),
    };
  },
};

/** From a luma to that of the cleaned picture with what is given back. */
function liftedBy(
  { luma, residual, returned }: Removed,
  lumaOfBase: (index: number) => number,
): Float32Array {
  const lift = new Float32Array(luma.length);
  for (let i = 0; i < lift.length; i++)
    lift[i] = luma[i]! - residual[i]! - lumaOfBase(i) + (returned ? returned[i]! : 0);
  return lift;
}
