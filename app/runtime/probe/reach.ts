/** How far a pixel matters in a network, and what tiles cost: both measured. See `check-model.ts`. */
import { cleanPicture, level, withNoise } from './drawn-picture.ts';
import { sideOf, type Subject } from './subject.ts';

/** As far as is looked, pixels. */
const FARTHEST = 128;

/** A change of half the scale that does less than this (a tenth of an 8-bit step) does nothing. */
const NOTHING = 0.1 / 255;

const SIGMA = level(25);

/**
 * Changes one pixel and looks how far away the answer differs.
 * @returns halo pixels; `beyond`: it may be more
 */
async function findReach(subject: Subject): Promise<{ halo: number; beyond: boolean }> {
  const { ports, multipleOf, clean } = subject;
  const side = sideOf(multipleOf, 2 * FARTHEST + 2);
  const noisy = withNoise(cleanPicture(side, ports.imageChannels), SIGMA);
  const before = await clean(noisy, side, SIGMA);
  const plane = side * side;
  const middle = side >> 1;
  let halo = 0;
  // Two places in the grid of a network that works at reduced sizes.
  for (const place of new Set([middle, middle + (multipleOf >> 1) - multipleOf])) {
    const changed = noisy.slice();
    for (let channel = 0; channel < ports.imageChannels; channel++) {
      const at = channel * plane + place * side + place;
      changed[at]! += changed[at]! > 0.5 ? -0.5 : 0.5;
    }
    const after = await clean(changed, side, SIGMA);
    for (let i = 0; i < after.length; i++) {
      if (Math.abs(after[i]! - before[i]!) <= NOTHING) continue;
      const within = i % plane;
      const distance = Math.max(
        Math.abs((within % side) - place),
        Math.abs(Math.floor(within / side) - place),
      );
      if (distance > halo) halo = distance;
    }
  }
  return { halo: Math.min(halo, FARTHEST), beyond: halo >= FARTHEST };
}

/** Tiles that differ by no more than this from the whole picture, in 8-bit levels, do not show. */
const INVISIBLE = 0.5;

/**
 * The border that tiles of the network need: as far as one pixel matters, and more where many weak
 * influences add up. Where no border is enough (a mean over the whole tile, for example), the first.
 */
export async function findHalo(subject: Subject) {
  const { halo: first, beyond } = await findReach(subject);
  const seam = await tileDifference(subject, first);
  for (let halo = first, wider = seam; wider.levels > INVISIBLE && halo < FARTHEST;) {
    halo = Math.min(FARTHEST, Math.max(8, 2 * halo));
    wider = await tileDifference(subject, halo);
    if (wider.levels <= INVISIBLE) return { halo, beyond, seam: wider };
  }
  return { halo: first, beyond, seam };
}

/**
 * The same pixels as part of a tile with this halo and of a larger picture that is much brighter
 * around that tile, so that a network which looks everywhere is found out.
 * @returns the largest difference, 8-bit levels; speed on the larger picture
 */
async function tileDifference(subject: Subject, halo: number) {
  const { ports, multipleOf, clean } = subject;
  const core = 64;
  const tile = sideOf(multipleOf, 2 * halo + core);
  const side = sideOf(multipleOf, Math.max(384, tile + 96));
  const from = Math.floor((side - tile) / 2 / multipleOf) * multipleOf;
  const picture = withNoise(cleanPicture(side, ports.imageChannels), SIGMA);
  const isInside = (place: number): boolean => place >= from && place < from + tile;
  for (let i = 0; i < picture.length; i++)
    if (!isInside(i % side) || !isInside(Math.floor(i / side) % side))
      picture[i] = 1 - 0.3 * picture[i]!;
  const cut = new Float32Array(ports.imageChannels * tile * tile);
  const planes = Array.from({ length: ports.imageChannels }, (_, channel) => channel);
  for (const channel of planes)
    for (let y = 0; y < tile; y++) {
      const start = channel * side * side + (from + y) * side + from;
      cut.set(picture.subarray(start, start + tile), (channel * tile + y) * tile);
    }
  await clean(picture, side, SIGMA);
  const started = performance.now();
  const whole = await clean(picture, side, SIGMA);
  const seconds = (performance.now() - started) / 1000;
  const part = await clean(cut, tile, SIGMA);
  let worst = 0;
  for (const channel of planes)
    for (let y = halo; y < tile - halo; y++)
      for (let x = halo; x < tile - halo; x++) {
        const inWhole = whole[channel * side * side + (from + y) * side + from + x]!;
        const difference = Math.abs(inWhole - part[(channel * tile + y) * tile + x]!);
        if (difference > worst) worst = difference;
      }
  return { levels: 255 * worst, megapixelsPerSecond: (side * side) / 1e6 / seconds };
}
