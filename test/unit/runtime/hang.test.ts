/** A hang blocks the inference thread of its process for good, so it has a file of its own. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createInference, createModelStore } from '../../../app/runtime/index.ts';
import { parseFaults } from '../../../app/runtime/faults.ts';
import { buildRuntime, cleaning, deviceReport, noisyPicture, tinyModels } from './support.ts';

let built: Awaited<ReturnType<typeof buildRuntime>>;
beforeAll(async () => {
  built = await buildRuntime();
});
afterAll(() => built.remove());

it('a device that hangs is reported once, and the run stays pending until it is cancelled', async () => {
  const model = await createModelStore(tinyModels).get('denoise-tiny-test');
  const hung: string[] = [];
  let heard = (): void => {};
  const reported = new Promise<void>((resolve) => (heard = resolve));
  const runs = createInference({
    devices: [deviceReport('cpu'), deviceReport('webgpu')],
    threadFile: built.threadFile,
    faults: parseFaults('webgpu:hang'),
    patienceMs: 1000,
    onHung: (device, detail) => {
      hung.push(`${device}: ${detail}`);
      heard();
    },
  });
  const controller = new AbortController();
  const { request } = cleaning(noisyPicture(150, 70), model, {
    side: 64,
    signal: controller.signal,
  });
  let settled = false;
  const run = runs.run(request).finally(() => (settled = true));
  run.catch(() => undefined);
  await reported;
  await new Promise((wake) => setTimeout(wake, 1500));
  expect(hung).toEqual(['webgpu: WEBGPU did not answer for tile 1 of 15 (64 × 64 pixels).']);
  expect(settled).toBe(false);
  controller.abort();
  await expect(run).rejects.toMatchObject({ code: 'cancelled' });
});
