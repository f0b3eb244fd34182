/** What all hosts share: folders, admission, preferences. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAdmission } from '../../../app/hosts/shared/admission.ts';
import { personFolders } from '../../../app/hosts/shared/paths.ts';
import { preferencesFile } from '../../../app/hosts/shared/preferences.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hourglass-shared-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('folders of the person', () => {
  it('follow XDG on Linux, and ignore relative values', () => {
    expect(personFolders('linux', { XDG_CACHE_HOME: '/c' }, '/home/a')).toEqual({
      config: '/home/a/.config/hourglass',
      cache: '/c/hourglass',
      models: '/home/a/.local/share/hourglass/models',
    });
    expect(personFolders('linux', { XDG_CONFIG_HOME: 'here' }, '/home/a').config).toBe(
      '/home/a/.config/hourglass',
    );
  });

  it('are where the platform puts them elsewhere', () => {
    expect(personFolders('darwin', {}, '/Users/a')).toEqual({
      config: '/Users/a/Library/Application Support/Hourglass',
      cache: '/Users/a/Library/Caches/Hourglass',
      models: '/Users/a/Library/Application Support/Hourglass/models',
    });
    expect(personFolders('win32', { APPDATA: '/r', LOCALAPPDATA: '/l' }, '/u')).toEqual({
      config: '/r/hourglass',
      cache: '/l/hourglass/cache',
      models: '/l/hourglass/models',
    });
  });
});

describe('admission', () => {
  it('gives a file one id, and knows it both ways', async () => {
    const path = join(folder, 'a.jpg');
    writeFileSync(path, '12345');
    const admission = createAdmission();
    const admitted = await admission.admit(path);
    expect(admitted).toMatchObject({ name: 'a.jpg', bytes: 5 });
    expect(admitted.source).toMatch(/^@[\w-]{16}$/);
    expect((await admission.admit(path)).source).toBe(admitted.source);
    expect(admission.pathOf(admitted.source)).toBe(path);
    expect(admission.sourceOf(path)).toBe(admitted.source);
    expect(admission.sourceOf(join(folder, 'b.jpg'))).toBeUndefined();
  });

  it('refuses paths, and ids that it never gave', async () => {
    const path = join(folder, 'a.jpg');
    writeFileSync(path, '1');
    const admission = createAdmission();
    const { source } = await admission.admit(path);
    const foreign = await createAdmission().admit(path);
    for (const wrong of [
      path,
      '/etc/passwd',
      '@',
      '@../a',
      `${source}x`,
      foreign.source,
      'constructor',
      '@__proto__',
    ])
      expect(() => admission.pathOf(wrong), wrong).toThrow('was not opened in this window');
  });

  it('admits files only', async () => {
    mkdirSync(join(folder, 'sub'));
    const admission = createAdmission();
    await expect(admission.admit(join(folder, 'sub'))).rejects.toMatchObject({
      code: 'file-not-readable',
    });
    await expect(admission.admit(join(folder, 'gone'))).rejects.toMatchObject({
      code: 'file-not-found',
    });
  });
});

describe('preferences', () => {
  const file = (text: string): void => writeFileSync(join(folder, 'preferences.json'), text);

  it('come back as saved, the last of many', async () => {
    const preferences = preferencesFile(join(folder, 'new/config'));
    expect(await preferences.load()).toEqual({});
    await Promise.all([
      preferences.save({ theme: 'dark' }),
      preferences.save({ theme: 'light', output: { quality: 80 } }),
    ]);
    expect(await preferences.load()).toEqual({ theme: 'light', output: { quality: 80 } });
    expect(readdirSync(join(folder, 'new/config'))).toEqual(['preferences.json']);
  });

  it.each(['', '{"theme": "da', '[]', 'null', '"text"'])(
    'damaged as %j mean the defaults',
    async (text) => {
      file(text);
      expect(await preferencesFile(folder).load()).toEqual({});
    },
  );

  it('forget a wrong field alone, and fields that nobody knows', async () => {
    file(
      '{"theme":"pink","device":"cpu","panels":{"inspector":1,"filmstrip":true},"evil":{"a":1}}',
    );
    expect(await preferencesFile(folder).load()).toEqual({
      device: 'cpu',
      panels: { filmstrip: true },
    });
  });

  it('are refused when they are no object or too long, and say where they can not be written', async () => {
    const preferences = preferencesFile(folder);
    await expect(preferences.save('text')).rejects.toMatchObject({ code: 'invalid-parameter' });
    await expect(preferences.save({ device: 'x'.repeat(70_000) })).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
    writeFileSync(join(folder, 'plain'), '');
    await expect(preferencesFile(join(folder, 'plain')).save({})).rejects.toMatchObject({
      code: 'output-not-writable',
    });
  });
});
