/** Noise that a network of its own is for. */
import * as z from 'zod';

export const noiseSource = z
  .enum(['few-photons', 'low-light'])
  .describe(
    'few-photons: it grows with the light; low-light: strong and smeared, as phones leave it in the dark. Automatic takes the network that is made for it; null: any other noise',
  );
export type NoiseSource = z.infer<typeof noiseSource>;
