/**
 * The check of a network that a person adds: everything that its card must say is found out by running
 * it, and what does not clean a drawn picture is refused. Runs in the throw-away process of `main.ts`;
 * what becomes of the answer is `app/jobs/user-models.ts`.
 */
import { inferenceThreads } from '../cpu.ts';
import { openUnknown } from '../sessions.ts';
import { plainWords } from '../words.ts';
import { cleanPicture, level, psnr, withNoise } from './drawn-picture.ts';
import type { ModelAnswer, ModelFindings } from './model-findings.ts';
import { readPorts, Refusal, refersToOtherFiles } from './model-ports.ts';
import { findHalo } from './reach.ts';
import { createSubject, sideOf, type Subject } from './subject.ts';
import { say } from '../sentences.ts';

/** Noise that is tried, 8-bit levels; the middle one must be cleaned. */
const LEVELS = [15, 25, 50];
const MUST_CLEAN = 25;

/** Pixels of the drawn picture, at least. */
const PICTURE = 160;

/** Tried for gray pictures in a colour network, whose noise is then the same in all channels. */
const GRAY_FACTORS = [1, 1.25, 1.5, 1.73, 2];

/** Peaks of two runs say little about a third: some more is reserved. */
const MEMORY_MARGIN = 1.25;

export async function checkModel(path: string): Promise<ModelAnswer> {
  try {
    return { found: await examine(path) };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    return { refused: say('onnxRuntimeCanNotRun', { error: plainWords(error) }) };
  }
}

async function examine(path: string): Promise<ModelFindings> {
  if (await refersToOtherFiles(path)) throw new Refusal(say('weightsLieInOtherFiles'));
  const start = peak();
  const network = await openUnknown(path, inferenceThreads());
  const ports = readPorts(network);
  const subject = await createSubject(network, ports);
  const { multipleOf } = subject;
  const memory = await measureMemory(subject, start);
  if (ports.noiseMap) await checkMap(subject);
  const gains = await measureGains(subject);
  const grayMapFactor =
    ports.noiseMap && ports.imageChannels === 3 ? await findGrayFactor(subject) : 1;
  const { halo, beyond, seam } = await findHalo(subject);
  return {
    input: {
      name: ports.input,
      imageChannels: ports.imageChannels,
      noiseMap: ports.noiseMap,
      multipleOf,
    },
    output: { name: ports.output },
    ...{ halo, grayMapFactor, memory },
    checks: [
      ...kindWords(subject),
      say('whiteNoiseOnDrawnPicture', { gains: gains.join(', ') }),
      beyond
        ? say('pixelStillMattersAwayWhich', { halo: pixels(halo) })
        : say('withBorderTilesDifferFrom', { halo: pixels(halo), levels: seam.levels.toFixed(2) }),
      say('cleansAboutMegapixelsPerSecond', {
        megapixelsPerSecond: seam.megapixelsPerSecond.toPrecision(2),
      }),
    ],
    limits: [
      say('addedByYouHourglassRun'),
      ...(ports.noiseMap ? [] : [say('takesNoNoiseMapDecides')]),
      ...(seam.levels > 1
        ? [
            say('looksFartherThanWhereTiles', {
              halo: pixels(halo),
              levels: Math.ceil(seam.levels),
            }),
          ]
        : []),
    ],
  };
}

const kindWords = ({ ports, multipleOf }: Subject): string[] => [
  say('takesPictures', { channels: ports.imageChannels, noiseMap: String(ports.noiseMap) }),
  multipleOf === 1
    ? say('takesPicturesAnySize')
    : say('takesSidesMultiplesPicturesMirrored', { multipleOf }),
];

const pixels = (count: number): string => say('pixels', { count });

/** Most memory that this process ever had, bytes. */
const peak = (): number => process.resourceUsage().maxRSS * 1024;

/**
 * What the process grew by: up to the first small run, and from there by one larger run.
 * @param start `peak` before the network was loaded
 */
async function measureMemory({ ports, multipleOf, clean }: Subject, start: number) {
  const small = peak();
  const side = sideOf(multipleOf, 384);
  const picture = cleanPicture(side, ports.imageChannels);
  const before = peak();
  await clean(picture, side, level(MUST_CLEAN));
  return {
    fixedBytes: Math.round(MEMORY_MARGIN * Math.max(20e6, small - start)),
    bytesPerPixel: Math.round(MEMORY_MARGIN * Math.max(50, (peak() - before) / side ** 2)),
  };
}

/** @throws Refusal when the last channel changes nothing, and so is no noise map */
async function checkMap({ ports, multipleOf, clean }: Subject): Promise<void> {
  const side = sideOf(multipleOf, 64);
  const noisy = withNoise(cleanPicture(side, ports.imageChannels), level(MUST_CLEAN));
  const weak = await clean(noisy, side, 0);
  const strong = await clean(noisy, side, level(50));
  if (weak.every((value, i) => value === strong[i]))
    throw new Refusal(
      say('inputChannelsSoLastOne', {
        input: ports.input,
        channels: ports.channels,
        imageChannels: ports.imageChannels,
      }),
    );
}

/** @returns "15 levels 24.6 → 30.1 dB" for each level. @throws Refusal when it does not clean */
async function measureGains({ ports, multipleOf, clean }: Subject): Promise<string[]> {
  const side = sideOf(multipleOf, PICTURE);
  const picture = cleanPicture(side, ports.imageChannels);
  const words: string[] = [];
  for (const sigma of LEVELS) {
    const noisy = withNoise(picture, level(sigma));
    const before = psnr(noisy, picture);
    const after = psnr(await clean(noisy, side, level(sigma)), picture);
    // Written so that NaN is no gain.
    if (sigma === MUST_CLEAN && !(after > before))
      throw new Refusal(
        say('doesNotCleanDrawnPicture', {
          sigma,
          before: before.toFixed(1),
          after: after.toFixed(1),
          noiseMap: String(ports.noiseMap),
        }),
      );
    words.push(say('levelsDb', { sigma, before: before.toFixed(1), after: after.toFixed(1) }));
  }
  return words;
}

/** The factor on the map that cleans a gray picture best, shown as three equal channels. */
async function findGrayFactor({ multipleOf, clean }: Subject): Promise<number> {
  const side = sideOf(multipleOf, PICTURE);
  const plane = side * side;
  const one = cleanPicture(side, 1);
  const picture = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) picture.set(one, channel * plane);
  const noisy = withNoise(picture, level(MUST_CLEAN), 1, plane);
  let best = { factor: 1, decibels: -Infinity };
  for (const factor of GRAY_FACTORS) {
    const decibels = psnr(await clean(noisy, side, factor * level(MUST_CLEAN)), picture);
    if (decibels > best.decibels) best = { factor, decibels };
  }
  return best.factor;
}
