/** The window writes beside the original or into a folder that a person chose, and nowhere else. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWindowOutputs, type WindowOutputs } from '../../../app/hosts/electron/outputs.ts';

let folder: string;
let outputs: WindowOutputs;
const photo = join(sep, 'photos', 'church.tif');
const make = (): Promise<WindowOutputs> =>
  createWindowOutputs({
    rememberIn: join(folder, 'config', 'export-folders.json'),
    picturesFolder: join(sep, 'home', 'me', 'Pictures'),
    ownFolders: [join(sep, 'cache', 'hourglass')],
  });
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-outputs-'));
  outputs = await make();
});
afterEach(() => rm(folder, { recursive: true }));

const usual = '{dir}/{name}-clean.{ext}';
const name = '{name}-clean.{ext}';
const outOf = async (out: string, source = photo): Promise<string> =>
  (await outputs.place(out, source, name)).out;

describe('place', () => {
  it('lets the command name the file beside the original', async () => {
    expect(await outOf(usual)).toBe(usual);
    expect(await outOf('{dir}/{name}-{model}.png')).toBe('{dir}/{name}-{model}.png');
  });

  it.each([
    '/etc/{name}.{ext}',
    '{dir}/../{name}.{ext}',
    '{dir}/sub/{name}.{ext}',
    '{dir}\\..\\x.jpg',
    'x.jpg',
    '/x.jpg',
    '../x.jpg',
    '{dir}/..',
    '{dir}/',
    '{dir}',
    '',
  ])('refuses %j', async (out) => {
    await expect(outputs.place(out, photo, name)).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('takes a chosen folder, also after a new start, but not one beside or below it', async () => {
    const chosen = join(folder, 'cleaned');
    await outputs.allowFolder(chosen);
    expect(await outOf(`${chosen}/{name}.{ext}`)).toBe(join(chosen, '{name}.{ext}'));
    outputs = await make();
    expect(await outOf(`${chosen}/{name}.{ext}`)).toBe(join(chosen, '{name}.{ext}'));
    for (const out of [`${chosen}2/x.jpg`, `${chosen}/sub/x.jpg`, `${chosen}/../x.jpg`])
      await expect(outputs.place(out, photo, name)).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('puts what has no folder of the person’s own into their pictures', async () => {
    const pasted = join(sep, 'cache', 'hourglass', 'pasted-1', 'pasted.png');
    expect(await outOf(usual, pasted)).toBe(
      join(sep, 'home', 'me', 'Pictures', '{name}-clean.{ext}'),
    );
  });
});

describe('produced', () => {
  it('knows only what was written in this session', async () => {
    const place = await outputs.place(usual, photo, name);
    const written = join(sep, 'photos', 'church-clean.tif');
    expect(() => outputs.produced(written)).toThrow('not written in this session');
    expect(place.written(written)).toBe(written);
    expect(outputs.produced(written)).toBe(written);
    expect(() => outputs.produced(photo)).toThrow('not written in this session');
  });
});
