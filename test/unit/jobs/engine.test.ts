/** The engine's message loop, with services that do nothing by themselves. */
import { expect, it, vi } from 'vitest';
import { cancelledError } from '../../../app/contract/index.ts';
import { capabilities } from '../../../app/jobs/engine/capabilities.ts';
import { createEngine } from '../../../app/jobs/engine/engine.ts';
import type { EngineMessage } from '../../../app/jobs/types.ts';

it('a cancelled thumbnail is cancelled where it is made, and answered once; others go on', async () => {
  const signals = new Map<string, AbortSignal | undefined>();
  const posted: EngineMessage[] = [];
  const thumbnail = (path: string, signal?: AbortSignal): Promise<Uint8Array> => {
    signals.set(path, signal);
    return new Promise((_, reject) =>
      signal?.addEventListener('abort', () => reject(cancelledError())),
    );
  };
  const engine = createEngine({
    post: (message) => posted.push(message),
    capabilities,
    createServices: () =>
      ({
        documents: { thumbnail },
        inference: { setDevices: () => undefined, dispose: () => Promise.resolve() },
      }) as never,
  });
  const folders = { modelsFolder: '/nowhere', userModelsFolder: '/nowhere' };
  engine.receive({ kind: 'configure', devices: [], ...folders, software: 'Test' });
  engine.receive({ kind: 'thumbnail', call: 1, path: 'a.jpg' });
  engine.receive({ kind: 'thumbnail', call: 2, path: 'b.jpg' });
  await vi.waitFor(() => expect(signals.size).toBe(2));
  engine.receive({ kind: 'cancel', call: 1 });
  await vi.waitFor(() => expect(posted).toHaveLength(1));
  expect(posted[0]).toMatchObject({ kind: 'error', call: 1, error: { code: 'cancelled' } });
  expect(signals.get('a.jpg')?.aborted).toBe(true);
  expect(signals.get('b.jpg')?.aborted).toBe(false);
  await engine.stop();
  expect(signals.get('b.jpg')?.aborted).toBe(true);
});
