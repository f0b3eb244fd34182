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
