/** The built command line between other programs: `-` for a file that comes or goes through a pipe. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchOptionsSchema, commands } from '../../../app/contract/index.ts';
import type { CliOptions } from '../../../app/hosts/cli/options.ts';
import { runPiped } from '../../../app/hosts/cli/piped.ts';
import { parseArguments, type Invocation } from '../../../app/hosts/cli/usage.ts';
import { buildAppIfStale } from '../../../build/build.mjs';
import { repositoryRoot } from '../../data.ts';
import { knowDevices } from '../../known-devices.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-pipes-'));
const temporaries = join(home, 'tmp');
const entry = join(repositoryRoot, 'dist/app/hosts/cli/main.js');
let picture: Buffer;

beforeAll(async () => {
  await buildAppIfStale();
  knowDevices(env);
  const pixels = Buffer.from(
    Array.from({ length: 64 * 48 * 3 }, (_, at) => (at * 37 + (at >> 4) * 11) & 255),
  );
  picture = await sharp(pixels, { raw: { width: 64, height: 48, channels: 3 } })
    .blur(1)
    .png()
    .toBuffer();
  spawnSync('mkdir', ['-p', temporaries]);
}, 300_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const env = {
  ...process.env,
  ...{ HOME: home, XDG_CACHE_HOME: join(home, 'cache'), HOURGLASS_TEMP: temporaries },
};
const run = (args: readonly string[], input?: Buffer) =>
  spawnSync(process.execPath, [entry, ...args], {
    cwd: home,
    ...(input ? { input } : {}),
    env,
  });
const patience = 120_000;

it(
  'a picture goes in and out, format by content, and leaves nothing behind',
  async () => {
    const made = run(['encode', '-', '--format', 'webp', '--size', '1500'], picture);
    expect(made.stderr.toString()).toContain('stdin');
    expect(made.status).toBe(0);
    expect((await sharp(made.stdout).metadata()).format).toBe('webp');
    expect(made.stdout.length).toBeLessThanOrEqual(1500);
    const clean = run(['denoise', '-', '--sigma', '0', '--format', 'png', '-o', '-'], made.stdout);
    expect((await sharp(clean.stdout).metadata()).format).toBe('png');
    expect(readdirSync(temporaries)).toEqual([]);
  },
  patience,
);

it(
  'one side may be a file; -o is --out',
  () => {
    writeFileSync(join(home, 'photo.png'), picture);
    const out = run(['encode', 'photo.png', '--format', 'jpeg', '--out', '-']);
    expect([...out.stdout.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    expect(run(['encode', '-', '--format', 'jpeg', '-o', 'named.jpg'], picture).status).toBe(0);
    expect(readFileSync(join(home, 'named.jpg')).equals(out.stdout)).toBe(true);
  },
  patience,
);

it(
  'what can not be is said in a sentence, and nothing goes out',
  () => {
    const refused = (args: readonly string[], input: Buffer) => {
      const { status, stdout, stderr } = run(args, input);
      expect(stdout.length).toBe(0);
      expect(status).not.toBe(0);
      return stderr.toString();
    };
    expect(refused(['denoise', '-'], picture)).toMatch(/--format/);
    expect(refused(['encode', '-', 'photo.png', '-o', '-'], picture)).toMatch(/one file/);
    expect(refused(['encode', '-', '--format', 'webp'], Buffer.alloc(0))).toMatch(/empty/);
    expect(refused(['encode', '-', '--format', 'webp'], Buffer.from('no picture'))).toMatch(
      /not an image/,
    );
    expect(refused(['encode', '-', '--format', 'webp', '--size', '20'], picture)).toMatch(
      /can not be as small as 20 bytes/,
    );
    expect(readdirSync(temporaries)).toEqual([]);
  },
  patience,
);

describe('without a process', () => {
  const invocation: Invocation = {
    ...{ command: 'encode', definition: commands.encode, files: ['-'], json: false, dryRun: false },
    input: { out: 'there.hgl' },
    run: batchOptionsSchema.parse({}),
  };
  const options = (bytes: number): CliOptions =>
    ({
      interrupt: new AbortController().signal,
      pipes: { stdin: Readable.from([Buffer.alloc(bytes)]), stdout: new Writable() },
    }) as unknown as CliOptions;

  it('more than the limit is not taken', async () => {
    const came: number[] = [];
    const take = ({ files }: Invocation): Promise<number> => {
      came.push(readFileSync(files[0]!).length);
      return Promise.resolve(0);
    };
    await runPiped(invocation, options(100), take, 100);
    await expect(runPiped(invocation, options(101), take, 100)).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
    expect(came).toEqual([100]);
  });

  it('the list of commands says what each does, no name twice', () => {
    const { text } = parseArguments(['--help'], '1', 200) as { text: string };
    for (const line of text.split('\n')) {
      const [, word, said] = /^ {2}([a-z-]+) +(.*)$/.exec(line) ?? [];
      if (word && said) expect(said.toLowerCase().replace(/[.]$/, '')).not.toBe(word);
    }
    expect(text).toMatch(/devices +\S+ \S+/);
  });
});
