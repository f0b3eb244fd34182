/**
 * Is this an answer at all? A failing device returns NaN or one value everywhere more often than it
 * throws, and what comes of that is a black picture that counts as a success elsewhere.
 */
import type { Network } from './types.ts';
import { say } from './sentences.ts';

/**
 * Looks at every value of an output.
 * @param input planar [image channels + map, side / cell, side / cell], what the network was given
 * @param output planar [output channels, side / cell, side / cell], each with its own cell
 * @returns what is wrong, as the end of the sentence "the device …", or null
 */
export function checkOutput(
  model: Pick<Network, 'input' | 'output'>,
  input: Float32Array,
  output: Float32Array,
): string | null {
  const { channels, cell } = model.output;
  const plane = output.length / channels;
  const isPicture = cell === 1 && channels === model.input.imageChannels;
  let flat = 0;
  for (let channel = 0; channel < channels; channel++) {
    const { finite, constant } = look(output, channel * plane, (channel + 1) * plane);
    if (!finite) return say('answeredWithValuesNotNumbers');
    if (!constant) continue;
    flat += 1;
    // A flat picture may well have a flat answer; a picture with content never has.
    if (isPicture && !look(input, channel * plane, (channel + 1) * plane).constant)
      return say('answeredWithOneValueFor');
  }
  // One flat channel of a measurement is nothing odd (no noise anywhere); all of them, on content, are.
  if (!isPicture && flat === channels && plane >= FEWEST_CELLS && hasContent(model, input))
    return say('answeredWithOneValueFor');
  return null;
}

/** True when any channel of the picture (or of its latents) is more than one value. */
function hasContent({ input: port }: Pick<Network, 'input'>, input: Float32Array): boolean {
  const plane = input.length / (port.imageChannels + (port.noiseMap ? 1 : 0));
  for (let channel = 0; channel < port.imageChannels; channel++)
    if (!look(input, channel * plane, (channel + 1) * plane).constant) return true;
  return false;
}

/** So few cells may be equal by chance: a tiny picture is mirrored, and looks alike in each. */
const FEWEST_CELLS = 16;

function look(values: Float32Array, start: number, end: number) {
  const first = values[start]!;
  let min = first;
  let max = first;
  // x − x is 0 for every finite x and NaN for all others; NaN stays in a sum.
  let sum = 0;
  for (let i = start; i < end; i++) {
    const value = values[i]!;
    sum += value - value;
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  return { finite: sum === 0, constant: min === max };
}

/** Of two answers, value by value; NaN where one of them is no number. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    // Written so that NaN wins.
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/** Words that allocators and drivers use for "no memory". */
const outOfMemory =
  /bad_?alloc|out ?of ?memory|outofmemory|failed to allocate|allocation fail|not enough memory|cannot allocate|ENOMEM|available memory of/i;

export const soundsLikeOutOfMemory = (message: string): boolean => outOfMemory.test(message);
