/** Quantiser steps and the quality dial: 16 steps of the quantiser double it. */

/** Step indices are 0..127. */
export const STEPS = 128;

/** Largest side of a tile, latents (8 × 8 pixels each). */
export const LARGEST_TILE = 128;

/** Width of the quantiser, 8-bit levels of an orthonormal basis, for a step index (0..127). */
export const delta = (step: number): number => 2 ** (step / 16);

/** Step index of a quality (1..100). */
export const stepOfQuality = (quality: number): number => 113 - quality;
