/** What exploring asks of a network that a person trained. Capabilities do not know each other: who trains them hands this in (`jobs/engine/capabilities.ts`). */
import type { Notice } from '../contract/index.ts';
import type { DecodedImage } from '../pixels/index.ts';
import type { SmallPicture } from '../pixels/thumbnail.ts';
import type { EngineServices, Unlike } from '../runtime/index.ts';
import type { Plane } from './plane.ts';

/** Describes pictures by its code. Open until `close`. */
export interface Encoder {
  /** SHA-256 of the network and of how it is asked: what another one says is never compared with it. */
  readonly sha256: string;
  /** Numbers of a description. */
  readonly width: number;
  /** Longest side of the pictures that it is shown, pixels. */
  readonly side: number;
  /** It learnt what the cosine of two descriptions shall be; of others their numbers are to be made comparable first. */
  readonly comparable: boolean;
  /** Of the picture and of its mirror image. */
  describe(picture: SmallPicture): Promise<{
    readonly vector: Float32Array;
    readonly mirrored: Float32Array;
    /** In what the picture is unlike what the network learnt from. */
    readonly unlike: readonly Unlike[];
  }>;
  /** Counts a picture again that it described before. */
  recall(unlike: readonly Unlike[]): void;
  /** What of all that it described is unlike what the network learnt from. */
  notices(): readonly Notice[];
  close(): Promise<void>;
}

/** Gives pictures back as well as it can. Open until `close`. */
export interface Rebuilder {
  /** SHA-256 of the network. */
  readonly sha256: string;
  /**
   * Mean squared difference between each square of pixels and what the network makes of it, in units of the range that networks see.
   * @throws HourglassError invalid-parameter: the picture is smaller than what the network sees at a time
   */
  errors(
    image: DecodedImage,
    signal: AbortSignal,
  ): Promise<{
    readonly map: Plane;
    /** Side of the square of pixels that a sample stands for. */
    readonly cell: number;
  }>;
  /** It learnt from this very picture: how well it gives it back says nothing of fresh ones. */
  hasLearnt(files: readonly string[], signal: AbortSignal): Promise<boolean>;
  /** What of all that it gave back is unlike what the network learnt from. */
  notices(): readonly Notice[];
  close(): Promise<void>;
}

/** @throws HourglassError file-not-found: no training is there; invalid-parameter: the network is of a kind that can not do it */
export interface Networks {
  openEncoder(place: string, services: EngineServices): Promise<Encoder>;
  openRebuilder(place: string, services: EngineServices): Promise<Rebuilder>;
}
