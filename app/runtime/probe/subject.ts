/** An added network under its check: which sides it takes, and pictures through it. */
import { checkOutput } from '../checks.ts';
import type { UnknownNetwork } from '../sessions.ts';
import { plainWords } from '../words.ts';
import { cleanPicture } from './drawn-picture.ts';
import { Refusal, type Ports } from './model-ports.ts';
import { say } from '../sentences.ts';

/** Sides must be multiples of one of these; the first that works is taken. */
const STEPS = [1, 2, 4, 8, 16, 32, 64];

export interface Subject {
  readonly ports: Ports;
  readonly multipleOf: number;
  /**
   * @param picture planar [image channels, side, side]
   * @param map for networks that take one, on the [0,1] scale
   * @returns planar [image channels, side, side]
   * @throws Refusal when that is no picture
   */
  clean(picture: Float32Array, side: number, map: number): Promise<Float32Array>;
}

/** An odd multiple of `step`, so that it is one of no larger power of two. */
export const sideOf = (step: number, atLeast: number): number => {
  const times = Math.ceil(atLeast / step);
  return step * (times % 2 === 0 ? times + 1 : times);
};

/** Finds out which sides the network takes. @throws Refusal when none that is tried */
export async function createSubject(network: UnknownNetwork, ports: Ports): Promise<Subject> {
  const multipleOf = await findStep(network, ports);
  return { ports, multipleOf, clean: cleaner(network, ports) };
}

/** @throws Refusal when no step works */
async function findStep(network: UnknownNetwork, ports: Ports): Promise<number> {
  let reason = '';
  for (const step of STEPS) {
    const side = sideOf(step, 64);
    const wanted = [1, ports.imageChannels, side, side];
    try {
      const { shape } = await network.run(
        input(ports, cleanPicture(side, ports.imageChannels), 0.1),
        [1, ports.channels, side, side],
      );
      if (shape.join() === wanted.join()) return step;
      reason = say('outputMustPictureInputsSize', {
        output: ports.output,
        wanted: wanted.join(' × '),
        shape: shape.join(' × '),
      });
    } catch (error) {
      reason = say('onnxRuntimeCanNotRunOn', { side, error: plainWords(error) });
    }
  }
  throw new Refusal(reason);
}

/** Planar [image channels + map, side, side]. */
function input(ports: Ports, picture: Float32Array, map: number): Float32Array {
  if (!ports.noiseMap) return picture;
  const whole = new Float32Array((picture.length / ports.imageChannels) * ports.channels).fill(map);
  whole.set(picture);
  return whole;
}

const cleaner =
  (network: UnknownNetwork, ports: Ports): Subject['clean'] =>
  async (picture, side, map) => {
    const given = input(ports, picture, map);
    const { shape, data } = await network.run(given, [1, ports.channels, side, side]);
    const { imageChannels } = ports;
    if (!(data instanceof Float32Array) || shape.join() !== [1, imageChannels, side, side].join())
      throw new Refusal(
        say('outputMustPictureInputsSizeFor', {
          output: ports.output,
          side,
          shape: shape.join(' × '),
        }),
      );
    const output = { name: ports.output, channels: imageChannels, cell: 1 };
    const problem = checkOutput(
      { input: { ...ports, name: '', multipleOf: 1 }, output },
      given,
      data,
    );
    if (problem) throw new Refusal(say('itDid', { problem }));
    return data;
  };
