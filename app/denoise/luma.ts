/**
 * What luma (`pixels/luma.ts`) is to cleaning. Luma Y = Σ wᵢ·channelᵢ with
 * Σ wᵢ = 1; chroma Cb ∝ B − Y, Cr ∝ R − Y. Exchanging the luma of a pixel and keeping its chroma is
 * therefore adding the same number to R, G and B, which is how detail and chroma strength work here.
 */
import { LUMA } from '../pixels/luma.ts';

/** Standard deviation of luma for independent noise of 1 in each channel: √(Σ wᵢ²). */
export const LUMA_NOISE = Math.sqrt(LUMA[0] ** 2 + LUMA[1] ** 2 + LUMA[2] ** 2);
