/** A process that is interrupted or killed in the middle of an output leaves no part of it. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fork } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepTemporaries } from '../../../app/pixels/index.ts';
import { bundleChild } from '../../child.ts';
import { scratchFolder } from './support.ts';

const folder = scratchFolder();
let bundle = '';
beforeAll(async () => {
  bundle = await bundleChild('test/unit/pixels/killed-child.ts');
});
afterAll(() => {
  if (bundle) rmSync(dirname(bundle), { recursive: true });
});

describe.each(['jpeg', 'tiff'] as const)('%s, half written', (format) => {
  const begin = async (
    name: string,
  ): Promise<{ temp: string; out: string; child: ReturnType<typeof fork> }> => {
    const temp = join(folder, `temp-${name}`);
    const out = join(folder, `out-${name}`);
    for (const path of [temp, out]) mkdirSync(path);
    const child = fork(bundle, [join(out, `x.${format}`), format], {
      env: { ...process.env, HOURGLASS_TEMP: temp },
    });
    await once(child, 'message');
    expect(readdirSync(temp)).toHaveLength(1);
    return { temp, out, child };
  };

  it('interrupted: nothing is left', async () => {
    const { temp, out, child } = await begin(`int-${format}`);
    child.kill('SIGINT');
    expect((await once(child, 'exit'))[0]).toBe(130);
    expect([...readdirSync(temp), ...readdirSync(out)]).toEqual([]);
  });

  it('killed: nothing beside the output, and the rest goes with the next sweep', async () => {
    const { temp, out, child } = await begin(`kill-${format}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readdirSync(out)).toEqual([]);
    expect(existsSync(temp)).toBe(true);
    sweepTemporaries(temp);
    expect(readdirSync(temp)).toEqual([]);
  });
});
