/**
 * `card.json` of a latent model: two networks, and what the entropy coder reads. Registered with the
 * engine's capabilities; cards of single networks are read by `runtime`.
 */
import * as z from 'zod';
import {
  fileSchema,
  fingerprint,
  partNetwork,
  partSchema,
  told,
  type AnyCard,
  type CardKind,
  type CardPlace,
  type Network,
  type PartFile,
} from '../runtime/index.ts';
import { say } from './sentences.ts';

export interface LatentCard extends AnyCard {
  readonly parts: {
    /** Picture to latents. */
    readonly analysis: Network;
    /** Latents and the quantiser's step to picture. */
    readonly synthesis: Network;
    /** The integer network and tables of the entropy coder. */
    readonly entropy: PartFile;
  };
}

const schema = z.object({
  ...told,
  task: z.literal('latent'),
  bytes: z.undefined().optional(),
  sha256: z.undefined().optional(),
  parts: z.object({ analysis: partSchema, synthesis: partSchema, entropy: fileSchema }),
});

export const latentCards: CardKind<LatentCard> = {
  task: 'latent',
  madeFor: 'compressing',
  read(place) {
    const data = place.parse(schema);
    refuseMisfits(data.parts, place);
    const { parts, ...card } = data;
    const { analysis, synthesis, entropy } = parts;
    return {
      ...card,
      origin: place.origin,
      bytes: analysis.bytes + synthesis.bytes + entropy.bytes,
      sha256: fingerprint([analysis.sha256, synthesis.sha256, entropy.sha256]),
      // Of the synthesis: the analysis decides what a file holds, and that must not depend on a machine.
      precisions: ['fp32', ...synthesis.variants.map(({ precision }) => precision)],
      parts: {
        analysis: partNetwork(card.id, analysis, place.folder),
        synthesis: partNetwork(card.id, synthesis, place.folder),
        entropy: { ...entropy, path: place.pathOf(entropy.file) },
      },
    };
  },
  filesOf: ({ parts: { analysis, synthesis, entropy } }) => [
    analysis,
    ...analysis.variants,
    synthesis,
    ...synthesis.variants,
    entropy,
  ],
};

/** @throws HourglassError model-damaged when the parts do not fit together */
function refuseMisfits(
  { analysis, synthesis }: z.infer<typeof schema>['parts'],
  { damaged }: CardPlace,
): void {
  const latents = analysis.output;
  if (
    analysis.input.imageChannels !== 3 ||
    analysis.input.cell !== 1 ||
    synthesis.output.channels !== 3 ||
    synthesis.output.cell !== 1
  )
    throw damaged(say('networksDoNotGoFrom'));
  if (
    synthesis.input.imageChannels !== latents.channels + 1 ||
    synthesis.input.cell !== latents.cell
  )
    throw damaged(say('synthesisDoesNotTakeWhat'));
  for (const { input, output } of [analysis, synthesis])
    if (input.multipleOf % (input.cell * output.cell) !== 0)
      throw damaged(say('cellDoesNotDivideInput'));
}
