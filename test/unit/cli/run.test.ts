/** The built command line as a person runs it: real files, real network, real signals. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { repositoryRoot } from '../../data.ts';
import { knowDevices } from '../../known-devices.ts';

const entry = join(repositoryRoot, 'dist/app/hosts/cli/main.js');
/** Shared by all runs. */
const home = mkdtempSync(join(tmpdir(), 'hourglass-cli-home-'));
const temporaries = join(home, 'tmp');
const small = join(home, 'small.png');
const large = join(home, 'large.png');
let folder = '';

/** A picture with some structure and noise. */
async function makePicture(path: string, width: number, height: number): Promise<void> {
  const data = Buffer.alloc(width * height * 3);
  let random = 1;
  for (let index = 0; index < data.length; index++) {
    random = (random * 1103515245 + 12345) & 0x7fffffff;
    data[index] = 100 + (Math.floor(index / 3 / 16) % 2) * 60 + ((random >> 16) % 24);
  }
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toFile(path);
}

beforeAll(async () => {
  await buildAppIfStale();
  mkdirSync(temporaries);
  knowDevices({ ...process.env, XDG_CACHE_HOME: home });
  await makePicture(small, 64, 64);
  // Tall: its first rows are finished after the first of many tiles.
  await makePicture(large, 320, 6000);
}, 300_000);

afterAll(() => rmSync(home, { recursive: true, force: true }));

beforeEach(() => {
  folder = mkdtempSync(join(home, 'run-'));
});

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  lines: Record<string, unknown>[];
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [entry, ...args], {
    cwd: folder,
    // A process group of its own, as a terminal gives: signals can be sent to the engine too.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      XDG_CACHE_HOME: home,
      XDG_DATA_HOME: join(home, 'data'),
      HOURGLASS_TEMP: temporaries,
      ...env,
    },
  });
}

function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr!.on('data', (text: Buffer) => (stderr += text.toString()));
  return new Promise((resolve) =>
    child.on('close', (code) => {
      const lines = stdout
        .split('\n')
        .filter(Boolean)
        .flatMap((line) =>
          line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : [],
        );
      resolve({ code, stdout, stderr, lines });
    }),
  );
}

const hourglass = (...args: string[]): Promise<Ended> => ended(start(args));
const ofType = (run: Ended, type: string) => run.lines.filter((line) => line.type === type);

/** Every file below a folder, hidden ones too. */
const filesIn = (path: string): string[] =>
  existsSync(path)
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
        .sort()
    : [];

/** Resolves when the work on a file has really begun and its first rows wait to be written. */
const inTheMiddle = async (child: ChildProcess): Promise<void> => {
  await new Promise<void>((resolve) => {
    let text = '';
    child.stdout!.on('data', (part: Buffer) => {
      text += part.toString();
      if (/"state":"running","progress":\{"done":[1-9]/.test(text)) resolve();
    });
  });
  await vi.waitFor(() => expect(readdirSync(temporaries)).not.toEqual([]), { timeout: 60_000 });
};

function makeShoot(): void {
  mkdirSync(join(folder, 'shoot/sub'), { recursive: true });
  mkdirSync(join(folder, 'shoot/x.png'));
  for (const name of ['a2.png', 'a10.png', 'sub/b.png'])
    copyFileSync(small, join(folder, 'shoot', name));
  writeFileSync(join(folder, 'shoot/Thumbs.db'), 'junk');
  writeFileSync(join(folder, 'shoot/.hidden.png'), 'junk');
  writeFileSync(join(folder, 'shoot/notes.txt'), 'notes');
  writeFileSync(join(folder, 'shoot/text.jpg'), 'this is text');
  writeFileSync(join(folder, 'shoot/empty.jpg'), '');
}

it.runIf(process.platform === 'linux')(
  'from a folder that was removed: said in words',
  async () => {
    const gone = join(folder, 'gone');
    const script = `mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"`;
    const args = ['-c', script, gone, process.execPath, entry, 'denoise', 'a.png'];
    const run = await ended(spawn('sh', args, { stdio: ['ignore', 'pipe', 'pipe'] }));
    expect(run.code).toBe(1);
    expect(run.stderr).toBe(
      'hourglass: The folder that you are in is not there any more. Go to another one and try again.\n',
    );
  },
);

describe('output streams', () => {
  it.runIf(existsSync('/dev/full'))(
    'a full disk is said in words, and the work is done',
    async () => {
      copyFileSync(small, join(folder, 'a\x1b[2Jb.png'));
      const child = spawn(
        'sh',
        [
          '-c',
          `exec "$0" "$@" > /dev/full`,
          process.execPath,
          entry,
          ...['denoise', 'a\x1b[2Jb.png', '--out', 'clean/', '--device', 'cpu'],
        ],
        {
          cwd: folder,
          stdio: ['ignore', 'pipe', 'pipe'],
          env: {
            ...process.env,
            XDG_CACHE_HOME: home,
            XDG_DATA_HOME: join(home, 'data'),
            HOURGLASS_TEMP: temporaries,
          },
        },
      );
      const run = await ended(child);
      expect(run.stderr).toContain('can not be printed any more: the disk is full');
      expect(run.stderr).not.toMatch(/\n {4}at /);
      expect(run.stderr).not.toContain('\x1b');
      expect(run.stderr).toContain('a\\x1b[2Jb.png → clean/');
      expect(run.code).toBe(1);
      expect(filesIn(join(folder, 'clean'))).toEqual(['a\x1b[2Jb.png']);
    },
  );
});

describe('a folder with junk in it', () => {
  it('does what can be done, names what failed, and says so in the exit code', async () => {
    makeShoot();
    const run = await hourglass('denoise', 'shoot', '--out', 'clean/', '--device', 'cpu');
    expect(run.code).toBe(1);
    expect(filesIn(join(folder, 'clean'))).toEqual(['a10.png', 'a2.png', 'sub/b.png']);
    expect(run.stdout.trim().split('\n')).toHaveLength(run.lines.length);
    // Small files go beside each other: the first to be done is not always the first.
    const results = ofType(run, 'result').map(({ job }) => String(job));
    expect(results.sort()).toEqual(['file-1', 'file-2', 'file-3']);
    expect(ofType(run, 'problem')).toMatchObject([
      { source: join(folder, 'shoot/empty.jpg'), error: { code: 'damaged-image' } },
      { source: join(folder, 'shoot/text.jpg'), error: { code: 'not-an-image' } },
    ]);
    expect(ofType(run, 'summary')).toMatchObject([
      { done: 3, failed: 2, left: 0, ignored: 1, interrupted: false },
    ]);
    expect(run.stderr).toMatch(/^shoot\/a2\.png → clean\/a2\.png · noise about .* · CPU.* MP\/s$/m);
    expect(run.stderr).toContain('text.jpg is not an image that Hourglass knows.');
    expect(run.stderr).toContain('3 files done, 2 failed, 1 other file in the folders left alone');
    expect(run.stderr).not.toContain('\x1b');
    expect(filesIn(temporaries)).toEqual([]);
  });

  it('never overwrites by itself, and takes its own results for no inputs', async () => {
    mkdirSync(join(folder, 'in'));
    copyFileSync(small, join(folder, 'in/a.png'));
    const args = ['denoise', 'in', '--device', 'cpu', '--strength', '50'];
    expect((await hourglass(...args)).code).toBe(0);
    const written = join(folder, 'in/a-clean.png');
    const { mtimeMs, ino } = statSync(written);
    const second = await hourglass(...args);
    expect(second.code).toBe(1);
    expect(ofType(second, 'problem')).toMatchObject([
      { source: join(folder, 'in/a.png'), error: { code: 'output-exists' } },
    ]);
    expect(statSync(written)).toMatchObject({ mtimeMs, ino });
    expect((await hourglass(...args, '--overwrite')).code).toBe(0);
    expect(statSync(written).ino).not.toBe(ino);
    expect(filesIn(join(folder, 'in'))).toEqual(['a-clean.png', 'a.png']);
  });
});

describe('before any work', () => {
  it('a dry run says what would be written, and writes nothing', async () => {
    makeShoot();
    const before = filesIn(folder);
    const run = await hourglass('denoise', 'shoot', '--out', 'clean/', '--dry-run');
    expect(ofType(run, 'plan').map(({ output }) => output)).toEqual(
      ['a2.png', 'a10.png', 'sub/b.png'].map((name) => join(folder, 'clean', name)),
    );
    expect(run.stderr).toContain('shoot/a2.png → clean/a2.png');
    expect(filesIn(folder)).toEqual(before);
  });

  it('a dry run tells time and space once files of the kind were done here', async () => {
    makeShoot();
    const args = ['shoot', '--exclude', '*.jpg', '--out', 'clean/', '--format', 'webp'];
    const ask = () => hourglass('denoise', ...args, '--dry-run');
    const before = await ask();
    expect(ofType(before, 'estimate')).toMatchObject([
      { files: 3, seconds: null, bytes: null, unmeasured: { files: 3, kinds: ['.png'] } },
    ]);
    expect(before.stderr).toMatch(/how large the results get is not known/);
    expect((await hourglass('denoise', ...args)).code).toBe(0);
    rmSync(join(folder, 'clean'), { recursive: true });
    const after = await ask();
    const [guess] = ofType(after, 'estimate') as [Record<string, number>];
    expect(guess.seconds).toBeGreaterThan(0);
    expect(guess.bytes).toBeGreaterThan(0);
    expect(guess.freeBytes).toBeGreaterThan(0);
    expect(after.stderr).toMatch(/as earlier files took on this machine/);
  });

  it.each([
    [
      'one name for several files',
      ['a.png', 'b.png', '--out', 'one.png'],
      /for --out but received/,
    ],
    [
      'two files with one result',
      ['x/a.png', 'y/a.png', '--out', 'clean/'],
      /x\/a\.png and y\/a\.png would both become clean\/a\.png/,
    ],
    ['an unknown placeholder', ['a.png', '--out', '{nmae}.png'], /not \{nmae\}/],
    ['a wrong value', ['a.png', '--detail', '101'], /for --detail but received 101/],
    ['an unknown flag', ['a.png', '--detial', '1'], /Did you mean --detail\?/],
  ])('%s is refused with exit code 2', async (_what, args, words) => {
    for (const name of ['a.png', 'b.png', 'x/a.png', 'y/a.png']) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      copyFileSync(small, join(folder, name));
    }
    const before = filesIn(folder);
    const run = await hourglass('denoise', ...args);
    expect(run.code).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).toMatch(words);
    expect(run.stderr.trim().split('\n')).toHaveLength(1);
    expect(filesIn(folder)).toEqual(before);
  });

  it('a file that does not exist fails by name, and the others are done', async () => {
    copyFileSync(small, join(folder, 'a.png'));
    const run = await hourglass(
      'denoise',
      'gone.png',
      '*.tif',
      'a.png',
      '--device',
      'cpu',
      '--sigma',
      '0',
    );
    expect(run.code).toBe(1);
    expect(ofType(run, 'problem').map(({ source }) => source)).toEqual(['gone.png', '*.tif']);
    expect(filesIn(folder)).toEqual(['a-clean.png', 'a.png']);
  });
});

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s in the middle leaves no partial file and exits 130',
    async (signal) => {
      copyFileSync(large, join(folder, 'a.png'));
      copyFileSync(large, join(folder, 'b.png'));
      const child = start([
        'denoise',
        'a.png',
        'b.png',
        '--out',
        'clean/',
        '--sigma',
        '10',
        '--device',
        'cpu',
      ]);
      const end = ended(child);
      await inTheMiddle(child);
      process.kill(-child.pid!, signal);
      const run = await end;
      expect(run.code).toBe(130);
      expect(run.stderr).toContain('Interrupted: 0 files done, 2 not done');
      expect(ofType(run, 'summary')).toMatchObject([{ done: 0, left: 2, interrupted: true }]);
      expect(filesIn(folder)).toEqual(['a.png', 'b.png', 'clean.hourglass.jsonl']);
      expect(filesIn(temporaries)).toEqual([]);
    },
  );

  it('twice ends at once, and leaves no partial file either', async () => {
    copyFileSync(large, join(folder, 'a.png'));
    const child = start([
      'denoise',
      'a.png',
      '--out',
      'clean/',
      '--sigma',
      '10',
      '--device',
      'cpu',
    ]);
    const end = ended(child);
    await inTheMiddle(child);
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect((await end).code).toBe(130);
    expect(filesIn(folder)).toEqual(['a.png']);
    expect(filesIn(temporaries)).toEqual([]);
  });
});

describe('manners', () => {
  it('an engine that aborts in native code fails one file by name, and the next succeeds', async () => {
    // Three engines start one after the other, each beside whatever else this machine does.
    copyFileSync(large, join(folder, 'a.png'));
    copyFileSync(small, join(folder, 'b.png'));
    const run = await ended(
      start(['denoise', 'a.png', 'b.png', '--sigma', '10', '--device', 'cpu'], {
        HOURGLASS_FAULT: 'cpu:abort@tile=1',
      }),
    );
    expect(run.code).toBe(1);
    expect(ofType(run, 'problem')).toMatchObject([
      {
        error: {
          code: 'engine-died',
          message: expect.stringMatching(/^a\.png could not be finished: .*SIGABRT/),
        },
      },
    ]);
    expect(filesIn(folder)).toEqual([
      ...['a.png', 'b-clean.png', 'b.png', 'denoise.hourglass.jsonl'],
    ]);
    expect(filesIn(temporaries)).toEqual([]);
  }, 90_000);

  it('killed itself, it takes the engine along, which tidies up', async () => {
    copyFileSync(large, join(folder, 'a.png'));
    const child = start([
      'denoise',
      'a.png',
      '--out',
      'clean/',
      '--sigma',
      '10',
      '--device',
      'cpu',
    ]);
    const end = ended(child);
    await inTheMiddle(child);
    child.kill('SIGKILL');
    // Both ends of the pipes close when the engine is gone too.
    await end;
    await vi.waitFor(() => expect(readdirSync(temporaries)).toEqual([]), { timeout: 20_000 });
    expect(filesIn(folder)).toEqual(['a.png']);
  });

  it('is quiet when the reader of its output goes away', async () => {
    copyFileSync(small, join(folder, 'a.png'));
    const child = start(['denoise', 'a.png', '--sigma', '10', '--device', 'cpu']);
    child.stdout!.destroy();
    let stderr = '';
    child.stderr!.on('data', (text: Buffer) => (stderr += text.toString()));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
    expect(stderr).not.toContain('EPIPE');
    expect(filesIn(folder)).toEqual(['a-clean.png', 'a.png']);
  });

  it('opens no connection and listens to none', async () => {
    const log = join(folder, 'network.log');
    const hook = join(folder, 'hook.cjs');
    writeFileSync(
      hook,
      `const { appendFileSync } = require('node:fs');
       const watch = (object, name) => {
         const original = object[name];
         object[name] = function (...args) {
           appendFileSync(${JSON.stringify(log)}, name + '\\n');
           return original.apply(this, args);
         };
       };
       const net = require('node:net');
       watch(net.Socket.prototype, 'connect');
       watch(net.Server.prototype, 'listen');
       watch(require('node:dns'), 'lookup');
       watch(require('node:dgram'), 'createSocket');`,
    );
    const hooked = { NODE_OPTIONS: `--require ${hook}` };
    copyFileSync(small, join(folder, 'a.png'));
    const run = await ended(
      start(['denoise', 'a.png', '--sigma', '10', '--device', 'cpu'], hooked),
    );
    expect(run.code).toBe(0);
    expect(existsSync(log) ? readFileSync(log, 'utf8') : '').toBe('');
    // The hook is really watching.
    const control = spawn(
      process.execPath,
      ['-e', "require('net').connect(9, '127.0.0.1').on('error', () => {})"],
      {
        env: { ...process.env, ...hooked },
      },
    );
    await new Promise((resolve) => control.on('close', resolve));
    expect(readFileSync(log, 'utf8')).toContain('connect');
  });

  it('adds a network, cleans with it, and removes it', async () => {
    const own = join(repositoryRoot, 'test/fixtures/runtime/own');
    const refused = await hourglass('add-model', join(own, 'returns-noise.onnx'));
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(
      /^hourglass: returns-noise\.onnx can not be added\. It does not/,
    );
    const added = await hourglass('add-model', join(own, 'colour.onnx'), '--id', 'denoise-soft');
    expect(added.stderr).toBe('');
    expect(added.stdout).toMatch(
      /^denoise-soft 1 {2}colour, added by you, 0\.0 MB, licence: not st/,
    );
    expect(added.stdout).toMatch(/\n {2}White noise on a drawn picture: 15 levels/);
    const listed = await hourglass('models', '--json');
    expect(listed.lines).toMatchObject([
      {
        models: expect.arrayContaining([
          expect.objectContaining({ id: 'denoise-soft', origin: 'user' }),
        ]) as unknown,
        problems: [],
      },
    ]);
    copyFileSync(small, join(folder, 'a.png'));
    const cleaned = await hourglass('denoise', 'a.png', '--model', 'denoise-soft', '--sigma', '10');
    expect(ofType(cleaned, 'result')).toMatchObject([
      { output: { model: { id: 'denoise-soft', version: '1', precision: 'fp32' } } },
    ]);
    expect((await hourglass('remove-model', 'denoise-soft')).stdout).toBe('Removed.\n');
    expect((await hourglass('models')).stdout).not.toContain('denoise-soft');
    expect(filesIn(join(home, 'data'))).toEqual([]);
    const shipped = await hourglass('remove-model', 'denoise-photo-fast');
    expect(shipped.code).toBe(2);
  });

  it('prints tables for people and JSON for scripts', async () => {
    const table = await hourglass('models');
    expect(table.stdout).toMatch(/^denoise-photo-fast \d/m);
    const json = await hourglass('models', '--json');
    const { models } = json.lines[0] as { models: { id: string }[] };
    expect(models.map(({ id }) => id)).toContain('denoise-photo-fast');
    const devices = await hourglass('devices');
    expect(devices.stdout).toMatch(/^DEVICE +NAME +STATE +SPEED +WHY\ncpu +CPU.* used /);
    expect([table.code, json.code, devices.code]).toEqual([0, 0, 0]);
  });
});
