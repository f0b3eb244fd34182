/** The real engine, killed from outside in the middle of real work. */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import {
  createProgram,
  launchNodeProcess,
  type Program,
  type ProgramOptions,
} from '../../../app/jobs/index.ts';
import { software } from '../../../app/hosts/shared/paths.ts';
import { repositoryRoot } from '../../data.ts';
import { knowDevicesIn } from '../../known-devices.ts';
import { inTheMiddle, temporaryFolder } from './helpers.ts';

let folder = '';
let pids: number[] = [];
let program: Program;

async function makePicture(path: string, side: number): Promise<void> {
  const data = Buffer.alloc(side * side * 3);
  for (let index = 0; index < data.length; index++) data[index] = (index * 2654435761) >>> 25;
  await sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toFile(path);
}

const options = (): ProgramOptions => ({
  launch: (entry, args) => {
    const handle = launchNodeProcess(entry, args);
    if (entry === 'engine' && handle.pid !== undefined) pids.push(handle.pid);
    return handle;
  },
  cacheFolder: join(folder, 'cache'),
  modelsFolder: join(repositoryRoot, 'models'),
  userModelsFolder: join(folder, 'models'),
  software,
});

beforeAll(() => buildAppIfStale(), 300_000);

beforeEach(async () => {
  folder = temporaryFolder();
  process.env.HOURGLASS_TEMP = join(folder, 'temporary');
  mkdirSync(process.env.HOURGLASS_TEMP);
  pids = [];
  await makePicture(join(folder, 'large.png'), 1400);
  await makePicture(join(folder, 'small.png'), 64);
  knowDevicesIn(join(folder, 'cache'));
  program = createProgram(options());
});

afterEach(async () => {
  await program.stop();
  delete process.env.HOURGLASS_TEMP;
});

const settings = { sigma: 10, device: 'cpu' } as const;
const outputs = (): string[] =>
  readdirSync(folder)
    .filter((name) => !['temporary', 'cache'].includes(name))
    .sort();

describe('the engine', () => {
  it('answers at once, and is gone after stop', async () => {
    const { models } = await program.run('models', {});
    expect(models.map(({ id }) => id)).toContain('denoise-photo-fast');
    const [pid] = pids;
    expect(() => process.kill(pid!, 0)).not.toThrow();
    await program.stop();
    expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
  });

  it('killed in the middle of a job fails that file by name; the next succeeds; no half file', async () => {
    const large = program.run(
      'denoise',
      { source: join(folder, 'large.png'), ...settings },
      { job: 'large' },
    );
    const small = program.run('denoise', { source: join(folder, 'small.png'), ...settings });
    await inTheMiddle(program, 'large');
    process.kill(pids[0]!, 'SIGKILL');
    await expect(large).rejects.toMatchObject({
      code: 'engine-died',
      message: expect.stringMatching(/^large\.png could not be finished: .*killed by SIGKILL/),
    });
    expect(outputs()).not.toContain('large-clean.png');
    expect(await small).toMatchObject({ width: 64, device: { id: 'cpu' } });
    expect(pids).toHaveLength(2);
    expect(outputs()).toEqual(['large.png', 'small-clean.png', 'small.png']);
    expect(readdirSync(join(folder, 'temporary'))).toEqual([]);
  });

  it('killed while a document is open: its tiles come again, under the same id', async () => {
    const info = await program.run('open', { source: join(folder, 'small.png') });
    const at = { document: info.document, layer: 'source', level: 0, column: 0, row: 0 };
    const before = await program.tile(at);
    process.kill(pids[0]!, 'SIGKILL');
    const after = await program.tile(at);
    expect(after).toEqual(before);
    expect(await program.run('pixel', { document: info.document, x: 3, y: 2 })).toEqual({
      values: [...(await sharp(join(folder, 'small.png')).raw().toBuffer())].slice(
        (2 * 64 + 3) * 3,
        (2 * 64 + 3) * 3 + 3,
      ),
    });
    await expect(
      program.run('pixel', { document: info.document, x: 64, y: 0 }),
    ).rejects.toMatchObject({ code: 'invalid-parameter' });
  });

  it('reads back what was written, latent files too, and what was written since', async () => {
    const source = join(folder, 'small.png');
    const { document } = await program.run('open', { source });
    const at = { document, level: 0, column: 0, row: 0 };
    const back = async (path: string) => {
      const found = await program.run('readBack', { document, source: path });
      return { ...found, tile: await program.tile({ ...at, layer: found.layer }) };
    };
    const alone = async (path: string) => {
      const opened = await program.run('open', { source: path });
      return program.tile({ ...at, document: opened.document, layer: 'source' });
    };
    const written = join(folder, 'small.webp');
    const seen = async () => {
      const found = await back(written);
      expect(found.tile.data).toEqual((await alone(written)).data);
      return found;
    };
    await sharp(source).webp({ quality: 40 }).toFile(written);
    const first = await seen();
    expect(first).toMatchObject({ format: 'webp', width: 64, height: 64 });
    expect((await seen()).layer).toBe(first.layer);
    await sharp(source).negate().webp({ quality: 40 }).toFile(written);
    expect((await seen()).layer).not.toBe(first.layer);

    const latent = join(folder, 'small.hgl');
    await program.run('encode', { source, out: latent, device: 'cpu' });
    const decoded = await back(latent);
    expect(decoded).toMatchObject({ format: 'hgl', width: 64, height: 64 });
    expect(decoded.tile.data).toEqual((await alone(latent)).data);
    const gone = join(folder, 'gone.png');
    await expect(back(gone)).rejects.toMatchObject({ code: 'file-not-found' });
  });

  it('previews a document and exports the very same pixels', async () => {
    copyFileSync(join(folder, 'small.png'), join(folder, 'photo.png'));
    const info = await program.run('open', { source: join(folder, 'photo.png') });
    const preview = await program.run('preview', { document: info.document, settings });
    const shown = await program.tile({
      document: info.document,
      layer: preview.layer,
      level: 0,
      column: 0,
      row: 0,
    });
    const { output } = await program.run('denoise', {
      source: join(folder, 'photo.png'),
      ...settings,
    });
    const written = await sharp(output).ensureAlpha().raw().toBuffer();
    expect(Buffer.compare(Buffer.from(shown.data), written)).toBe(0);
  });

  it('renewed under opens, tiles and thumbnails: none of them fails', async () => {
    await program.stop();
    const events: string[] = [];
    program = createProgram({ ...options(), recycleAbove: 1 });
    program.listen((event) => event.type === 'engine' && events.push(event.state));
    const source = join(folder, 'small.png');
    const { document } = await program.run('open', { source });
    const at = { document, layer: 'source', level: 0, column: 0, row: 0 };
    const shown = await program.tile(at);
    const failures: unknown[] = [];
    let running = true;
    const repeat = async (ask: () => Promise<unknown>): Promise<void> => {
      while (running) {
        await ask().catch((error: unknown) => failures.push(error));
        await sleep(Math.random() * 30);
      }
    };
    const others = [
      repeat(() => program.run('open', { source, document: 'other' })),
      repeat(() => program.thumbnail(source)),
      repeat(async () => expect(await program.tile(at)).toEqual(shown)),
    ];
    const renewals = () => events.filter((state) => state === 'recycled').length;
    for (let job = 0; renewals() < 3 && job < 60; job++)
      await program
        .run('denoise', { source, ...settings, overwrite: true })
        .catch((error: unknown) => failures.push(error));
    running = false;
    await Promise.all(others);
    expect(failures).toEqual([]);
    expect(renewals()).toBe(3);
    expect(events).not.toContain('died');
  }, 240_000);
});
