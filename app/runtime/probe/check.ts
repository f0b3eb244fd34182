/**
 * The check of one device: the reference network on a known picture, compared with the CPU, and a
 * measurement of speed. Runs in the throw-away process of `main.ts`, where a native abort hurts nobody.
 */
import type { DeviceId, DeviceReport } from '../../contract/index.ts';
import { checkOutput, largestDifference } from '../checks.ts';
import { deviceLabel } from '../devices.ts';
import { commitFault, parseFaults, probeFault } from '../faults.ts';
import { createModelStore } from '../model-store.ts';
import { referenceModel } from '../reference.ts';
import type { ModelCard } from '../types.ts';
import { plainWords } from '../words.ts';
import { createTrials } from './trials.ts';
import { say } from '../sentences.ts';

/** Largest difference from the CPU that is still the same answer: a quarter of an 8-bit step. */
const TOLERANCE = 1e-3;

/** Sides tried one after another, each only if the one before was answered within `QUICK_MS`. */
const SIDES = [32, 256, 512];
const QUICK_MS = 250;

/** 8 bits are chosen by themselves only where they pay: they cost a little quality. */
const INT8_GAIN = 1.2;

/**
 * Largest difference of 8 bits from fp32 that is still rounding. A network that loses 0.1 dB at sigma
 * 25 differs by about one level, in single pixels by several; where the processor's 16-bit sums
 * overflow, by dozens (ONNX Runtime's manual on quantisation, about x86 without VNNI).
 */
const INT8_TOLERANCE = 16 / 255;

type Device = Pick<DeviceReport, 'graphOptimization'> & { readonly id: DeviceId };

/** @param modelsFolder absolute folder of the shipped models */
export async function checkDevice(device: Device, modelsFolder: string): Promise<DeviceReport> {
  const report = {
    id: device.id,
    label: deviceLabel(device.id),
    maxDifference: null,
    megapixelsPerSecond: null,
    precision: 'fp32' as const,
    int8: null,
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
  const trials = createTrials(model);
  const fault = probeFault(parseFaults(process.env.HOURGLASS_FAULT), device.id);
  let worst = device.id === 'cpu' ? null : 0;
  let speed: number | null = null;
  for (const side of SIDES) {
    const { input, ...trial } = trials.at(side);
    const answer = async (id: DeviceId): Promise<Float32Array> => {
      const output = new Float32Array(trial.output.length);
      if (fault && id === device.id) commitFault(fault, output);
      else await trials.run({ ...trial, input, output }, { ...device, id }, model);
      return output;
    };
    // The first run of a shape compiles and allocates; the second is measured.
    await answer(device.id);
    const start = performance.now();
    const output = await answer(device.id);
    const elapsed = performance.now() - start;
    speed = (side * side) / 1000 / elapsed;

    const problem = checkOutput(model, input, output);
    if (problem) return { usable: false, reason: say('itDid', { problem }) };
    if (worst !== null) {
      worst = Math.max(worst, largestDifference(output, await answer('cpu')));
      if (!(worst <= TOLERANCE))
        return {
          usable: false,
          reason: say('answerDiffersFromCpusBy', {
            worst: worst.toPrecision(2),
            tolerance: TOLERANCE,
          }),
          maxDifference: worst,
        };
    }
    if (elapsed > QUICK_MS) break;
  }
  return {
    usable: true,
    reason:
      worst === null
        ? say('passedCheck')
        : say('answersLikeCpuLargestDifference', { worst: worst.toPrecision(2) }),
    maxDifference: worst,
    megapixelsPerSecond: speed,
  };
}

type In8Bits = Pick<DeviceReport, 'precision' | 'int8'>;

/**
 * What 8 bits are worth on the CPU: both files of the reference model in turns, three times. Processor time decides: by the clock other
 * work on the machine made 8 bits anything from 1.1 to 2.2 times as fast as they are. The speed that is told is the quickest by the clock.
 * @throws Error in the runtime's words; HourglassError model-not-found, model-damaged
 */
export async function check8Bits(
  modelsFolder: string,
  graphOptimization: DeviceReport['graphOptimization'],
): Promise<In8Bits> {
  const model = await createModelStore(modelsFolder).get(referenceModel());
  const variant = model.variants.find(({ precision }) => precision === 'int8');
  if (!variant) return { precision: 'fp32', int8: null };
  const trials = createTrials(model);
  const device = { id: 'cpu', graphOptimization } as const;
  let quickest = { fp32: Infinity, int8: Infinity };
  let spent = { fp32: 0, int8: 0 };
  let worst = 0;
  let side = 0;
  for (side of SIDES) {
    quickest = { fp32: Infinity, int8: Infinity };
    spent = { fp32: 0, int8: 0 };
    for (let round = 0; round <= 3; round++) {
      const time = async (precision: keyof typeof quickest, file: typeof variant | ModelCard) => {
        const trial = trials.at(side);
        const start = performance.now();
        const before = process.cpuUsage();
        await trials.run(trial, device, file);
        // The first round compiles and allocates.
        if (round > 0) {
          quickest[precision] = Math.min(quickest[precision], performance.now() - start);
          const { user, system } = process.cpuUsage(before);
          spent[precision] += user + system;
        }
        return trial.output;
      };
      worst = Math.max(
        worst,
        largestDifference(await time('fp32', model), await time('int8', variant)),
      );
    }
    if (quickest.fp32 > QUICK_MS) break;
  }
  const speed = (milliseconds: number): number => (side * side) / 1000 / milliseconds;
  const int8 = { megapixelsPerSecond: speed(quickest.int8), maxDifference: worst };
  return { precision: bestPrecision(spent.fp32 / spent.int8, worst), int8 };
}

/** @param gain how much faster 8 bits are @param maxDifference of any value, [0,1]; NaN is no agreement */
export const bestPrecision = (gain: number, maxDifference: number): DeviceReport['precision'] =>
  maxDifference <= INT8_TOLERANCE && gain >= INT8_GAIN ? 'int8' : 'fp32';

function reasonFor(device: DeviceId, error: unknown): string {
  const words = plainWords(error);
  if (/webgpu adapter|no supported adapters/i.test(words))
    return say('noGraphicsAdapterWithWorking');
  if (/backend not found|failed to load shared library/i.test(words))
    return say('onnxRuntimesPartForNot', { device: deviceLabel(device) });
  return say('failedCheck', { words });
}
