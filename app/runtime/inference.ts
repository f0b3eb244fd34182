/**
 * Runs a network over a picture, whatever the devices do: chooses device and tiles, and decides what
 * happens when a try fails. The try itself is `pipeline.ts`; the native call is `sessions.ts`, in the
 * inference thread; which devices there are is found out by `devices.ts`.
 */
import { HourglassError, throwIfCancelled, toHourglassError } from '../contract/index.ts';
import type { DeviceId, DeviceReport, DeviceUsed, Slot } from '../contract/index.ts';
import { disagreement } from './agreement.ts';
import { BufferPool } from './buffers.ts';
import { locateBuilt } from './built.ts';
import { soundsLikeOutOfMemory } from './checks.ts';
import { chooseDevice, chooseFile, chooseFor, type ModelFile } from './choose.ts';
import { parseFaults } from './faults.ts';
import type { Fault } from './faults.ts';
import { bufferSizes, DeviceFailure, runPlan } from './pipeline.ts';
import { currentSlot } from '../pixels/slot.ts';
import { openOnThread } from './graphs.ts';
import { Lanes, SMALL_SIDE } from './lanes.ts';
import { sharedThread } from './thread-client.ts';
import { chooseSide, DEFAULT_MEMORY_BUDGET, halveSide, largestSide, planTiles } from './tiling.ts';
import type { Inference, Network, TiledRun, TiledRunResult } from './types.ts';
import { say } from './sentences.ts';

export interface InferenceOptions {
  /** As probed. Default: none, which leaves the CPU. */
  readonly devices?: readonly DeviceReport[];
  /** Memory for one inference with its buffers, bytes. Default: DEFAULT_MEMORY_BUDGET. */
  readonly memoryBudget?: number;
  /**
   * Called when a device has not answered in time. Native code can not be interrupted, so the caller
   * must have this process killed; until then the run stays pending (a cancel ends it at once).
   */
  readonly onHung?: (device: DeviceId, detail: string) => void;
  /** Time to wait for one tile, milliseconds; default: `patience`. For tests. */
  readonly patienceMs?: number;
  /** The built `inference-thread.js`; default: found beside this program. */
  readonly threadFile?: string;
  /** Injected faults; default: those of HOURGLASS_FAULT. For tests. */
  readonly faults?: readonly Fault[];
}

/**
 * How long one tile may take: twenty times what the probe's speed promises, for a machine that swaps
 * or is shared, and three minutes more, because the first tile of a shape may compile.
 */
const patience = (side: number, report: DeviceReport): number =>
  180_000 + (20_000 * side * side) / 1e6 / (report.megapixelsPerSecond ?? 0.05);

/** A step of a training is a second's work on two cores. */
const GRAPH_PATIENCE_MS = 180_000;

export function createInference(options: InferenceOptions = {}): Inference {
  let devices = options.devices ?? [];
  /** Devices that failed in this process, and why: a run over many files must not try them again with every file. */
  const left = new Map<DeviceId, string>();
  /** What a device was found to do with a network that is not ours, by both; null: what the CPU does. */
  const checked = new Map<string, Promise<string | null>>();
  const faults = options.faults ?? parseFaults(process.env.HOURGLASS_FAULT);
  /** One for each slot: two runs side by side must not throw away each other's. */
  const buffers: Record<Slot, BufferPool> = { view: new BufferPool(), work: new BufferPool() };
  const lanes = new Lanes();
  const threadFile = options.threadFile ?? locateBuilt('runtime/inference-thread.js');
  const used = new Set<number>();
  /** One thread does both while a training is open: who gives way to tiles must see them. */
  let openGraphs = 0;
  const thread = (lane = 0) => {
    used.add(lane);
    return sharedThread(threadFile, lane);
  };

  function planFor(request: TiledRun, device: DeviceId, side?: number) {
    if (request.plan) return request.plan;
    const { model, width, height, margin = 0 } = request;
    const tiling = {
      width,
      height,
      halo: model.halo + margin,
      border: (model.border ?? model.halo) + margin,
      multipleOf: model.input.multipleOf,
    };
    const { multipleOf } = model.input;
    const sizes = bufferSizes(model, multipleOf);
    const largest = largestSide(
      request.memoryBudget ?? options.memoryBudget ?? DEFAULT_MEMORY_BUDGET,
      model.memory,
      (2 * sizes.input + 2 * request.passes * sizes.output) / multipleOf ** 2,
    );
    const shapes = device === 'cpu' ? 'any' : 'few';
    return planTiles({
      ...tiling,
      side: side ?? request.side ?? chooseSide({ ...tiling, shapes, largest }),
    });
  }

  /** Of networks that are not ours, once: ours are compared by our tests, and the reference by the check of the device. */
  function disagreementOf(
    model: Network,
    file: ModelFile,
    report: DeviceReport,
    lane: { readonly number: number; readonly threads: number },
  ): Promise<string | null> | null {
    if (report.id === 'cpu' || model.sameOnAnyCores === true) return null;
    const key = `${report.id} ${file.sha256}`;
    let found = checked.get(key);
    if (!found) {
      found = disagreement({
        ...{ model, file, report, thread: thread(lane.number), threads: lane.threads },
        patienceMs: options.patienceMs ?? patience(SMALL_SIDE, report),
        onHung: (detail) => options.onHung?.(report.id, `${detail}.`),
      });
      checked.set(key, found);
    }
    return found;
  }

  async function run(request: TiledRun): Promise<TiledRunResult> {
    throwIfCancelled(request.signal);
    const { model, signal } = request;
    const slot = currentSlot();
    let report = chooseFor(model, request, devices);
    let wanted = request.precision ?? 'auto';
    let fallback: string | null = null;
    let delivered = false;
    const fallBack = (reason: string): void => {
      fallback = say('triedFirstAndLeftBecause', { label: report.label, reason });
      report = chooseDevice('cpu', devices);
    };
    const known = left.get(report.id);
    if (known !== undefined) fallBack(known);
    let plan = planFor(request, report.id);

    for (;;) {
      const file = chooseFile(model, wanted, report);
      const device: DeviceUsed = { id: report.id, label: report.label, fallback };
      const sizes = bufferSizes(model, plan.side);
      buffers[slot].keepOnly([sizes.input, sizes.output]);
      request.planned?.(plan, device);
      const mayShare =
        slot === 'work' &&
        openGraphs === 0 &&
        report.id === 'cpu' &&
        plan.tiles.length === 1 &&
        plan.side <= SMALL_SIDE &&
        model.sameOnAnyCores === true;
      const { lane, leave } = lanes.take(mayShare);
      try {
        const otherwise = await disagreementOf(model, file, report, lane);
        if (otherwise !== null) {
          fallBack(otherwise);
          plan = planFor(request, report.id);
          continue;
        }
        await runPlan({
          request,
          plan,
          report,
          file,
          device,
          thread: thread(lane.number),
          slot,
          threads: lane.threads,
          buffers: buffers[slot],
          faults,
          patienceMs: options.patienceMs ?? patience(plan.side, report),
          onHung: (detail) =>
            options.onHung?.(
              device.id,
              `${detail}${delivered ? say('afterPartResultHadBeen') : ''}.`,
            ),
          onDelivery: () => {
            delivered = true;
          },
        });
        return { device, precision: file.precision, plan };
      } catch (error) {
        throwIfCancelled(signal);
        if (!(error instanceof DeviceFailure)) throw error;
        if (delivered)
          throw failure(
            say('partResultHadBeenDelivered', { label: report.label, message: error.message }),
            error,
          );
        const smaller =
          soundsLikeOutOfMemory(error.message) && !request.plan
            ? halveSide(plan.side, { halo: plan.halo, multipleOf: model.input.multipleOf })
            : null;
        if (smaller !== null) plan = planFor(request, report.id, smaller);
        // Only the reference model was checked in 8 bits; another one may not run in them.
        else if (wanted === 'auto' && file.precision !== 'fp32') wanted = 'fp32';
        else if (report.id !== 'cpu') {
          left.set(report.id, error.message);
          fallBack(error.message);
          plan = planFor(request, report.id);
        } else if (isBadModel(error.message))
          throw new HourglassError(
            'model-damaged',
            say('modelFileCanNotLoaded', { path: file.path, message: error.message }),
            { cause: error },
          );
        else throw failure(`${report.label} ${error.message}.`, error);
      } finally {
        leave();
      }
    }
  }

  return {
    run: (request) =>
      run(request).catch((error: unknown) => {
        throw toHourglassError(error);
      }),
    async openGraph(model, wanted) {
      const device = chooseDevice(wanted.device ?? 'cpu', devices).id;
      const graph = await openOnThread(
        thread(),
        model,
        { ...wanted, device },
        {
          patienceMs: options.patienceMs ?? GRAPH_PATIENCE_MS,
          onHung: () => options.onHung?.(device, `${say('graphHung')}.`),
        },
      );
      openGraphs += 1;
      return {
        ...graph,
        close: () => {
          openGraphs -= 1;
          return graph.close();
        },
      };
    },
    get devices() {
      return devices;
    },
    setDevices(reports) {
      devices = reports;
      left.clear();
      checked.clear();
    },
    async dispose() {
      for (const pool of Object.values(buffers)) pool.clear();
      await Promise.all([...used].map((lane) => thread(lane).release()));
    },
  };
}

const failure = (message: string, cause: DeviceFailure): HourglassError =>
  new HourglassError(
    soundsLikeOutOfMemory(cause.message) ? 'out-of-memory' : 'device-failed',
    message,
    { cause },
  );

/** What ONNX Runtime says of a file that it can not understand. */
const isBadModel = (message: string): boolean =>
  /load model|protobuf|invalid_?graph|invalid_?protobuf|not a valid model/i.test(message);
