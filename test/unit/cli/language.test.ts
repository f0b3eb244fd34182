/** The built command line in another language than English: what people read is in it, what scripts read never is. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { commandLine, processesIn } from './started.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-cli-language-'));
const { start, endAll } = processesIn(home);
const preferences = join(home, 'hourglass', 'preferences.json');

/** As a person starts it whose system speaks this language; nothing else has been said. */
async function hourglass(args: readonly string[], env: Readonly<Record<string, string>>) {
  const more = {
    HOURGLASS_LANGUAGE: '',
    LC_ALL: '',
    LC_MESSAGES: '',
    LANGUAGE: '',
    XDG_CONFIG_HOME: home,
    ...env,
  };
  const { said, ended } = start(process.execPath, [commandLine, ...args], home, more);
  return { code: await ended, ...said };
}

beforeAll(async () => {
  mkdirSync(join(home, 'hourglass'));
  await buildAppIfStale();
}, 300_000);
afterAll(() => {
  endAll();
  rmSync(home, { recursive: true, force: true });
});

describe('the command line in German', () => {
  const german = { LANG: 'de_DE.UTF-8' };

  it('says so what went wrong, and how it is called', async () => {
    const missing = await hourglass(['denoise', 'missing.jpg'], german);
    expect(missing.code).toBe(1);
    expect(missing.words).toBe(
      'missing.jpg existiert nicht. Prüfen Sie den Pfad; es wurde nichts verändert.\n',
    );
    expect((await hourglass(['denoise', 'a.jpg', '--sigmo', '3'], german)).words).toBe(
      "hourglass: Unbekannte Option '--sigmo'. (Meinten Sie --sigma?)\n",
    );
    const range = await hourglass(['denoise', 'a.jpg', '--sigma', '400'], german);
    expect(range).toMatchObject({
      code: 2,
      words:
        'hourglass: Erwartet für --sigma: eine Zahl von 0 bis 255; angegeben: 400 (Typ number).\n',
    });
    const help = await hourglass(['denoise', '--help'], german);
    expect(help.out).toMatch(/^Aufruf: hourglass denoise /);
    for (const title of ['Argumente:', 'Optionen:', 'Beispiele:', 'Exit-Codes: 0 alles gut'])
      expect(help.out).toContain(title);
  });

  it('leaves keys, codes and numbers of JSON as they are; its messages are for people', async () => {
    const { out } = await hourglass(['denoise', 'missing.jpg', '--json'], german);
    const [problem, summary] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(problem).toEqual({
      type: 'problem',
      source: 'missing.jpg',
      error: {
        code: 'file-not-found',
        message: 'missing.jpg existiert nicht.',
        hint: 'Prüfen Sie den Pfad; es wurde nichts verändert.',
      },
    });
    expect(summary).toMatchObject({ type: 'summary', done: 0, failed: 1 });
    expect(typeof summary!.seconds).toBe('number');
  });

  it('has the words and numbers of the engine in it, and of the threads that the engine starts', async () => {
    const folder = join(home, 'photos');
    mkdirSync(folder);
    await sharp({ create: { width: 96, height: 64, channels: 3, background: '#87a' } })
      .png()
      .toFile(join(folder, 'a.png'));
    // Decoded, and refused, in a thread of its own.
    writeFileSync(
      join(folder, 'b.jxl'),
      Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.alloc(400)]),
    );
    const args = [
      'encode',
      folder,
      '--out',
      `${join(home, 'out')}/`,
      '--quality',
      '30',
      '--format',
      'jpeg',
    ];
    const { words, code } = await hourglass(args, german);
    expect(code).toBe(1);
    expect(words).toMatch(/a\.png → .*a\.jpe?g.*/);
    expect(words).toContain('b.jxl ist beschädigt oder abgeschnitten.');
    expect(words).toMatch(/1 Datei fertig, 1 fehlgeschlagen \(\d+,\d\u00a0s\)\./);
  }, 120_000);

  it('is English again where that was chosen in the settings, or asked for', async () => {
    expect(
      (await hourglass(['denoise', 'missing.jpg'], { ...german, HOURGLASS_LANGUAGE: 'en' })).words,
    ).toContain('does not exist');
    writeFileSync(preferences, JSON.stringify({ language: 'en' }));
    expect((await hourglass(['denoise', 'missing.jpg'], german)).words).toContain('does not exist');
    writeFileSync(preferences, JSON.stringify({ language: 'de' }));
    expect((await hourglass(['denoise', 'missing.jpg'], { LANG: 'C' })).words).toContain(
      'existiert nicht',
    );
  });
});
