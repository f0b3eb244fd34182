/**
 * Layers that show compressing: how they are named, and what is kept with them. That of `compress` keeps
 * the very bytes that it was decoded from, so that an export of the same settings writes what was seen.
 */
import type { Commands, DeviceUsed, OutputOf, ParsedInputOf } from '../contract/index.ts';
import { layerIdOf, layerKind, type OpenDocument } from '../pixels/index.ts';
import type { Codec } from './codec.ts';
import { say } from './sentences.ts';

export interface CompressedFacts {
  /** What `compress` says of it. */
  readonly found: Omit<OutputOf<Commands['compress']>, 'seconds'>;
  /** The file, the hash of its latents, and what analysed the picture. */
  readonly file: {
    readonly data: Uint8Array;
    readonly hash: string;
    readonly device: DeviceUsed;
  };
}

export const compressedLayer = layerKind<CompressedFacts>(
  () => say('compressedPicture'),
  ({ file }) => file.data.length,
);

type Settings = Pick<ParsedInputOf<Commands['compress']>, 'quality' | 'clean' | 'device'>;

/** Equal settings that matter to the file, equal id. */
export function compressedLayerId(
  { quality, clean, device }: Settings,
  { card }: Pick<Codec, 'card'>,
): string {
  return layerIdOf('latent', [card.id, card.sha256, quality, clean, device]);
}

/** What the screen shows of a document at these settings; null: it was not made, or is gone. */
export const shownFile = (
  document: OpenDocument,
  settings: Settings,
  codec: Pick<Codec, 'card'>,
): CompressedFacts | null =>
  document.layer(compressedLayerId(settings, codec), compressedLayer)?.facts ?? null;

/** What `peer` says of its layer, whatever size was asked for. */
export type PeerFacts = Omit<OutputOf<Commands['peer']>, 'layer'>;

export const peerLayer = layerKind<PeerFacts>(() => say('pictureInAnotherFormat'));
