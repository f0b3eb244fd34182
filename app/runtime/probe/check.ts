/**
 * The check of one device: the reference network on a known picture, compared with the CPU, and a
 * measurement of speed. Runs in the throw-away process of `main.ts`, where a native abort hurts nobody.
 */
import type { DeviceId, DeviceReport } from '../../contract/index.ts';
import { checkOutput } from '../checks.ts';
import { inferenceThreads } from '../cpu.ts';
import { deviceLabel } from '../devices.ts';
import { commitFault, parseFaults, probeFault } from '../faults.ts';
import { createModelStore } from '../model-store.ts';
import { bufferSizes, inputChannels } from '../pipeline.ts';
import { referenceModel } from '../reference.ts';
import { SessionPool } from '../sessions.ts';
import type { ModelCard } from '../types.ts';
import { plainWords } from '../words.ts';

/** Largest difference from the CPU that is still the same answer: a quarter of an 8-bit step. */
const TOLERANCE = 1e-3;

/** Sides tried one after another, each only if the one before was answered within `QUICK_MS`. */
const SIDES = [32, 256, 512];
const QUICK_MS = 250;

type Device = Pick<DeviceReport, 'graphOptimization'> & { readonly id: DeviceId };

/** @param modelsFolder absolute folder of the shipped models */
export async function checkDevice(device: Device, modelsFolder: string): Promise<DeviceReport> {
  const report = {
    id: device.id,
    label: deviceLabel(device.id),
    maxDifference: null,
    megapixelsPerSecond: null,
    graphOptimization: device.graphOptimization,
    checkedAt: new Date().toISOString(),
  };
  try {
    const model = await createModelStore(modelsFolder).get(referenceModel());
    return { ...report, ...(await measure(device, model)) };
  } catch (error) {
    return { ...report, usable: false, reason: reasonFor(device.id, error) };
  }
}

async function measure(device: Device, model: ModelCard) {
  const pool = new SessionPool();
  const fault = probeFault(parseFaults(process.env.HOURGLASS_FAULT), device.id);
  let worst = device.id === 'cpu' ? null : 0;
  let speed: number | null = null;
  for (const side of SIDES) {
    const input = referencePicture(side, inputChannels(model));
    const answer = async (id: DeviceId): Promise<Float32Array> => {
      const output = new Float32Array(bufferSizes(model, side).output / 4);
      if (fault && id === device.id) commitFault(fault, output);
      else
        await pool.run(sessionSpec(model, { ...device, id }), {
          side,
          inputChannels: inputChannels(model),
          outputChannels: model.output.channels,
          outputSide: side / model.output.cell,
          input,
          output,
        });
      return output;
    };
    // The first run of a shape compiles and allocates; the second is measured.
    await answer(device.id);
    const start = performance.now();
    const output = await answer(device.id);
    const elapsed = performance.now() - start;
    speed = (side * side) / 1000 / elapsed;

    const problem = checkOutput(model, input, output);
    if (problem) return { usable: false, reason: `It ${problem}.` };
    if (worst !== null) {
      worst = Math.max(worst, largestDifference(output, await answer('cpu')));
      if (!(worst <= TOLERANCE))
        return {
          usable: false,
          reason: `Its answer differs from the CPU’s by ${worst.toPrecision(2)}; ${TOLERANCE} is allowed.`,
          maxDifference: worst,
        };
    }
    if (elapsed > QUICK_MS) break;
  }
  return {
    usable: true,
    reason:
      worst === null
        ? 'Passed its check.'
        : `Answers like the CPU: the largest difference is ${worst.toPrecision(2)}.`,
    maxDifference: worst,
    megapixelsPerSecond: speed,
  };
}

const sessionSpec = (model: ModelCard, device: Device) => ({
  path: model.path,
  sha256: model.sha256,
  device: device.id,
  optimization: device.graphOptimization,
  threads: inferenceThreads(),
  inputName: model.input.name,
  outputName: model.output.name,
});

/** Slopes, an edge and a fixed pattern of grain; planar [channels, side, side], map last. */
export function referencePicture(side: number, channels: number): Float32Array {
  const picture = new Float32Array(channels * side * side);
  let at = 0;
  for (let channel = 0; channel < channels; channel++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++, at++) {
        const slope = 0.2 + (0.4 * ((x + channel * 5) % side)) / side;
        const edge = x * 2 + y > side ? 0.25 : 0;
        // Knuth's multiplicative hash, top bits: grain without a generator's state.
        const grain = (Math.imul(at + 1, 2654435761) >>> 24) / 255 - 0.5;
        picture[at] = channel === 3 ? 25 / 255 : slope + edge + 0.2 * grain;
      }
  return picture;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    // Written so that NaN wins.
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

function reasonFor(device: DeviceId, error: unknown): string {
  const words = plainWords(error);
  if (/webgpu adapter|no supported adapters/i.test(words))
    return 'No graphics adapter with a working driver was found.';
  if (/backend not found|failed to load shared library/i.test(words))
    return `ONNX Runtime’s part for ${deviceLabel(device)} is not installed.`;
  return `It failed its check: ${words}.`;
}
