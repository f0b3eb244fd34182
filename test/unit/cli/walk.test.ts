import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileKind } from '../../../app/contract/index.ts';
import { compareNaturally, fromHere, isJunk, walk } from '../../../app/hosts/shared/walk.ts';

/** The first bytes of a PNG are enough to look like one. */
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hourglass-walk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: Buffer | string = png): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), content);
}

const look = (...inputs: string[]) =>
  walk(inputs, { cwd: folder, signal: new AbortController().signal });
const names = async (...inputs: string[]) =>
  (await look(...inputs)).files.map(({ path }) => path.slice(folder.length + 1));

describe('walking folders', () => {
  it('takes images in natural order, keeping where they were', async () => {
    for (const name of ['s/b10.png', 's/b2.png', 's/B1.png', 's/in/a.png']) put(name);
    expect(await names('s')).toEqual(['s/B1.png', 's/b2.png', 's/b10.png', 's/in/a.png']);
    const { files } = await look('s');
    expect(files.map(({ below, named }) => [below, named])).toEqual([
      ['', false],
      ['', false],
      ['', false],
      ['in', false],
    ]);
  });

  it('takes latent files as images, or alone, or not at all', async () => {
    put('s/a.png');
    put('s/b.hgl', 'whatever');
    put('s/c', Buffer.from('89484c470d0a1a0a', 'hex'));
    put('s/d', Buffer.from('8948474c0d0a1a0a', 'hex'));
    const took = async (takes?: readonly FileKind[]) => {
      const signal = new AbortController().signal;
      const { files, ignored } = await walk(['s'], { cwd: folder, signal, takes });
      return [files.map(({ path }) => path.slice(folder.length + 3)).join(' '), ignored];
    };
    expect(await took()).toEqual(['a.png b.hgl d', 1]);
    expect(await took(['photo', 'latent'])).toEqual(['a.png b.hgl d', 1]);
    expect(await took(['photo'])).toEqual(['a.png', 3]);
    expect(await took(['latent'])).toEqual(['b.hgl d', 2]);
  });

  it('takes what globs choose, by name in any folder or by place; not of what is named by itself', async () => {
    for (const name of ['s/a.JPG', 's/b.png', 's/day 1/c.jpg', 's/day 1/raw/d.jpg', 's/no/e.jpg'])
      put(name);
    const chosen = async (choice: object, ...inputs: string[]) => {
      const signal = new AbortController().signal;
      const { files, unchosen } = await walk(inputs, { cwd: folder, signal, choice });
      return [files.map(({ path }) => path.slice(folder.length + 1)).join(' '), unchosen];
    };
    expect(await chosen({ include: ['*.jpg'] }, 's')).toEqual([
      's/a.JPG s/day 1/c.jpg s/day 1/raw/d.jpg s/no/e.jpg',
      1,
    ]);
    expect(await chosen({ include: ['day 1/*'] }, 's')).toEqual(['s/day 1/c.jpg', 4]);
    expect(await chosen({ include: ['day*/**'], exclude: ['raw'] }, 's')).toEqual([
      's/day 1/c.jpg',
      4,
    ]);
    expect(await chosen({ exclude: ['no/', '*.png'] }, 's')).toEqual([
      's/a.JPG s/day 1/c.jpg s/day 1/raw/d.jpg',
      2,
    ]);
    expect(await chosen({ exclude: ['*.png'] }, 's/b.png')).toEqual(['s/b.png', 0]);
    expect(await chosen({ exclude: ['d.*'] }, 's/**/*.jpg')).toEqual([
      's/day 1/c.jpg s/no/e.jpg',
      1,
    ]);
  });

  it('follows links once and says so, and counts those that lead nowhere or back', async () => {
    put('s/a.png');
    put('elsewhere/b.png');
    symlinkSync(join(folder, 'elsewhere'), join(folder, 's/linked'));
    symlinkSync(join(folder, 'elsewhere/b.png'), join(folder, 's/b.png'));
    symlinkSync(join(folder, 's'), join(folder, 's/back'));
    symlinkSync(join(folder, 'gone'), join(folder, 's/gone'));
    const { files, links } = await look('s');
    expect(files.map(({ path }) => path.slice(folder.length + 1))).toEqual([
      's/a.png',
      's/b.png',
      's/linked/b.png',
    ]);
    expect(links).toEqual({ followed: 2, dead: 2 });
  });

  it('leaves junk, hidden files and other files alone, and counts both', async () => {
    for (const name of [
      'a.png',
      '.hidden.png',
      '.git/x.png',
      'Thumbs.db',
      'desktop.ini',
      '.DS_Store',
    ])
      put(`s/${name}`);
    put('s/notes.txt', 'text');
    put('s/__MACOSX/b.png');
    const result = await look('s');
    expect(result.files).toHaveLength(1);
    expect(result.ignored).toBe(1);
    // Of folders the folder, for nothing in it was looked at.
    expect(result.hidden).toBe(6);
    expect(isJunk('THUMBS.DB')).toBe(true);
  });

  it('takes what calls itself an image, and what is one under another name', async () => {
    put('s/text.jpg', 'no image');
    put('s/empty.PNG', '');
    put('s/unnamed');
    expect(await names('s')).toEqual(['s/empty.PNG', 's/text.jpg', 's/unnamed']);
  });

  it('follows links, but not in circles', async () => {
    put('s/a.png');
    put('t/b.png');
    symlinkSync(join(folder, 's'), join(folder, 's/again'));
    symlinkSync(join(folder, 't'), join(folder, 's/other'));
    symlinkSync(join(folder, 'nothing'), join(folder, 's/broken.png'));
    expect(await names('s')).toEqual(['s/a.png', 's/other/b.png']);
  });

  it('does not end at a folder that can not be read', async () => {
    put('s/a.png');
    put('s/locked/b.png');
    chmodSync(join(folder, 's/locked'), 0o000);
    const { files, problems } = await look('s');
    chmodSync(join(folder, 's/locked'), 0o755);
    // The superuser may read everything; then there is nothing to report.
    if (process.getuid?.() === 0) expect(files).toHaveLength(2);
    else {
      expect(files).toHaveLength(1);
      expect(problems).toMatchObject([{ input: 'locked', error: { code: 'file-not-readable' } }]);
    }
  });

  it('can be cancelled', async () => {
    put('s/a.png');
    const controller = new AbortController();
    controller.abort();
    await expect(walk(['s'], { cwd: folder, signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('files and globs', () => {
  it('never skips a file that was named', async () => {
    put('.hidden.txt', 'text');
    put('notes.txt', 'text');
    expect(await names('.hidden.txt', 'notes.txt')).toEqual(['.hidden.txt', 'notes.txt']);
  });

  it('says each file once, as named when it was', async () => {
    put('s/a.png');
    const { files } = await look('s', 's/a.png', './s/../s/a.png');
    expect(files).toMatchObject([{ named: true }]);
  });

  it('expands globs, and reports those that match nothing', async () => {
    for (const name of ['s/a.png', 's/in/b.png', 's/c.jpg', 's/d.txt']) put(name);
    expect(await names('s/**/*.png')).toEqual(['s/a.png', 's/in/b.png']);
    expect(await names('s/*')).toEqual(['s/a.png', 's/c.jpg', 's/d.txt']); // all hold PNG bytes
    expect((await look('*.tif')).problems).toMatchObject([
      { input: '*.tif', error: { code: 'file-not-found', message: 'No file matches *.tif.' } },
    ]);
  });

  it('believes an existing name with brackets before a pattern', async () => {
    put('a[1].png');
    put('a1.png');
    expect(await names('a[1].png')).toEqual(['a[1].png']);
  });

  it('reports what does not exist and goes on', async () => {
    put('a.png');
    const { files, problems } = await look('gone.png', 'a.png');
    expect(files).toHaveLength(1);
    expect(problems).toMatchObject([
      { input: 'gone.png', error: { code: 'file-not-found', message: 'gone.png does not exist.' } },
    ]);
  });
});

describe('names for people', () => {
  it('are relative where that is shorter to read', () => {
    expect(fromHere('/home/a/s/x.png', '/home/a')).toBe('s/x.png');
    expect(fromHere('/else/x.png', '/home/a')).toBe('/else/x.png');
    expect(fromHere('*.tif', '/home/a')).toBe('*.tif');
    expect(fromHere('/home/a', '/home/a')).toBe('/home/a');
  });

  it('sort like people sort', () => {
    expect(['b/a', 'a/10', 'a/9', 'A/1'].sort(compareNaturally)).toEqual([
      'A/1',
      'a/9',
      'a/10',
      'b/a',
    ]);
  });
});

it('counts what is left alone by its kind', async () => {
  put('kinds/a.png');
  for (const name of ['1.mnc', '2.MNC', '3.x3d', 'photo.heic', 'README']) put(`kinds/${name}`, 'x');
  const { files, ignored, ignoredKinds } = await look('kinds');
  expect([files.length, ignored]).toEqual([1, 5]);
  expect(ignoredKinds).toEqual({ '.mnc': 2, '.x3d': 1, '.heic': 1, '': 1 });
});
