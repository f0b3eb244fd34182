/** The compressing capability: which function answers which command. The work is in its neighbours. */
import type { CommandContext } from '../contract/index.ts';
import type { Capability, EngineServices } from '../runtime/index.ts';
import { compress } from './compress.ts';
import { decode } from './decode.ts';
import { encode, type Cleaner } from './encode.ts';
import { info, verify } from './info.ts';
import { peer } from './peer.ts';
import { rateCurve } from './rate-curve.ts';

/**
 * @param clean cleans a picture before it is compressed: another capability's work, which this one does
 *   not know
 */
export function createLatentCapability(clean: Cleaner): Capability {
  const cleaning =
    <I, O>(
      run: (
        input: I,
        context: CommandContext,
        services: EngineServices,
        clean: Cleaner,
      ) => Promise<O>,
    ) =>
    (input: I, context: CommandContext, services: EngineServices): Promise<O> =>
      run(input, context, services, clean);
  return {
    encode: cleaning(encode),
    decode,
    info,
    verify,
    compress: cleaning(compress),
    rateCurve: cleaning(rateCurve),
    peer,
  };
}
