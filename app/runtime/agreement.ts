/**
 * Whether a device gives what the CPU gives with this very network. Devices are checked with the reference network alone; operators of others may be
 * computed wrongly without an error: ONNX Runtime 1.30.0 has convolutions from 6 or 9 channels wrong on WebGPU
 * (`findings/onnxruntime-webgpu-conv-of-six-channels.sh`), and the pictures still look like pictures.
 */
import type { DeviceReport } from '../contract/index.ts';
import { largestDifference } from './checks.ts';
import type { ModelFile } from './choose.ts';
import { Draws } from './draws.ts';
import { bufferSizes, inputCell, inputChannels } from './pipeline.ts';
import { say } from './sentences.ts';
import type { InferenceThread } from './thread-client.ts';
import type { Network } from './types.ts';
import { plainWords } from './words.ts';

/** Largest difference that is still the same answer, of values from 0 to 1: an 8-bit step. Added networks may hold halves of precision. */
const TOLERANCE = 1 / 255;
/** Side of what both are asked about, pixels, at least. */
const SIDE = 64;

interface Asked {
  readonly model: Network;
  readonly file: ModelFile;
  readonly report: DeviceReport;
  readonly thread: InferenceThread;
  readonly threads: number;
  readonly patienceMs: number;
  readonly onHung: (detail: string) => void;
}

/** @returns what is wrong, as the end of the sentence "the device …"; null: they agree */
export async function disagreement(asked: Asked): Promise<string | null> {
  const { model, report } = asked;
  const { multipleOf } = model.input;
  const side = Math.ceil(SIDE / multipleOf) * multipleOf;
  const draws = new Draws(side, multipleOf);
  const input = Float32Array.from({ length: bufferSizes(model, side).input / 4 }, () =>
    draws.next(),
  );
  const answer = (device: Pick<DeviceReport, 'id' | 'graphOptimization'>): Promise<Float32Array> =>
    answerOf(asked, device, side, input);
  try {
    const own = await answer(report);
    const cpu = await answer({ id: 'cpu', graphOptimization: 'all' });
    const largest = largestDifference(own, cpu);
    return largest <= TOLERANCE
      ? null
      : say('computesOtherwise', { id: model.id, levels: (255 * largest).toPrecision(2) });
  } catch (error) {
    return say('failed', { error: plainWords(error) });
  }
}

async function answerOf(
  { model, file, thread, threads, patienceMs, onHung }: Asked,
  { id, graphOptimization }: Pick<DeviceReport, 'id' | 'graphOptimization'>,
  side: number,
  input: Float32Array,
): Promise<Float32Array> {
  const answer = await thread.infer({
    tile: {
      slot: 'view',
      session: {
        ...{ path: file.path, sha256: file.sha256, device: id, optimization: graphOptimization },
        ...{ threads, inputName: model.input.name, outputName: model.output.name },
      },
      side: side / inputCell(model),
      inputChannels: inputChannels(model),
      outputChannels: model.output.channels,
      outputSide: side / model.output.cell,
      input: input.slice().buffer,
      output: new ArrayBuffer(bufferSizes(model, side).output),
      cancelled: new SharedArrayBuffer(4),
      fault: null,
    },
    patienceMs,
    onHung: () => onHung(say('didNotAnswerForTile', { label: id, index: 1, length: 1, side })),
  });
  if (answer.state !== 'done')
    throw new Error(answer.state === 'skipped' ? answer.state : answer.message);
  return new Float32Array(answer.output);
}
