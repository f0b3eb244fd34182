/**
 * The compressing capability: which function answers which command, who reads latent files and the cards
 * of latent models. The work is in its neighbours.
 */
import type { Capability } from '../runtime/index.ts';
import { latentCards } from './card.ts';
import { compress } from './compress.ts';
import { decode } from './decode.ts';
import { KeptLatents } from './document-latents.ts';
import type { Cleaner } from './cleaner.ts';
import { encode } from './encode.ts';
import { info, verify } from './info.ts';
import type { LosslessSize } from './lossless.ts';
import { peer } from './peer.ts';
import { rateCurve } from './rate-curve.ts';
import { createLatentReader } from './reader.ts';

/**
 * @param clean cleans a picture before it is compressed: another capability's work, which this one does
 *   not know
 * @param lossless the same of what a scan takes without loss
 */
export function createLatentCapability(clean: Cleaner, lossless: LosslessSize): Capability {
  const kept = new KeptLatents(clean, lossless);
  return {
    id: 'latent',
    handlers: {
      encode: (input, context, services) => encode(input, context, services, { clean, lossless }),
      decode,
      verify,
      compress: (input, context, services) => compress(input, context, services, kept),
      rateCurve: (input, context, services) => rateCurve(input, context, services, kept),
      peer,
    },
    describers: { hgl: info },
    readers: (services) => ({ hgl: createLatentReader(services) }),
    cardKinds: [latentCards],
    closed: (document) => kept.closed(document),
  };
}
