import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cancelledError, type DeviceId } from '../../../app/contract/index.ts';
import { DeviceFindings } from '../../../app/jobs/findings.ts';
import { report, temporaryFolder } from './helpers.ts';

const signal = new AbortController().signal;

function findings(cacheFolder: string, key = 'one') {
  const probed: DeviceId[] = [];
  const store = new DeviceFindings({
    cacheFolder,
    key,
    candidates: ['cpu', 'webgpu', 'cuda'],
    probe: async (id) => {
      probed.push(id);
      return report(id, id !== 'cuda');
    },
    onChange: () => {},
  });
  return { store, probed };
}

describe('device findings', () => {
  it('are probed as far as they are needed, one after another, and each once', async () => {
    const { store, probed } = findings(temporaryFolder());
    await store.ensure('cpu', signal);
    await Promise.all([store.ensure('webgpu', signal), store.ensure('webgpu', signal)]);
    await store.ensure('auto', signal);
    expect(probed).toEqual(['cpu', 'webgpu', 'cuda']);
    expect(store.reports.map(({ id }) => id)).toEqual(['cpu', 'webgpu', 'cuda']);
  });

  it('are remembered, but not under another key, and not when damaged', async () => {
    const folder = temporaryFolder();
    await findings(folder).store.ensure('auto', signal);
    const same = findings(folder);
    await same.store.ensure('auto', signal);
    expect(same.probed).toEqual([]);
    const other = findings(folder, 'two');
    await other.store.ensure('cpu', signal);
    expect(other.probed).toEqual(['cpu']);
    for (const text of ['{"key":"one","dev', '{"key":"one","devices":[{"id":"cpu"}]}', 'null']) {
      writeFileSync(join(folder, 'devices.json'), text);
      const again = findings(folder);
      await again.store.ensure('cpu', signal);
      expect(again.probed, text).toEqual(['cpu']);
    }
  });

  it('do not remember what failed in this run only', async () => {
    const folder = temporaryFolder();
    const { store } = findings(folder);
    await store.ensure('auto', signal);
    store.disable('webgpu', 'It hung.');
    expect(store.reports[1]).toMatchObject({ id: 'webgpu', usable: false, reason: 'It hung.' });
    await store.refresh(signal);
    expect(store.reports[1]).toMatchObject({ usable: true });
    expect(readFileSync(join(folder, 'devices.json'), 'utf8')).not.toContain('It hung');
  });

  it('cost no job when they can not be written', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const { store } = findings(join(folder, 'file/below'));
    await store.ensure('cpu', signal);
    expect(store.reports).toHaveLength(1);
    expect(existsSync(join(folder, 'file/below'))).toBe(false);
  });

  it('let a cancelled caller go at once, and end a probe only when nobody waits for it', async () => {
    const ended: string[] = [];
    let answer = (): void => {};
    const store = new DeviceFindings({
      cacheFolder: temporaryFolder(),
      key: 'one',
      candidates: ['cpu'],
      probe: (id, own) =>
        new Promise((resolve, reject) => {
          answer = () => resolve(report(id, true));
          own.addEventListener('abort', () => {
            ended.push(id);
            reject(cancelledError());
          });
        }),
      onChange: () => {},
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const left = store.ensure('cpu', first.signal);
    const stays = store.ensure('cpu', second.signal);
    await new Promise((resolve) => setTimeout(resolve, 20));
    first.abort();
    await expect(left).rejects.toMatchObject({ code: 'cancelled' });
    expect(ended).toEqual([]);
    answer();
    await stays;
    expect(store.reports).toHaveLength(1);

    const last = new AbortController();
    const again = store.refresh(last.signal);
    await new Promise((resolve) => setTimeout(resolve, 20));
    last.abort();
    await expect(again).rejects.toMatchObject({ code: 'cancelled' });
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(ended).toEqual(['cpu']);
  });

  it('stop probing when told to', async () => {
    const { store, probed } = findings(temporaryFolder());
    const controller = new AbortController();
    controller.abort();
    await expect(store.ensure('auto', controller.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(probed).toEqual([]);
    await store.ensure('cpu', signal);
    expect(probed).toEqual(['cpu']);
  });
});
