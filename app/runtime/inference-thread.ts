/**
 * An inference thread: a worker thread of the engine process in which ONNX Runtime lives. Its other end is `thread-client.ts`.
 *
 * Why a thread: `session.run` of onnxruntime-node is synchronous, it blocks the JavaScript thread for
 * the whole inference; the engine's main thread must meanwhile serve tiles, convert pixels and hear
 * "cancel". Why made once and never again in a process, and in Electron exactly one: importing ONNX Runtime in
 * many worker threads crashes Electron at random (microsoft/onnxruntime#20084). Elsewhere small pictures of a run have a
 * few (`lanes.ts`). Isolation from native crashes is the engine process's business, not this thread's.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Slot } from '../contract/index.ts';
import { LONGEST_WAIT } from '../pixels/slot.ts';
import { commitFault } from './faults.ts';
import { Leisure } from './leisure.ts';
import { startLanguage } from './language.ts';
import type {
  FromThread,
  GraphBuffers,
  GraphMessage,
  InferMessage,
  ThreadData,
  ToThread,
} from './protocol.ts';
import { openGraph, SessionPool, type OpenGraph } from './sessions.ts';
import { tensorsOf } from './graph-values.ts';

if (!parentPort) throw new Error('This file is the inference thread of Hourglass.');
const port = parentPort;
startLanguage();
const pool = new SessionPool();
const current = new Int32Array((workerData as ThreadData).current);

async function infer(message: InferMessage): Promise<void> {
  const answer = (state: 'done' | 'skipped' | 'failed', words = '') =>
    port.postMessage(
      {
        kind: 'inferred',
        id: message.id,
        state,
        message: words,
        input: message.input,
        output: message.output,
      } satisfies FromThread,
      [message.input, message.output],
    );
  if (Atomics.load(new Int32Array(message.cancelled), 0) !== 0) return answer('skipped');
  try {
    const output = new Float32Array(message.output);
    if (message.fault) commitFault(message.fault, output);
    else
      await pool.run(message.session, {
        ...message,
        input: new Float32Array(message.input),
        output,
      });
  } catch (error) {
    return answer('failed', error instanceof Error ? error.message : String(error));
  }
  answer('done');
}

/** Graphs that are open, by their numbers. */
const graphs = new Map<number, OpenGraph>();
/** Those of them whose runs have time. */
const unhurried = new Set<number>();
const leisure = new Leisure();
const hasTime = (message: InferMessage | GraphMessage): boolean =>
  message.kind === 'run-graph' && unhurried.has(message.graph);

/** A step of a training, or what is before and after all of them: work, one call each, so that tiles come between. */
async function graphWork(message: GraphMessage): Promise<void> {
  const { id, graph } = message;
  const { inputs, into } =
    message.kind === 'run-graph' ? message : { inputs: {}, into: {} as GraphBuffers };
  let failure: string | null = null;
  try {
    if (message.kind === 'open-graph') {
      graphs.set(graph, await openGraph(message.bytes, message));
      if (message.hasTime) unhurried.add(graph);
    } else if (message.kind === 'run-graph')
      await graphs.get(graph)!.run(tensorsOf(inputs), tensorsOf(into));
    else {
      const open = graphs.get(graph);
      graphs.delete(graph);
      unhurried.delete(graph);
      await open?.release();
    }
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  port.postMessage(
    { kind: 'graph-done', id, failure, inputs, into } satisfies FromThread,
    [inputs, into].flatMap((buffers) => Object.values(buffers).map(({ data }) => data)),
  );
}

const waiting: Record<Slot, (InferMessage | GraphMessage)[]> = { view: [], work: [] };
const releases: number[] = [];
/** Something is computed for the screen, of which a tile may come. */
let viewing = false;
/** Work waits for that tile until then; null: none waits. */
let held: NodeJS.Timeout | null = null;
/** What has time is asked again then; null: nothing waits for that. */
let later: NodeJS.Timeout | null = null;
let isOver = false;

function take(message: ToThread): void {
  if (message.kind === 'infer') waiting[message.slot].push(message);
  else if (message.kind === 'viewing') viewing = message.is;
  else if (message.kind === 'release') releases.push(message.id);
  else waiting.work.push(message);
}

/**
 * What has arrived by now: `run` blocks this thread, so that messages are not events before it is over.
 * Who looks on waits for the tile that runs, and for no other: no tile of work begins while the main thread
 * prepares one for the screen, which takes it a tenth of a second.
 */
function nextTile(): InferMessage | GraphMessage | undefined {
  for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port))
    take(got.message as ToThread);
  const isHeld = viewing && !isOver;
  const tile = waiting.view.shift() ?? (isHeld ? undefined : nextWork());
  if (!tile && isHeld && waiting.work.length > 0) held ??= setTimeout(endHold, LONGEST_WAIT);
  else {
    if (held) clearTimeout(held);
    held = null;
    isOver = false;
  }
  return tile;
}

/** First come, first served, but for what has time. */
function nextWork(): InferMessage | GraphMessage | undefined {
  if (later) clearTimeout(later);
  later = null;
  const wait = leisure.wait(performance.now());
  const at = waiting.work.findIndex((message) => wait === 0 || !hasTime(message));
  if (at >= 0) return waiting.work.splice(at, 1)[0];
  if (waiting.work.length > 0) later = setTimeout(go, Math.ceil(wait));
  return undefined;
}

function endHold(): void {
  isOver = true;
  go();
}

async function release(id: number): Promise<void> {
  // A session that can not be released is left behind; nobody can do more about it.
  await pool.release().catch(() => undefined);
  port.postMessage({ kind: 'released', id } satisfies FromThread);
}

/** One after the other: `run` yields once before it blocks, and two sessions of one device must not interleave. */
let working = false;
async function work(): Promise<void> {
  if (working) return;
  working = true;
  for (;;) {
    const tile = nextTile();
    if (tile) {
      Atomics.store(current, 0, tile.id);
      const begun = performance.now();
      const isUnhurried = hasTime(tile);
      await (tile.kind === 'infer' ? infer(tile) : graphWork(tile));
      Atomics.store(current, 0, 0);
      const now = performance.now();
      if (isUnhurried) leisure.step(now - begun);
      else if (tile.kind === 'infer') leisure.tile(now - begun, now);
    } else if (releases.length > 0) await release(releases.shift()!);
    else break;
  }
  working = false;
}

/** An error of ours is the end of this thread, as that of any event: the client tells of it. */
function go(): void {
  work().catch((error: unknown) =>
    process.nextTick(() => {
      throw error;
    }),
  );
}

port.on('message', (message: ToThread) => {
  take(message);
  go();
});
