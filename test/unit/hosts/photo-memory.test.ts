/** Settings that stay with a photo: known again by what is in it, bounded, without names, and never in the way. */
import { mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAdmission } from '../../../app/hosts/shared/admission.ts';
import { createPhotoMemory } from '../../../app/hosts/shared/photo-memory.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-photos-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const photo = async (name: string, content: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};
const keep = (memory: ReturnType<typeof createPhotoMemory>, path: string, text: string) =>
  memory.keep([{ source: '@a', settings: text === '' ? {} : { clean: text } }], () => [path]);

describe('settings of photos', () => {
  it('come back in another start, under another name and with another time, and with admission', async () => {
    const path = await photo('holiday.jpg', 'one');
    await keep(createPhotoMemory(folder), path, 'strong');
    const moved = join(folder, 'other name.jpg');
    await rename(path, moved);
    await utimes(moved, 1, 1);
    const later = createPhotoMemory(folder);
    expect(await later.recall([moved])).toEqual({ clean: 'strong' });
    const admission = createAdmission({ recall: later.recall });
    expect((await admission.admit(moved)).settings).toEqual({ clean: 'strong' });
    expect(await admission.admit(await photo('new.jpg', 'a new one'))).not.toHaveProperty(
      'settings',
    );
  });

  it('belong to what is in the file: another one of the same size, or a changed one, has none', async () => {
    const path = await photo('a.jpg', 'one');
    const memory = createPhotoMemory(folder);
    await keep(memory, path, 'strong');
    expect(await memory.recall([await photo('b.jpg', 'two')])).toBeUndefined();
    await writeFile(path, 'One');
    expect(await memory.recall([path])).toBeUndefined();
    expect(await memory.recall([join(folder, 'gone.jpg')])).toBeUndefined();
  });

  it('hold no name and no place', async () => {
    const path = await photo('Anna at home.jpg', 'one');
    await keep(createPhotoMemory(folder), path, 'strong');
    const kept = await readFile(join(folder, 'photos.json'), 'utf8');
    expect(kept).toContain('strong');
    expect(kept).not.toContain('Anna');
    expect(kept).not.toContain(folder);
  });

  it('are those of a bounded number of photos: who was changed longest ago goes first', async () => {
    const memory = createPhotoMemory(folder, 2);
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => photo(name, name)));
    for (const path of [a!, b!]) await keep(memory, path, path);
    await keep(memory, a!, 'again');
    await keep(memory, c!, 'new');
    expect(await memory.count()).toBe(2);
    expect(await memory.recall([a!])).toEqual({ clean: 'again' });
    expect(await memory.recall([b!])).toBeUndefined();
  });

  it('are gone after a reset, and all of them when they are to be forgotten', async () => {
    const memory = createPhotoMemory(folder);
    const [a, b] = await Promise.all(['a', 'b'].map((name) => photo(name, name)));
    for (const path of [a!, b!]) await keep(memory, path, 'strong');
    await keep(memory, a!, '');
    expect([await memory.recall([a!]), await memory.count()]).toEqual([undefined, 1]);
    // Another window of the program sees that too.
    const other = createPhotoMemory(folder);
    expect(await other.count()).toBe(1);
    await memory.forget();
    expect([await other.count(), await other.recall([b!])]).toEqual([0, undefined]);
  });

  it('that were damaged on the disk are none, and what is asked must be well-formed', async () => {
    await writeFile(join(folder, 'photos.json'), '{"photos": [["../../etc", {"clean": 1}]]}');
    const memory = createPhotoMemory(folder);
    expect(await memory.count()).toBe(0);
    await expect(memory.keep([{ source: '@a' }], () => [])).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
    const long = [{ source: '@a', settings: { clean: 'x'.repeat(5000) } }];
    await expect(memory.keep(long, () => [])).rejects.toMatchObject({ code: 'invalid-parameter' });
  });
});
