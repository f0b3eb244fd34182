/** What `diagnostics` tells, and what it does not. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { diagnosticsSchema } from '../../../app/contract/diagnostics.ts';
import { settingsFacts, withoutPlaces } from '../../../app/hosts/shared/diagnostics.ts';
import { Failures } from '../../../app/jobs/failures.ts';
import { repositoryRoot } from '../../data.ts';
import { knowDevices } from '../../known-devices.ts';

const home = join(mkdtempSync(join(tmpdir(), 'hourglass-diagnostics-')), 'canary-person');
afterAll(() => rmSync(join(home, '..'), { recursive: true, force: true }));

describe('diagnostics', () => {
  it('of a home full of names hold none of them', { timeout: 120_000 }, () => {
    const env = {
      ...process.env,
      ...{ HOME: home, USER: 'canary-person', LOGNAME: 'canary-person' },
      ...{ XDG_CONFIG_HOME: join(home, 'config'), XDG_DATA_HOME: join(home, 'data') },
      XDG_CACHE_HOME: join(home, 'cache'),
    };
    knowDevices(env);
    const config = join(home, 'config/hourglass');
    mkdirSync(config, { recursive: true });
    const wedding = join(home, 'canary-wedding');
    writeFileSync(
      join(config, 'preferences.json'),
      JSON.stringify({
        theme: 'light',
        device: 'canary-device!',
        output: { out: 'canary-{name}.{ext}', format: 'canary', quality: 90, folder: wedding },
        presets: [{ workspace: 'clean', name: 'canary-preset', settings: 'canary-settings' }],
      }),
    );
    writeFileSync(join(config, 'recent-files.json'), JSON.stringify([join(wedding, 'bride.jpg')]));
    mkdirSync(join(home, 'data/hourglass/models/denoise-canary'), { recursive: true });
    const main = join(repositoryRoot, 'dist/app/hosts/cli/main.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'diagnostics'], {
      env,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    const told = diagnosticsSchema.parse(JSON.parse(stdout));
    expect(stdout).not.toMatch(/canary|wedding|bride/);
    expect(stdout).not.toContain(repositoryRoot);
    expect(told.models.own).toBe(1);
    expect(told.models.shipped).toContain('denoise-photo-fast');
    expect(told.devices.map(({ id }) => id)).toContain('cpu');
    expect(told.settings).toMatchObject({
      ...{ theme: 'light', presets: 1, 'output.format': 'other' },
      ...{ 'output.quality': 90, 'output.folder': 'chosen' },
    });
  });

  it.each([
    ['Not at /home/ann/drivers/libcuda.so.1: no such file.', 'Not at …: no such file.'],
    ['C:\\Users\\Ann\\x.dll is missing', '… is missing'],
    ['file:///home/ann/a.onnx', '…'],
    ['ann has no right to it', '… has no right to it'],
    ['4.1 MP/s, half of it', '4.1 MP/s, half of it'],
  ])('take places and people out of sentences of drivers: %s', (words, bare) => {
    expect(withoutPlaces(words, ['ann'])).toBe(bare);
  });

  it('tell of settings what is of a closed list', () => {
    expect(settingsFacts({ language: '/home/canary', theme: 'dark' })).toEqual({
      ...{ theme: 'dark', presets: 0 },
    });
  });

  it('count failures by command and code', () => {
    const failures = new Failures();
    for (const code of ['file-not-found', 'file-not-found', 'internal'])
      failures.count('denoise', code);
    expect(failures.all).toEqual([
      { command: 'denoise', code: 'file-not-found', count: 2 },
      { command: 'denoise', code: 'internal', count: 1 },
    ]);
  });
});
