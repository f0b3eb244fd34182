/** `card.json` of a network that describes images by a code; those that clean have the card of every denoiser. Written by `result-card.ts`. */
import * as z from 'zod';
import { fileSchema, told, type AnyCard, type CardKind } from '../runtime/index.ts';

/** A network from images to images through a code. */
export interface AutoencoderCard extends AnyCard {
  /** Absolute. */
  readonly path: string;
  readonly kind: string;
  readonly input: {
    readonly name: string;
    readonly channels: number;
    /** Pixels; null: any that is a multiple of `multipleOf`. */
    readonly side: number | null;
    readonly multipleOf: number;
  };
  /** null: there is a code and no way back. */
  readonly output: { readonly name: string } | null;
  /** `whole`: an image is made as small as `side` × `side` pixels, by means of areas; `squares`: pieces of it as it is. */
  readonly sees: 'whole' | 'squares';
  readonly code: { readonly name: string; readonly width: number };
}

const schema = z.object({
  ...told,
  ...fileSchema.shape,
  task: z.literal('autoencoder'),
  kind: z.string().min(1),
  input: z.object({
    name: z.string().min(1),
    channels: z.number().int().min(1).max(4),
    side: z.number().int().min(1).nullable(),
    multipleOf: z.number().int().min(1).max(64),
  }),
  output: z.object({ name: z.string().min(1) }).nullable(),
  sees: z.enum(['whole', 'squares']).default('squares'),
  code: z.object({ name: z.string().min(1), width: z.number().int().min(1) }),
});

export const autoencoderCards: CardKind<AutoencoderCard> = {
  task: 'autoencoder',
  madeFor: 'describing',
  read(place) {
    const { file, ...card } = place.parse(schema);
    return { ...card, path: place.pathOf(file), origin: place.origin, precisions: ['fp32'] };
  },
  filesOf: (card) => [card],
};
