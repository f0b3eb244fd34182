/**
 * Ways to describe pictures so that they can be compared: by their looks (`descriptor.ts`), or by the code of a network that a person trained
 * (`networks.ts`). What one way has described is never compared with what another has.
 */
import type { Notice } from '../contract/index.ts';
import type { SmallPicture } from '../pixels/thumbnail.ts';
import type { EngineServices } from '../runtime/index.ts';
import { loadAxes } from './card.ts';
import { describe, grayOf, TINY, WIDTH, type Described } from './descriptor.ts';
import { indexOf } from './looks-index.ts';
import { SIDE } from './looks.ts';
import type { Encoder, Networks } from './networks.ts';
import { squared } from './plane.ts';
import { formOf } from './search.ts';

/** Open until `close`. */
export interface Way {
  /** SHA-256 of what describes. */
  readonly descriptor: string;
  /** Numbers of a vector. */
  readonly width: number;
  /** Longest side of the pictures that it wants, pixels. */
  readonly side: number;
  /** It can be said whether two pictures are one. */
  readonly tellsSame: boolean;
  /** @param folder absolute @returns where what it has described of a folder is remembered */
  indexOf(folder: string): string;
  describe(picture: SmallPicture): Described | Promise<Described>;
  /** What of a vector tells a picture from its mirror image. */
  formOf(vector: Float32Array): Float32Array;
  /** Makes descriptions comparable by those of a folder. */
  among(entries: readonly Described[]): <D extends Described>(one: D) => D;
  /** Counts what it described before, and what of it was unlike what a network learnt from. */
  recall(one: Described): void;
  /** What of all that it described is unlike what a network learnt from. */
  notices(): readonly Notice[];
  close(): Promise<void>;
}

/** @throws HourglassError model-not-found, model-damaged */
export async function byLooks({ models }: Pick<EngineServices, 'models'>): Promise<Way> {
  const { axes, sha256 } = await loadAxes(models);
  return {
    ...{ descriptor: sha256, width: WIDTH, side: SIDE, tellsSame: true, formOf },
    indexOf: (folder) => indexOf(folder),
    describe: (picture) => describe(grayOf(picture), axes),
    among: () => (one) => one,
    recall: () => undefined,
    notices: () => [],
    close: () => Promise.resolve(),
  };
}

/** @param place of the network @throws HourglassError file-not-found, invalid-parameter */
export async function byNetwork(
  place: string,
  networks: Pick<Networks, 'openEncoder'>,
  services: EngineServices,
): Promise<Way> {
  const encoder = await networks.openEncoder(place, services);
  const { sha256, width, side } = encoder;
  return {
    ...{ descriptor: sha256, width, side, tellsSame: false, formOf: (vector) => vector },
    indexOf: (folder) => indexOf(folder, sha256),
    async describe(picture) {
      const tiny = squared(grayOf(picture), TINY);
      const seen = await encoder.describe(picture);
      return { ...seen, tiny: Uint8Array.from(tiny, (value) => Math.round(255 * value)) };
    },
    among: (entries) => among(encoder, entries),
    recall: ({ unlike = [] }) => encoder.recall(unlike),
    notices: () => encoder.notices(),
    close: () => encoder.close(),
  };
}

/**
 * Vectors of length 1. Of a network that did not learn what a cosine shall be, each number is measured from the folder's mean in the folder's
 * deviations first: otherwise all pictures lie in one direction, and the loudest number decides.
 */
function among(
  { comparable, width }: Encoder,
  entries: readonly Described[],
): <D extends Described>(one: D) => D {
  const mean = new Float64Array(width);
  const scale = new Float64Array(width).fill(1);
  if (!comparable && entries.length > 1) {
    const squares = new Float64Array(width);
    for (const { vector } of entries)
      for (let i = 0; i < width; i++) {
        mean[i]! += vector[i]! / entries.length;
        squares[i]! += vector[i]! ** 2 / entries.length;
      }
    for (let i = 0; i < width; i++) {
      const deviation = Math.sqrt(Math.max(0, squares[i]! - mean[i]! ** 2));
      // The same in all pictures: nothing but rounding is left of it.
      scale[i] = deviation > 1e-4 * Math.abs(mean[i]!) + 1e-12 ? 1 / deviation : 0;
    }
  }
  const turned = (vector: Float32Array): Float32Array => {
    const out = vector.map((value, i) => (value - mean[i]!) * scale[i]!);
    const length = Math.hypot(...out);
    return length > 0 ? out.map((value) => value / length) : out;
  };
  return (one) => ({ ...one, vector: turned(one.vector), mirrored: turned(one.mirrored) });
}
