/** The sentences of the program: every catalogue, and what a translation does. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HourglassError } from '../../../app/contract/index.ts';
import { parseMessage } from '../../../app/contract/sentences/catalogue.ts';
import {
  decimal,
  defineSentences,
  ENGLISH,
  fixed,
  sayText,
  setLanguage,
} from '../../../app/contract/sentences/index.ts';
import { readLanguage } from '../../../app/runtime/language.ts';
import { findEarly, findSameName, findSentences } from '../../../build/sentences/find.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hourglass-sentences-'));
const english = (): Record<string, string> =>
  JSON.parse(readFileSync(join(folder, 'en.json'), 'utf8')) as Record<string, string>;

beforeAll(() => {
  execFileSync(process.execPath, ['build/sentences.mjs', '--export', join(folder, 'en.json')], {
    cwd: root,
  });
});
afterEach(() => setLanguage({ tag: ENGLISH, sentences: {} }));
afterAll(() => rmSync(folder, { recursive: true }));

const say = defineSentences('test', {
  plain: 'Run `hourglass <command> --help`.',
  files: '{count, plural, one {# file} other {# files}} in {folder}',
  nested:
    '{count, plural, one {one of {kind, select, a {them ({why})} other {it}}} other {#}}, {size, number}',
  braces: "There are '{'name'}' and {other}.",
  aside: 'Nothing.',
});

describe('a sentence', () => {
  it('takes the arguments of its text, which the compiler knows', () => {
    expect(say('plain')).toBe('Run `hourglass <command> --help`.');
    expect(say('files', { count: 1, folder: 'shoot' })).toBe('1 file in shoot');
    expect(say('files', { count: 12345, folder: 'shoot' })).toBe('12345 files in shoot');
    expect(say('nested', { count: 1, kind: 'a', why: 'so', size: 1.5 })).toBe(
      'one of them (so), 1.5',
    );
    expect(say('braces', { other: '{ext}' })).toBe('There are {name} and {ext}.');
    // @ts-expect-error there is no such sentence
    say('nowhere');
    // @ts-expect-error a plural takes a number
    say('files', { count: 'one', folder: 'shoot' });
    // @ts-expect-error the reason is missing, three braces deep
    expect(() => say('nested', { count: 1, kind: 'a', size: 1.5 })).toThrow();
    // @ts-expect-error it takes none
    say('plain', { count: 1 });
    // @ts-expect-error quoted braces are text
    say('braces', { other: '', name: '' });
  });

  it('writes English numbers as they always were', () => {
    for (const value of [0, -0.04, 0.05, 0.25, 1.005, 2.5, 99.95, 1234.5678, 1e6, -3.14159])
      for (const digits of [0, 1, 2, 3]) {
        expect(decimal(value, digits)).toBe(String(Number(value.toFixed(digits))));
        expect(fixed(value, digits)).toBe((Number(value.toFixed(digits)) + 0).toFixed(digits));
      }
  });
});

describe('every catalogue', () => {
  it('is ICU MessageFormat', () => {
    for (const [key, text] of Object.entries(english()))
      expect(() => parseMessage(text, ENGLISH), key).not.toThrow();
  });

  it('holds no sentence that nobody says', () => {
    const files = execFileSync('git', ['ls-files', 'app', 'renderer'], {
      cwd: root,
      encoding: 'utf8',
    })
      .split('\n')
      .filter((file) => /\.(ts|svelte)$/.test(file));
    const catalogues = files.filter((file) => /(^|\/)sentences\.ts$/.test(file));
    const sources = files.map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
    for (const catalogue of catalogues) {
      const text = sources
        .filter(({ file, text }) => {
          const from = /from '([^']*sentences\.ts)'/.exec(text)?.[1];
          return from !== undefined && posix.join(dirname(file), from) === catalogue;
        })
        .map(({ text }) => text)
        .join('\n');
      const source = readFileSync(join(root, catalogue), 'utf8');
      const ids = [...source.matchAll(/^ {2}(\w+):/gm)].map(([, id]) => id!);
      expect(ids.length, catalogue).toBeGreaterThan(0);
      expect(
        ids.filter((id) => !text.includes(`'${id}'`)),
        catalogue,
      ).toEqual([]);
    }
  });
});

describe('a translation', () => {
  const accented = (text: string): string => text.replaceAll('e', 'é');
  /** Letters outside of braces get accents; arguments and keywords stay. */
  const pseudo = (text: string): string =>
    /plural|select/.test(text)
      ? text
      : text.replaceAll(/\{[^}]*\}|e/g, (found) => (found === 'e' ? 'é' : found));

  it('speaks in the place of English, for the whole program', () => {
    const texts = Object.fromEntries(
      Object.entries(english()).map(([key, text]) => [key, pseudo(text)]),
    );
    writeFileSync(join(folder, 'eo.json'), JSON.stringify(texts));
    const language = readLanguage('eo', folder)!;
    expect(language.tag).toBe('eo');
    setLanguage(language);
    const error = new HourglassError('cancelled', '');
    expect(error.hint).toBe(accented('Start it again when you like.'));
    expect(sayText('command.denoise.title', 'Clean')).toBe('Cléan');
  });

  it('has the plurals and the numbers of its language', () => {
    setLanguage({
      tag: 'pl',
      sentences: {
        'test.files':
          '{count, plural, one {# plik} few {# pliki} many {# plików} other {# pliku}} w {folder}',
      },
    });
    const said = (count: number): string => say('files', { count, folder: 'zdjęcia' });
    expect([1, 2, 5, 22, 25].map(said)).toEqual([
      '1 plik w zdjęcia',
      '2 pliki w zdjęcia',
      '5 plików w zdjęcia',
      '22 pliki w zdjęcia',
      '25 plików w zdjęcia',
    ]);
    expect(said(1.5)).toBe('1,5 pliku w zdjęcia');
    expect([decimal(1234.5, 1), fixed(2, 2)]).toEqual(['1234,5', '2,00']);
  });

  it('that is missing or wrong leaves a sentence in English', () => {
    setLanguage({
      tag: 'pl',
      sentences: { 'test.files': '{count, plural, one {', 'test.braces': '{nobody}' },
    });
    expect(say('files', { count: 2, folder: 'a' })).toBe('2 files in a');
    expect(say('braces', { other: 'x' })).toBe('There are {name} and x.');
    expect(say('aside')).toBe('Nothing.');
    expect(readLanguage('../en', folder)).toBeNull();
    expect(readLanguage('xx', folder)).toBeNull();
  });
});

describe('the check', () => {
  const texts = (file: string, code: string): string[] =>
    findSentences(file, code).map(({ text }) => text);

  it('finds sentences outside of catalogues', () => {
    expect(
      texts(
        'a.ts',
        `throw new HourglassError('internal', \`The file \${name} is gone.\`, { hint: 'Retry' });
         const notice = { level: 'info', text: 'Damaged' };
         const rate = \`\${speed} MP/s\`;`,
      ),
    ).toEqual(['The file § is gone.', 'Retry', 'Damaged', '§ MP/s']);
    // Showing is not saying: what a method of this name gets must be said before.
    expect(texts('a.ts', "this.say('It was added.'); this.say(say('It was removed.'));")).toEqual([
      'It was added.',
    ]);
    expect(
      texts(
        'a.svelte',
        `<script lang="ts">let label = $derived(on ? 'Switched on' : say('off'));</script>
         <p title="What it is" class="two words">Open {name}</p><Field label="Depth" kind="primary large" />`,
      ),
    ).toEqual(['Switched on', 'What it is', 'Open', 'Depth']);
    expect(texts('a.svelte', '<Bar difference="Difference" kind="primary" />')).toEqual([
      'Difference',
    ]);
  });

  it('finds a word on a line of its own', () => {
    expect(texts('a.ts', 'const help = `\\nExamples:\\n${list}`;')).toEqual(['\nExamples:\n§']);
  });

  it('lets alone what nobody reads', () => {
    expect(
      texts(
        'a.ts',
        `import x from './a b.ts'; throw new Error('a fault of ours'); if (key === 'Page Up') say('x');
         z.string().describe('Noise level in levels'); const path = 'M2 3h12v10H2z M10 3v10';`,
      ),
    ).toEqual([]);
  });

  it('finds what is said while a module loads', () => {
    expect(findEarly('a.ts', `const names = { a: say('a') };`)).toHaveLength(1);
    expect(
      findEarly('a.ts', `const names = () => ({ a: say('a') }); class A { b = say('b'); }`),
    ).toEqual([]);
  });

  it('finds a catalogue that has the name of another', () => {
    const code = (name: string) => `export const say = defineSentences('${name}', { a: 'A' });`;
    const catalogues = [
      { file: 'app/means/sentences.ts', code: code('means') },
      { file: 'app/raw/sentences.ts', code: code('raw') },
      { file: 'renderer/workspaces/means/sentences.ts', code: code('means') },
    ];
    expect(findSameName(catalogues)).toEqual([
      { file: catalogues[2]!.file, name: 'means', earlier: catalogues[0]!.file },
    ]);
  });
});
