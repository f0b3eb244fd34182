/** The thread of frames: one that dies is called what it is, nothing is said of the file; and whoever asks gets the answer to that, whatever becomes of the others. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { parseDicom } from '../../../app/scans/dicom/file.ts';
import { frameBytes } from '../../../app/scans/dicom/frames.ts';
import { pixelFactsOf } from '../../../app/scans/dicom/image.ts';
import type { EncodeCall, FrameCall } from '../../../app/scans/dicom/frame-protocol.ts';
import { FrameThread } from '../../../app/scans/frame-thread.ts';
import { buildAppIfStale } from '../../../build/build.mjs';
import { dataPack, noDataPack } from '../../data.ts';

const folder = mkdtempSync(join(tmpdir(), 'hourglass-frame-thread-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const call = (): EncodeCall => ({
  ...{ name: 'a.dcm', words: new Uint16Array(4), bits: 16, signed: false },
  ...{ rows: 2, columns: 2, samples: 1 },
  coding: 'jpeg-ls',
});

test.each([
  ['ends', `process.exit(3)`, {}, 'internal', /frames of a\.dcm ended unexpectedly \(3\)/],
  ['throws', `throw new Error('broken')`, {}, 'internal', /ended unexpectedly \(broken\)/],
  [
    ...['runs out of memory', `const all = []; for (;;) all.push(new Array(1e5).fill(all.length))`],
    ...[{ maxOldGenerationSizeMb: 16 }, 'out-of-memory', /ran out of memory/],
  ],
] as const)('one that %s', async (_, does, resourceLimits, code, message) => {
  const file = join(folder, 'thread.cjs');
  writeFileSync(file, `require('node:worker_threads').parentPort.on('message', () => { ${does} })`);
  const thread = new FrameThread(() => new Worker(file, { resourceLimits, stderr: true }));
  const work = thread.encode(call(), 20_000, new AbortController().signal);
  await expect(work).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
  });
});

test('frames of one thread share its listeners, and one that died while idle is started anew', async () => {
  const file = join(folder, 'echo.cjs');
  writeFileSync(
    file,
    `const { parentPort } = require('node:worker_threads');
     parentPort.on('message', ({ words, number }) => parentPort.postMessage({ number, state: 'done', result: words }));`,
  );
  const started: Worker[] = [];
  const thread = new FrameThread(() => {
    const worker = new Worker(file);
    started.push(worker);
    return worker;
  });
  const { signal } = new AbortController();
  const listeners: number[] = [];
  for (let frame = 0; frame < 3; frame++) {
    const waiting = thread.encode(call(), 20_000, signal);
    await Promise.resolve();
    listeners.push(started[0]?.listenerCount('message') ?? 0);
    expect(await waiting).toHaveLength(4);
    listeners.push(started[0]!.listenerCount('message'));
  }
  expect(new Set(listeners.slice(1))).toEqual(new Set([1]));
  await started[0]!.terminate();
  expect(await thread.encode(call(), 20_000, signal)).toHaveLength(4);
  expect(started).toHaveLength(2);
  await started[1]!.terminate();
});

test('a cancelled frame ends its thread, and the next one has another', async () => {
  const file = join(folder, 'deaf.cjs');
  writeFileSync(
    file,
    `let asked = 0;
     require('node:worker_threads').parentPort.on('message', () => { asked += 1; });`,
  );
  const started: Worker[] = [];
  const thread = new FrameThread(() => {
    const worker = new Worker(file);
    started.push(worker);
    return worker;
  });
  const cancel = new AbortController();
  const first = thread.encode(call(), 20_000, cancel.signal);
  const second = thread.encode(call(), 50, new AbortController().signal);
  setTimeout(() => cancel.abort(), 20);
  await expect(first).rejects.toMatchObject({ code: 'cancelled' });
  await expect(second).rejects.toMatchObject({ code: 'decode-timeout' });
  expect(started).toHaveLength(2);
});

/** Answers for the streams that it was given, in order, with their first byte; 9 breaks it, of 8 nothing is heard, and each takes a moment. */
const reader = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ stream: [first], number }) => {
    if (first === 9) process.exit(9);
    if (first === 8) for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    parentPort.postMessage({ number, state: 'done', result: Uint8Array.of(first) });
  });`;

function readingThread(): { readonly thread: FrameThread; readonly started: Worker[] } {
  const file = join(folder, 'reader.cjs');
  writeFileSync(file, reader);
  const started: Worker[] = [];
  const thread = new FrameThread(() => {
    const worker = new Worker(file, { stderr: true });
    started.push(worker);
    return worker;
  });
  return { thread, started };
}

const frame = (first: number): FrameCall => ({
  ...{ name: `${first}.dcm`, kind: 'jpeg', stream: Uint8Array.of(first) },
  ...{ rows: 1, columns: 1, samples: 1, bitsAllocated: 8 },
});
const never = new AbortController().signal;
const bytesOf = ({ buffer, byteOffset, byteLength }: Uint8Array | Uint16Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
const outcome = (work: Promise<ArrayLike<number>>): Promise<unknown> =>
  work.then(
    (words) => words[0],
    (error: { code: string }) => error.code,
  );

test('the next frame lies with the thread already, and is answered for whatever becomes of the one before', async () => {
  const { thread, started } = readingThread();
  const streams = [1, 9, 2, 8, 3, 4];
  const works = streams.map((first) =>
    outcome(thread.decode(frame(first), first === 8 ? 100 : 20_000, never)),
  );
  expect(await Promise.all(works)).toEqual([1, 'internal', 2, 'decode-timeout', 3, 4]);
  expect(started).toHaveLength(3);
  await started[2]!.terminate();
});

test('cancelling ends the thread only where it works on that frame', async () => {
  const { thread, started } = readingThread();
  const [working, next, waiting] = [8, 2, 3].map(() => new AbortController());
  const works = [
    outcome(thread.decode(frame(8), 20_000, working!.signal)),
    outcome(thread.decode(frame(2), 20_000, next!.signal)),
    outcome(thread.decode(frame(3), 20_000, waiting!.signal)),
    outcome(thread.decode(frame(4), 20_000, never)),
  ];
  next!.abort();
  waiting!.abort();
  expect(await Promise.all(works.slice(1, 3))).toEqual(['cancelled', 'cancelled']);
  expect(started).toHaveLength(1);
  working!.abort();
  expect(await Promise.all(works)).toEqual(['cancelled', 'cancelled', 'cancelled', 4]);
  expect(started).toHaveLength(2);
  const again = frame(5);
  const later = outcome(thread.decode(again, 20_000, never));
  const gone = new AbortController();
  const ahead = outcome(thread.decode(frame(6), 20_000, gone.signal));
  gone.abort();
  expect(await Promise.all([later, ahead])).toEqual([5, 'cancelled']);
  // What the thread says of the cancelled one is nobody's: not that of the next.
  expect(await outcome(thread.decode(frame(7), 20_000, never))).toBe(7);
  expect(started).toHaveLength(2);
  expect([...again.stream]).toEqual([5]);
  await started[1]!.terminate();
});

test('one signal of several frames cancels them all', async () => {
  const { thread, started } = readingThread();
  const all = new AbortController();
  const works = [8, 1, 2].map((first) => outcome(thread.decode(frame(first), 20_000, all.signal)));
  all.abort();
  expect(await Promise.all(works)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  expect(await outcome(thread.decode(frame(1), 20_000, all.signal))).toBe('cancelled');
  expect(await outcome(thread.decode(frame(3), 20_000, never))).toBe(3);
  await started.at(-1)!.terminate();
});

test.skipIf(!dataPack)(
  `each frame is its own where the decoder of the one before is loaded only then${dataPack ? '' : ` (${noDataPack})`}`,
  async () => {
    await buildAppIfStale();
    const call = (name: string, kind: FrameCall['kind']): FrameCall => {
      const dicom = parseDicom(readFileSync(join(dataPack!, 'dicom-tests', name)), name);
      const facts = pixelFactsOf(dicom);
      const { rows, columns, samples, bitsAllocated } = facts;
      const stream = frameBytes(dicom, facts, 0);
      return { name, kind, stream, rows, columns, samples, bitsAllocated };
    };
    const [loaded, fresh] = [
      call('JLSL__CT2_JLSL.dcm', 'jpeg-ls'),
      call('J2KI__CT1_J2KI.dcm', 'jpeg-2000'),
    ];
    const alone = async (one: FrameCall) => new FrameThread().decode(one, 20_000, never);
    const [wantedLoaded, wantedFresh] = [await alone(loaded), await alone(fresh)];
    const thread = new FrameThread();
    await thread.decode(loaded, 20_000, never);
    const [first, second] = await Promise.all([
      thread.decode(fresh, 20_000, never),
      thread.decode(loaded, 20_000, never),
    ]);
    expect(Buffer.compare(bytesOf(first), bytesOf(wantedFresh))).toBe(0);
    expect(Buffer.compare(bytesOf(second), bytesOf(wantedLoaded))).toBe(0);
  },
  60_000,
);

test('what is asked for meanwhile gives no more time to the frame that the thread works on', async () => {
  const { thread, started } = readingThread();
  const began = performance.now();
  let over = false;
  const stuck = outcome(thread.decode(frame(8), 200, never)).finally(() => (over = true));
  const others: Promise<unknown>[] = [];
  for (let asked = 0; asked < 20 && !over; asked++) {
    others.push(outcome(thread.decode(frame(1), 20_000, never)));
    await sleep(50);
  }
  expect(await stuck).toBe('decode-timeout');
  // Not all of them had to be asked for first.
  expect(others.length).toBeLessThan(20);
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(new Set(await Promise.all(others))).toEqual(new Set([1]));
  await started.at(-1)!.terminate();
});

test.each([
  ['can not be sent', (): EncodeCall => ({ ...call(), coding: (() => 1) as never })],
  [
    'is lost on its way',
    (): EncodeCall => {
      const gone = call();
      structuredClone(gone.words, { transfer: [gone.words.buffer as ArrayBuffer] });
      return gone;
    },
  ],
])('a frame that %s fails alone', async (_, made) => {
  const { thread, started } = readingThread();
  const works = [
    outcome(thread.decode(frame(1), 20_000, never)),
    outcome(thread.encode(made(), 20_000, never)),
    outcome(thread.decode(frame(2), 20_000, never)),
  ];
  expect(await Promise.all(works)).toEqual([1, 'internal', 2]);
  await started.at(-1)!.terminate();
});
