/** `hourglass train` of the built program, from a folder to a network that cleans; what goes wrong with a folder, and a kill in the middle. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { autoencoderCards } from '../../../app/learn/card.ts';
import { readCard } from '../../../app/runtime/card.ts';
import { buildAppIfStale } from '../../../build/build.mjs';
import { drawn, withNoise } from '../learn/drawn.ts';
import { commandLine, environmentIn, processesIn } from './started.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-train-'));
const { start, endAll } = processesIn(home);
const SIDE = 128;

async function save(path: string, data: Float32Array): Promise<void> {
  const levels = Buffer.from(
    data.map((value) => Math.round(255 * Math.min(1, Math.max(0, value)))),
  );
  await sharp(levels, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .png()
    .toFile(path);
}

async function loaded(path: string): Promise<Float32Array> {
  const levels = await sharp(path).toColourspace('b-w').raw().toBuffer();
  return Float32Array.from(levels, (level) => level / 255);
}

const error = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length;

beforeAll(async () => {
  await buildAppIfStale();
  mkdirSync(join(home, 'clean'));
  for (let at = 0; at < 10; at++) await save(join(home, `clean/${at}.png`), drawn(1 + at, SIDE));
  await save(join(home, 'noisy.png'), withNoise(drawn(77, SIDE), 25 / 255, 5));
}, 300_000);
afterAll(() => {
  endAll();
  rmSync(home, { recursive: true, force: true });
});

async function run(...args: string[]) {
  const { said, ended } = start(process.execPath, [commandLine, ...args], home);
  const code = await ended;
  const lines = said.out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown> & { type: string });
  return { code, lines, words: said.words, out: said.out };
}

const small = ['--channels', '8', '--patch', '32', '--batch', '8'];
const patience = 240_000;

describe('a folder of clean images', () => {
  it(
    'becomes a network that cleans a picture that it never saw, added as any other',
    async () => {
      const { code, lines, words } = await run(
        ...['train', 'clean', '--steps', '300', ...small, '--out', 'models/denoise-mine', '--json'],
      );
      expect(words).toContain('hourglass add-model');
      expect(code).toBe(0);
      const [first] = lines;
      expect(first).toMatchObject({ type: 'training-images', learnt: 9, heldBack: 1, leftOut: [] });
      const curve = lines.filter((line) => line.type === 'training-curve');
      expect(curve.length).toBe(12);
      expect(curve.at(-1)!.heldBack).toBeLessThan(curve[0]!.heldBack as number);
      const output = lines.at(-1)!.output as { quality: { network: number; beside: [] }[] };
      expect(output).toMatchObject({
        kind: 'denoising',
        task: 'denoise',
        ended: 'steps',
        steps: 300,
      });

      const folder = join(home, 'models/denoise-mine');
      const card = await readCard(folder, 'user', [autoencoderCards]);
      expect(card?.card).toMatchObject({
        ...{ id: 'denoise-mine', task: 'denoise' },
        // As it is shown noise from none to twice the level in the middle; too few to say how they look.
        saw: { images: 9, tones: [1], families: ['photo'], bits: 8, noise: 50, looks: null },
      });
      const bytes = readFileSync(join(folder, 'model.onnx'));
      expect(card?.card.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
      // Whose images they are may stand in their names.
      expect(readFileSync(join(folder, 'card.json'), 'utf8')).not.toContain('0.png');

      const added = await run(
        'add-model',
        'models/denoise-mine/model.onnx',
        '--id',
        'denoise-mine',
      );
      expect(added.words).toBe('');
      expect(added.code).toBe(0);
      // Not as the file of every training.
      expect(added.out).toContain('denoise-mine 1  denoise mine, added by you');
      // And by way of TensorFlow.js, which is asked what it gives.
      const exported = await run('export-tfjs', 'models/denoise-mine', '--json');
      expect(exported.code).toBe(0);
      const again = await run('export-tfjs', 'models/denoise-mine', '--json');
      expect(again.words).toContain('is there already');
      const web = 'models/denoise-mine/tfjs/model.json';
      const back = await run('add-model', web, '--id', 'denoise-web', '--json');
      expect(back.code).toBe(0);
      expect(JSON.stringify(back.lines)).toContain('Translated from TensorFlow.js');
      const cleaned = await run('denoise', 'noisy.png', '--model', 'denoise-mine', '-o', 'out.png');
      expect(cleaned.code).toBe(0);
      const truth = drawn(77, SIDE);
      const before = error(await loaded(join(home, 'noisy.png')), truth);
      const after = error(await loaded(join(home, 'out.png')), truth);
      // 3 dB and more
      expect(before / after).toBeGreaterThan(2);
      const strong = ['denoise', 'noisy.png', '--model', 'denoise-mine', '--sigma', '60'];
      const warned = await run(...strong, '-o', 'strong.png', '--json');
      expect(warned.out).toContain('about 60 levels (read or given), and up to 50 were learnt');
    },
    patience,
  );

  it(
    'killed in the middle goes on bit for bit; other images and other settings are refused',
    async () => {
      const args = ['train', 'clean', '--steps', '150', ...small, '--json'];
      expect((await run(...args, '--out', 'whole')).code).toBe(0);
      const child = spawn(process.execPath, [commandLine, ...args, '--out', 'cut'], {
        ...{ cwd: home, detached: true, stdio: ['ignore', 'pipe', 'ignore'] },
        env: environmentIn(home),
      });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
      while (!said.includes('"step":50') && child.exitCode === null) await sleep(10);
      expect(child.exitCode).toBeNull();
      // Host and engine at once.
      process.kill(-child.pid!, 'SIGKILL');
      expect(existsSync(join(home, 'cut/model.onnx'))).toBe(false);
      const other = await run(...['train', 'clean', '--resume', '--sigma', '30', '--out', 'cut']);
      expect(other.code).toBe(2);
      expect(other.words).toContain('begun with sigma 25');
      const on = await run('train', 'clean', '--resume', '--out', 'cut', '--json');
      expect(on.code).toBe(0);
      const model = (folder: string): Buffer => readFileSync(join(home, folder, 'model.onnx'));
      expect(model('cut').equals(model('whole'))).toBe(true);

      const again = await run(...args, '--out', 'cut');
      expect(again.words).toContain('--resume');
      expect(again.code).toBe(1);
      await save(join(home, 'clean/0.png'), drawn(500, SIDE));
      const changed = await run('train', 'clean', '--resume', '--steps', '200', '--out', 'cut');
      await save(join(home, 'clean/0.png'), drawn(1, SIDE));
      expect(changed.words).toContain('1 are new or changed');
      expect(changed.code).not.toBe(0);
    },
    patience,
  );

  it(
    'interrupted says how to go on, and leaves what it needs for that',
    async () => {
      const { child, said, ended } = start(
        process.execPath,
        [commandLine, 'train', 'clean', ...small, '--steps', '100000', '--out', 'stopped'],
        home,
      );
      while (!said.out.includes('training-curve') && child.exitCode === null) await sleep(10);
      child.kill('SIGINT');
      expect(await ended).toBe(130);
      expect(said.words).toContain('--resume');
      expect(existsSync(join(home, 'stopped/training.bin'))).toBe(true);
      expect(existsSync(join(home, 'stopped/model.onnx'))).toBe(false);
    },
    patience,
  );
});

it(
  'a code is learnt too: its card is of a kind of its own',
  async () => {
    const { code, lines } = await run(
      ...['train', 'clean', '--kind', 'linear', '--width', '4', '--start', 'pca'],
      ...['--steps', '200', '--out', 'autoencoder-codes', '--json'],
    );
    expect(code).toBe(0);
    const output = lines.at(-1)!.output as {
      quality: { network: number; beside: { value: number }[] }[];
    };
    const [{ network, beside }] = output.quality as [(typeof output.quality)[number]];
    expect(network).toBeGreaterThan(beside[0]!.value - 0.1);
    const card = await readCard(join(home, 'autoencoder-codes'), 'user', [autoencoderCards]);
    expect(card?.card).toMatchObject({ id: 'autoencoder-codes', code: { width: 4 } });
  },
  patience,
);

it(
  'a variational one makes new pictures, which say so, beside the nearest that were learnt from',
  async () => {
    const trained = await run(
      ...['train', 'clean', '--kind', 'variational', '--width', '4', '--patch', '8'],
      ...['--steps', '200', '--out', 'codes', '--json'],
    );
    expect(trained.code).toBe(0);
    const codes = trained.lines.findLast((line) => line.type === 'training-codes')!;
    expect(codes.units).toHaveLength(4);
    expect(codes).not.toHaveProperty('tiles');
    const made = await run(
      ...['generate', 'codes', '--out', 'made.png', '--count', '4', '--near', 'clean', '--json'],
    );
    expect(made.words).toContain('marked as generated');
    expect(made.code).toBe(0);
    const output = made.lines.at(-1)!.output as { nearest: { path: string; distance: number }[] };
    expect(output.nearest).toHaveLength(4);
    expect(output.nearest.every(({ distance }) => distance > 0 && distance < 128)).toBe(true);
    const { xmp, width, height } = await sharp(join(home, 'made.png')).metadata();
    expect(xmp!.toString()).toContain('digitalsourcetype/compositeWithTrainedAlgorithmicMedia');
    // Two across, each with its nearest below, four pixels for one.
    expect([width, height]).toEqual([2 * 34 - 2, 4 * 34 - 2]);
    const way = await run(
      ...['generate', 'codes', '--out', 'way.png', '--count', '5'],
      ...['--between', 'clean/1.png', '--between', 'clean/2.png'],
    );
    expect(way.code).toBe(0);
    const facts = await sharp(join(home, 'way.png')).metadata();
    expect(facts.xmp!.toString()).toContain('digitalsourcetype/trainedAlgorithmicMedia');
    expect(facts.width).toBe(5 * 34 - 2);
    // Never over what is there; nothing of a kind that has no distribution.
    const again = await run('generate', 'codes', '--out', 'way.png');
    expect(again.words).toContain('is there already');
    const other = await run('generate', 'autoencoder-codes', '--out', 'other.png');
    expect(other.words).toContain('linear');
    expect([again.code, other.code].every((code) => code !== 0)).toBe(true);
    expect(existsSync(join(home, 'other.png'))).toBe(false);
    const unit = await run('generate', 'codes', '--out', 'unit.png', '--unit', '9');
    expect(unit.words).toContain('from 1 to 4');
    // A PNG is not called otherwise, and of two things that were asked for none is left out silently.
    const called = await run('generate', 'codes', '--out', 'made.jpg');
    expect(called.words).toContain('a name that ends in .png');
    expect(existsSync(join(home, 'made.jpg'))).toBe(false);
    const both = await run(
      ...['generate', 'codes', '--out', 'both.png', '--unit', '2'],
      ...['--between', 'clean/1.png', '--between', 'clean/2.png'],
    );
    expect(both.words).toContain('either a unit that is moved or two pictures');
  },
  patience,
);

describe('folders that nothing can be learnt from', () => {
  it(
    'what can not be read is named, the rest is learnt from',
    async () => {
      mkdirSync(join(home, 'mixed'));
      for (const at of [0, 1, 2]) await save(join(home, `mixed/${at}.png`), drawn(20 + at, SIDE));
      writeFileSync(join(home, 'mixed/twin.png'), readFileSync(join(home, 'mixed/1.png')));
      writeFileSync(
        join(home, 'mixed/broken.png'),
        readFileSync(join(home, 'mixed/0.png')).subarray(0, 700),
      );
      await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
        .png()
        .toFile(join(home, 'mixed/tiny.png'));
      const { code, lines } = await run(
        ...['train', 'mixed', ...small, '--steps', '2', '--out', 'frommixed', '--json'],
      );
      expect(code).toBe(0);
      const images = lines.find((line) => line.type === 'training-images')!;
      expect(images).toMatchObject({ learnt: 2, heldBack: 1 });
      const reasons = (images.leftOut as { source: string; reason: string }[]).map(
        ({ source, reason }) => `${source.slice(-10)} ${reason}`,
      );
      expect(reasons).toHaveLength(3);
      expect(reasons.join()).toMatch(/broken\.png/);
      expect(reasons.join()).toMatch(/twin\.png Its content is that of 1\.png/);
      expect(reasons.join()).toMatch(/tiny\.png It has 8 × 8 pixels/);
    },
    patience,
  );

  it(
    'none, or one alone, is refused in words, and nothing is left',
    async () => {
      mkdirSync(join(home, 'empty'));
      mkdirSync(join(home, 'one'));
      await save(join(home, 'one/a.png'), drawn(1, SIDE));
      for (const [folder, count] of [
        ['empty', 0],
        ['one', 1],
      ] as const) {
        const { code, words } = await run('train', folder, '--out', `from${folder}`);
        expect(words).toContain(`but found ${count}`);
        expect(code).not.toBe(0);
        expect(existsSync(join(home, `from${folder}/training.bin`))).toBe(false);
      }
      const gone = await run('train', 'nowhere', '--out', 'fromnowhere');
      expect(gone.words).toContain('nowhere');
      expect(gone.code).not.toBe(0);
    },
    patience,
  );
});
