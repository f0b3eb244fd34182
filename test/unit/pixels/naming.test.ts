/** Where outputs go and what they are called. */
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ImageFormat } from '../../../app/contract/index.ts';
import { nameOutput } from '../../../app/jobs/outputs.ts';
import { resolveOutput, type OutputRequest } from '../../../app/pixels/naming.ts';
import { scratchFolder } from './support.ts';

const folder = scratchFolder();
const source = join(folder, 'IMG 0815.JPG');
writeFileSync(source, 'x');
mkdirSync(join(folder, 'out'));

const ask = (changes: Partial<OutputRequest>): ReturnType<typeof resolveOutput> =>
  resolveOutput({
    source,
    out: '{dir}/{name}-clean.{ext}',
    format: 'keep',
    model: 'denoise-photo-fast',
    index: 1,
    sourceFormat: 'jpeg',
    ...changes,
  });
const pathOf = async (changes: Partial<OutputRequest>): Promise<string> =>
  (await ask(changes)).path;
const inFolder = (name: string): string => join(folder, name);

describe('templates', () => {
  it.each([
    ['{dir}/{name}-clean.{ext}', 'IMG 0815-clean.JPG'],
    ['{dir}/{name}-{model}.{ext}', 'IMG 0815-denoise-photo-fast.JPG'],
    ['{dir}/clean/{name}', 'clean/IMG 0815.JPG'],
    ['{dir}/{n}.{ext}', '1.JPG'],
    ['{dir}/{name}#%41 {name}.{ext}', 'IMG 0815#%41 IMG 0815.JPG'],
  ])('%s', async (out, name) => {
    expect(await pathOf({ out })).toBe(inFolder(name));
  });

  it('the one page that is written of several is in the name, so that two never meet', async () => {
    expect(await pathOf({ page: 3 })).toBe(inFolder('IMG 0815-page-3-clean.JPG'));
    expect(await pathOf({ out: inFolder('out'), page: 12 })).toBe(
      inFolder('out/IMG 0815-page-12.JPG'),
    );
    expect(await pathOf({ out: inFolder('mine.jpg'), page: 3 })).toBe(inFolder('mine.jpg'));
    // Also where a long name is cut.
    const long = join(folder, `${'n'.repeat(250)}.jpg`);
    const cut = [1, 2].map((page) => pathOf({ source: long, page }));
    expect(basename(await cut[1]!)).toMatch(/^n+-page-2-clean\.jpg$/);
    expect(await cut[0]).not.toBe(await cut[1]);
  });

  it('which page that is says the command, not what it takes without being asked', async () => {
    const named = async (command: 'denoise' | 'encode', page: unknown): Promise<string> => {
      const input = { source, out: '{dir}/{name}-x.png', format: 'png', index: 1, inputs: 1, page };
      return basename((await nameOutput(command, input))!.path);
    };
    expect(await named('denoise', 'all')).toBe('IMG 0815-x.png');
    expect(await named('denoise', 1)).toBe('IMG 0815-page-1-x.png');
    expect(await named('encode', 1)).toBe('IMG 0815-x.png');
    expect(await named('encode', 2)).toBe('IMG 0815-page-2-x.png');
  });

  it('a literal extension decides the format', async () => {
    expect(await ask({ out: '{dir}/{name}.png' })).toMatchObject({
      path: inFolder('IMG 0815.png'),
      format: 'png',
    });
  });

  it('{ext} follows the format', async () => {
    expect(await ask({ format: 'tiff' })).toMatchObject({
      path: inFolder('IMG 0815-clean.tif'),
      format: 'tiff',
    });
  });

  it('latent files are made when they are asked for, and come back as PNG', async () => {
    const latent = (out: string) =>
      resolveOutput({ ...{ source, out, model: 'm', index: 1 }, format: 'hgl' });
    expect(await latent('{dir}/{name}.{ext}')).toMatchObject({
      path: inFolder('IMG 0815.hgl'),
      format: 'hgl',
    });
    expect((await latent(inFolder('out'))).path).toBe(inFolder('out/IMG 0815.hgl'));
    await expect(latent('a.jpg')).rejects.toThrow(/ends with \.hgl for the format hgl/);
    await expect(latent('a.photo')).rejects.toThrow(/file name ending with \.hgl/);
    await expect(ask({ out: 'a.hgl' })).rejects.toThrow(/latent files are made by `encode`/);
    const small = inFolder('small.hgl');
    writeFileSync(small, 'x');
    expect(await ask({ source: small, sourceFormat: 'hgl' })).toMatchObject({
      path: inFolder('small-clean.png'),
      format: 'png',
      notices: [],
    });
  });

  it('{n} is padded to the digits of the run', async () => {
    expect(await pathOf({ out: '{dir}/{n}.{ext}', index: 7, inputs: 1200 })).toBe(
      inFolder('0007.JPG'),
    );
  });

  it('braces in a name are no placeholders', async () => {
    const odd = inFolder('{model} {n}.jpg');
    writeFileSync(odd, 'x');
    expect(basename(await pathOf({ source: odd }))).toBe('{model} {n}-clean.jpg');
  });

  it('relative templates lie in the current folder', async () => {
    expect(await pathOf({ out: 'clean/{name}.{ext}' })).toBe(
      join(process.cwd(), 'clean', 'IMG 0815.JPG'),
    );
  });

  it.each([
    [{ out: '{dir}/{nmae}.{ext}' }, 'not {nmae}'],
    [{ out: '{dir}/{ext}', inputs: 2 }, '{name} or {n}'],
    [{ out: '{dir}/{name}.png', format: 'jpeg' as const }, 'ends with .jpg'],
  ])('refuses %j', async (changes, words) => {
    await expect(ask(changes)).rejects.toMatchObject({
      code: 'invalid-parameter',
      message: expect.stringContaining(words) as string,
    });
  });
});

describe('folders and files', () => {
  it('an existing folder, and a new one with a slash', async () => {
    expect(await pathOf({ out: inFolder('out') })).toBe(inFolder('out/IMG 0815.JPG'));
    expect(await pathOf({ out: `${inFolder('new')}/` })).toBe(inFolder('new/IMG 0815.JPG'));
  });

  it('a file decides the format', async () => {
    expect(await ask({ out: inFolder('x.TIFF') })).toMatchObject({
      path: inFolder('x.TIFF'),
      format: 'tiff',
    });
  });

  it.each([
    [{ out: '/tmp/x.png', inputs: 2 }, 'several files'],
    [{ out: '/tmp/cleaned' }, 'an existing folder'],
    [{ out: '/tmp/x.bmp' }, '.jpg, .png'],
    [{ out: '/tmp/x.gif' }, '.jpg, .png'],
  ])('refuses %j', async (changes, words) => {
    await expect(ask(changes)).rejects.toMatchObject({
      code: 'invalid-parameter',
      message: expect.stringContaining(words) as string,
    });
  });
});

describe('the source is safe', () => {
  it.each(['{dir}/{name}.{ext}', `${folder}/`, source])('refuses %s', async (out) => {
    await expect(ask({ out })).rejects.toMatchObject({ code: 'output-is-source' });
  });

  it('through links', async () => {
    symlinkSync(source, inFolder('soft.jpg'));
    linkSync(source, inFolder('hard.jpg'));
    for (const out of [inFolder('soft.jpg'), inFolder('hard.jpg')])
      await expect(ask({ out })).rejects.toMatchObject({ code: 'output-is-source' });
  });
});

describe('names', () => {
  it('GIF becomes PNG, and says so', async () => {
    const gif = inFolder('a.gif');
    writeFileSync(gif, 'x');
    const result = await ask({ source: gif, sourceFormat: 'gif' });
    expect(result).toMatchObject({ path: inFolder('a-clean.png'), format: 'png' });
    expect(result.notices[0]!.text).toContain('PNG');
  });

  it.each<[string, ImageFormat, string]>([
    ['no extension', 'png', 'no extension-clean.png'],
    ['version.2', 'jpeg', 'version.2-clean.jpg'],
    ['wrong.png', 'jpeg', 'wrong-clean.jpg'],
    ['Größe 写真 📷.webp', 'webp', 'Größe 写真 📷-clean.webp'],
    ['100% #1.jpeg', 'jpeg', '100% #1-clean.jpeg'],
    ['.hidden', 'tiff', '.hidden-clean.tif'],
    [`${'long '.repeat(26)}name.jpg`, 'jpeg', `${'long '.repeat(26)}name-clean.jpg`],
  ])('%s', async (name, sourceFormat, expected) => {
    const path = inFolder(name);
    writeFileSync(path, 'x');
    expect(basename(await pathOf({ source: path, sourceFormat }))).toBe(expected);
  });

  it('a name that would be too long is shortened between characters, and said', async () => {
    const name = `${'写'.repeat(83)}.jpg`;
    writeFileSync(inFolder(name), 'x');
    const result = await ask({ source: inFolder(name) });
    expect(basename(result.path)).toBe(`${'写'.repeat(81)}-clean.jpg`);
    expect(result.notices[0]!.text).toContain('shortened');
  });
});

describe('what no disk takes as a name', () => {
  it.each([
    ['out', { out: join('folder', 'a\0.png') }],
    ['model', { out: '{dir}/{model}.png', model: 'a\0' }],
  ])('a zero byte is refused in words, in %s', async (name, request) => {
    await expect(ask(request)).rejects.toMatchObject({
      code: 'invalid-parameter',
      message: expect.stringContaining(`text without zero bytes for ${name}`) as string,
    });
  });

  it('a name that is too long is nobody’s file; writing it says so', async () => {
    const { path } = await ask({ out: `${folder}/${'x'.repeat(300)}.jpg` });
    expect(basename(path)).toHaveLength(304);
  });
});
