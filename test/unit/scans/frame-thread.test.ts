/** A thread of frames that dies is called what it is: nothing is said of the file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import type { EncodeCall } from '../../../app/scans/dicom/frame-protocol.ts';
import { FrameThread } from '../../../app/scans/frame-thread.ts';

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
     parentPort.on('message', ({ words }) => parentPort.postMessage({ state: 'done', result: words }));`,
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
