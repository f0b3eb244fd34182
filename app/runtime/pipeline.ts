/**
 * One try of a tiled run: one device, one plan. Owns the overlap of conversion and inference, the
 * circulation of buffers, and cancel. What happens when a try fails is decided in `inference.ts`.
 *
 * While the thread works on tile k, this thread hands out tile k−1 and fills tile k+1, which then
 * waits at the thread, so that the thread never idles. The next tile is chosen at that moment and no
 * sooner: a changed view takes effect two tiles later at the most. Two runs, one for the screen and one of
 * other work, may be under way at once: the thread takes the screen's tiles first.
 */
import { cancelledError, HourglassError, throwIfCancelled } from '../contract/index.ts';
import type { DeviceReport, DeviceUsed, Slot } from '../contract/index.ts';
import { nextTurn } from '../pixels/turns.ts';
import type { BufferPool } from './buffers.ts';
import { checkOutput } from './checks.ts';
import type { ModelFile } from './choose.ts';
import { faultFor } from './faults.ts';
import type { Fault } from './faults.ts';
import type { SessionSpec } from './protocol.ts';
import type { Inferred, InferenceThread } from './thread-client.ts';
import type { Network, Tile, TiledRun, TilePlan } from './types.ts';
import { plainWords } from './words.ts';
import { say } from './sentences.ts';

/** The device's fault, not the caller's. `message` continues the sentence "the device …". */
export class DeviceFailure extends Error {}

export interface Attempt {
  readonly request: TiledRun;
  readonly plan: TilePlan;
  readonly report: DeviceReport;
  readonly file: ModelFile;
  /** As told to the caller. */
  readonly device: DeviceUsed;
  readonly thread: InferenceThread;
  readonly slot: Slot;
  readonly threads: number;
  readonly buffers: BufferPool;
  readonly faults: readonly Fault[];
  readonly patienceMs: number;
  readonly onHung: (detail: string) => void;
  /** Called before the first `collect`. */
  readonly onDelivery: () => void;
}

export const inputChannels = ({ input }: Pick<Network, 'input'>): number =>
  input.imageChannels + (input.noiseMap ? 1 : 0);

/** Pixels of the picture that one sample of the input stands for, along a side. */
export const inputCell = ({ input }: Pick<Network, 'input'>): number => input.cell ?? 1;

/** Bytes of one input and one output at a side in pixels, a multiple of both cells. */
export function bufferSizes(model: Pick<Network, 'input' | 'output'>, side: number) {
  const { channels, cell } = model.output;
  return {
    input: 4 * inputChannels(model) * (side / inputCell(model)) ** 2,
    output: 4 * channels * (side / cell) ** 2,
  };
}

/**
 * Runs every tile of the plan.
 * @throws DeviceFailure, HourglassError cancelled, and whatever the caller's functions throw
 */
export async function runPlan(attempt: Attempt): Promise<void> {
  const { request, plan, device, buffers } = attempt;
  const { signal, passes } = request;
  const sizes = bufferSizes(request.model, plan.side);
  const cancelled = new SharedArrayBuffer(4);
  const ending = rejectionOf(signal);
  /** The last two at the thread: one that it works on, one that waits there. */
  const running: Promise<Float32Array>[] = [];
  let done = 0;

  const start = (tile: Tile, order: number, input: ArrayBuffer): Promise<Float32Array> => {
    const answer = inferTile(attempt, {
      tile,
      order,
      input,
      output: allocate(buffers, sizes.output),
      cancelled,
    });
    // Whoever awaits it hears of a failure; a try that has already ended must not.
    answer.catch(() => undefined);
    if (running.push(answer) > 2) running.shift();
    return answer;
  };

  const deliver = async (tile: Tile, answers: readonly Promise<Float32Array>[]): Promise<void> => {
    const outputs = await Promise.race([Promise.all(answers), ending.promise]);
    throwIfCancelled(signal);
    attempt.onDelivery();
    await request.collect(tile, outputs, plan);
    for (const output of outputs) buffers.give(output.buffer as ArrayBuffer);
    done += 1;
    request.progress({
      done,
      total: plan.tiles.length,
      unit: 'tiles',
      message: say('tileOn', { done, length: plan.tiles.length, label: device.label }),
      megapixels: (plan.width * plan.height) / 1e6,
    });
    // Whoever waits for this thread (tiles for the screen, "cancel") comes first.
    await nextTurn();
  };

  try {
    const waiting = new Set(plan.tiles);
    let previous: { tile: Tile; answers: Promise<Float32Array>[] } | null = null;
    for (let order = 0; waiting.size > 0; order++) {
      throwIfCancelled(signal);
      const tile = chooseTile(request, waiting);
      const answers: Promise<Float32Array>[] = [];
      for (let pass = 0; pass < passes; pass++) {
        if (running.length === 2) await Promise.race([running[0], ending.promise]);
        throwIfCancelled(signal);
        const input = allocate(buffers, sizes.input);
        const fetching = request.fill(tile, pass, plan, new Float32Array(input));
        if (fetching) await Promise.race([fetching, ending.promise]);
        answers.push(start(tile, order, input));
      }
      if (previous) await deliver(previous.tile, previous.answers);
      previous = { tile, answers };
      // Somebody waits for the first tile of the screen: the thread's next one would take the processor from what finishes it.
      if (order === 0 && attempt.slot === 'view') {
        await deliver(tile, answers);
        previous = null;
      }
    }
    if (previous) await deliver(previous.tile, previous.answers);
  } finally {
    // What still waits at the thread is skipped, whatever ended this try.
    Atomics.store(new Int32Array(cancelled), 0, 1);
    ending.dispose();
  }
}

/** @throws DeviceFailure, so that smaller tiles are tried */
function allocate(buffers: BufferPool, bytes: number): ArrayBuffer {
  try {
    return buffers.take(bytes);
  } catch (error) {
    throw new DeviceFailure(say('failedOutMemoryForBuffers'), { cause: error });
  }
}

function chooseTile(request: TiledRun, waiting: Set<Tile>): Tile {
  const [first] = waiting;
  const tile = request.next ? request.next(waiting) : first;
  if (!tile || !waiting.delete(tile))
    throw new HourglassError('internal', say('tileChosenNotWaiting'));
  return tile;
}

interface TileBuffers {
  readonly tile: Tile;
  /** How many tiles of this run were started before. */
  readonly order: number;
  readonly input: ArrayBuffer;
  readonly output: ArrayBuffer;
  readonly cancelled: SharedArrayBuffer;
}

/** One pass of one tile through the thread, checked. @throws DeviceFailure, HourglassError cancelled */
async function inferTile(attempt: Attempt, buffered: TileBuffers): Promise<Float32Array> {
  const { request, plan, report, buffers } = attempt;
  const { model } = request;
  const session: SessionSpec = {
    path: attempt.file.path,
    sha256: attempt.file.sha256,
    device: report.id,
    optimization: report.graphOptimization,
    threads: attempt.threads,
    inputName: model.input.name,
    outputName: model.output.name,
  };
  let answer: Inferred;
  try {
    answer = await attempt.thread.infer({
      tile: {
        slot: attempt.slot,
        session,
        side: plan.side / inputCell(model),
        inputChannels: inputChannels(model),
        outputChannels: model.output.channels,
        outputSide: plan.side / model.output.cell,
        input: buffered.input,
        output: buffered.output,
        cancelled: buffered.cancelled,
        fault: faultFor(attempt.faults, report.id, buffered.order, plan.side),
      },
      patienceMs: attempt.patienceMs,
      onHung: () =>
        attempt.onHung(
          say('didNotAnswerForTile', {
            label: report.label,
            index: buffered.tile.index + 1,
            length: plan.tiles.length,
            side: plan.side,
          }),
        ),
    });
  } catch (error) {
    throw new DeviceFailure(say('failed', { error: plainWords(error) }), { cause: error });
  }
  const output = new Float32Array(answer.output);
  const problem =
    answer.state === 'done' ? checkOutput(model, new Float32Array(answer.input), output) : null;
  buffers.give(answer.input);
  if (answer.state === 'done' && problem === null) return output;
  buffers.give(answer.output);
  if (answer.state === 'skipped') throw cancelledError();
  throw new DeviceFailure(problem ?? say('failedMessage', { message: plainWords(answer.message) }));
}

/** A promise that rejects when the signal fires, so that nobody waits for a tile that nobody wants. */
function rejectionOf(signal: AbortSignal): { promise: Promise<never>; dispose: () => void } {
  let onAbort = () => {};
  const promise = new Promise<never>((_, reject) => {
    onAbort = () => reject(cancelledError());
    signal.addEventListener('abort', onAbort, { once: true });
  });
  promise.catch(() => undefined);
  return { promise, dispose: () => signal.removeEventListener('abort', onAbort) };
}
