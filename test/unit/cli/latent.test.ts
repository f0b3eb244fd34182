/** Latent files on the built command line: a whole folder, exit codes, what is said. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { drawing, hasLatentModel } from '../latent/codec-support.ts';
import { commandLine, environmentIn } from './started.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-cli-latent-'));

beforeAll(async () => {
  await buildAppIfStale();
  mkdirSync(join(home, 'shoot/sub'), { recursive: true });
  const raw = { raw: { width: 120, height: 80, channels: 3 as const } };
  for (const name of ['a.png', 'sub/b.png'])
    await sharp(drawing(120, 80), raw)
      .png()
      .toFile(join(home, 'shoot', name));
}, 300_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

function hourglass(...args: string[]) {
  const child = spawn(process.execPath, [commandLine, ...args], {
    cwd: home,
    env: environmentIn(home),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, stdout, stderr })),
  );
}

describe.runIf(hasLatentModel)('latent files on the command line', () => {
  it('a folder goes there and back', { timeout: 240_000 }, async () => {
    const encoded = await hourglass('encode', 'shoot', '--out', 'small/', '--device', 'cpu');
    expect(encoded).toMatchObject({ code: 0 });
    expect(encoded.stderr).toMatch(/a\.png → .*a\.hgl · .* of the source\) · quality 60/);
    expect(encoded.stderr).toMatch(/2 files done/);
    const again = await hourglass('encode', 'shoot', '--out', 'small/', '--device', 'cpu');
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/a\.hgl exists already/);
    const decoded = await hourglass('decode', 'small', '--out', 'back/', '--device', 'cpu');
    expect(decoded).toMatchObject({ code: 0 });
    expect(readdirSync(join(home, 'back'), { recursive: true }).map(String).sort()).toEqual([
      'a.png',
      'sub',
      join('sub', 'b.png'),
    ]);
  });

  it('damage is said, and is exit code 1', { timeout: 240_000 }, async () => {
    const whole = await hourglass('verify', 'small');
    expect(whole.code).toBe(0);
    expect(whole.stderr).toMatch(/a\.hgl · intact · 1 tile · latents [0-9a-f]{64}/);
    const bytes = readFileSync(join(home, 'small/a.hgl'));
    bytes[bytes.length - 60]! ^= 1;
    writeFileSync(join(home, 'hurt.hgl'), bytes);
    const hurt = await hourglass('verify', 'hurt.hgl', 'small/a.hgl');
    expect(hurt.code).toBe(1);
    expect(hurt.stderr).toMatch(/hurt\.hgl · damaged/);
    expect(hurt.stderr).toMatch(/2 files done, 1 of them damaged/);
    const facts = await hourglass('info', 'hurt.hgl');
    expect(facts.code).toBe(1);
    expect(facts.stdout).toMatch(/state +damaged/);
    const json = await hourglass('info', 'small/a.hgl', '--json');
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({ width: 120, height: 80, ok: true });
    const decoded = await hourglass('decode', 'hurt.hgl', '--out', 'hurt.png', '--device', 'cpu');
    expect(decoded.code).toBe(1);
    expect(readdirSync(home)).toContain('hurt.png');
    const other = await hourglass('verify', 'shoot/a.png');
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/a\.png is not a latent file/);
  });
});
