/**
 * The translations that ship: each sentence is ICU MessageFormat, takes what its English one takes, and has the plurals of its
 * language. German is whole; the others may lack sentences.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IntlMessageFormat } from 'intl-messageformat';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withoutCommandLine } from '../../../app/contract/errors.ts';
import { begunLanguages, shippedTags } from '../../../app/contract/sentences/languages.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hourglass-translations-'));
type Texts = Readonly<Record<string, string>>;
const read = (path: string): Texts => JSON.parse(readFileSync(path, 'utf8')) as Texts;
const translated = shippedTags.filter((tag) => tag !== 'en');
const all = new Map(
  translated.map((tag) => [tag as string, read(join(root, 'translations', `${tag}.json`))]),
);
const texts = (tag: string): Texts => all.get(tag)!;
let english: Texts;

beforeAll(() => {
  const file = join(folder, 'en.json');
  execFileSync(process.execPath, ['build/sentences.mjs', '--export', file], { cwd: root });
  english = read(file);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a text asks for: of each argument how it is used, and the words that a choice or a plural has a branch for. */
interface Use {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'choice' | 'plural';
  readonly branches: readonly string[];
}

/** Elements as the library parses them; types of `@formatjs/icu-messageformat-parser`. */
interface Element {
  readonly type: number;
  readonly value: string;
  readonly options?: Readonly<Record<string, { readonly value: readonly Element[] }>>;
}
const kinds = { 1: 'text', 2: 'number', 5: 'choice', 6: 'plural' } as const;

function usesOf(elements: readonly Element[]): Use[] {
  return elements.flatMap(({ type, value, options = {} }) => {
    const kind = kinds[type as keyof typeof kinds];
    const inside = Object.values(options).flatMap((branch) => usesOf(branch.value));
    return kind ? [{ name: value, kind, branches: Object.keys(options) }, ...inside] : inside;
  });
}

const parse = (text: string, tag: string): Use[] =>
  usesOf(
    new IntlMessageFormat(text, tag, undefined, {
      ignoreTag: true,
    }).getAst() as unknown as Element[],
  );

/** Plurals that numbers of things have; some languages have one more for millions, which may be the usual one. */
function pluralsOf(tag: string): readonly string[] {
  const rules = new Intl.PluralRules(tag);
  return [...new Set(Array.from({ length: 1000 }, (_, count) => rules.select(count)))].sort();
}

/** What is wrong with one text, in words; null: nothing. */
function problem(text: string, original: string, tag: string): string | null {
  let uses: Use[];
  try {
    uses = parse(text, tag);
  } catch (error) {
    return `is not ICU: ${(error as Error).message}`;
  }
  const given = parse(original, 'en');
  const names = (list: readonly Use[]): string =>
    [...new Set(list.map(({ name }) => name))].sort().join();
  if (names(uses) !== names(given)) return `takes ${names(uses)} instead of ${names(given)}`;
  for (const { name, kind, branches } of uses) {
    const same = given.filter((use) => use.name === name);
    const isNumber = same.some((use) => use.kind === 'plural' || use.kind === 'number');
    if (kind === 'choice') {
      const known = new Set(same.flatMap((use) => (use.kind === 'choice' ? use.branches : [])));
      const unknown = branches.filter((branch) => !known.has(branch));
      if (unknown.length > 0) return `chooses ${unknown.join()} of ${name}, which it never is`;
    } else if (kind !== 'text' && !isNumber) return `takes ${name} as a number`;
    if (kind !== 'plural') continue;
    const words = branches.filter((branch) => !branch.startsWith('=')).sort();
    const strange = words.filter(
      (word) =>
        !new Intl.PluralRules(tag)
          .resolvedOptions()
          .pluralCategories.includes(word as Intl.LDMLPluralRule),
    );
    if (strange.length > 0) return `has the plural ${strange.join()} of ${name}`;
    // What English says alike for one and many may be said alike.
    const alike = same.some(
      (use) => use.branches.join() === branches.join() && !branches.includes('one'),
    );
    const missing = pluralsOf(tag).filter((word) => !words.includes(word));
    if (!alike && missing.length > 0) return `lacks the plural ${missing.join()} of ${name}`;
  }
  return null;
}

/** How a text begins and ends, where it is put together with others or read as a sentence. */
const edges = (text: string): string =>
  `${/^\s*/.exec(text)![0]}|${/([.:…?!,;]?)["“”„»)]*\s*$/.exec(text)![1] ?? ''}|${/\s*$/.exec(text)![0]}`;

describe.each(translated)('the translation %s', (tag) => {
  it('says only what English says, and takes the same', () => {
    const wrong = Object.entries(texts(tag)).flatMap(([key, text]) => {
      const original = english[key];
      const why = original === undefined ? 'is no sentence any more' : problem(text, original, tag);
      return why === null ? [] : [`${key} ${why}`];
    });
    expect(wrong).toEqual([]);
  });

  it('is a file that a person can look through: sorted by key, no empty text', () => {
    const keys = Object.keys(texts(tag));
    expect(keys).toEqual([...keys].sort());
    expect(
      Object.entries(texts(tag)).filter(
        ([key, text]) => text.trim() === '' && english[key]?.trim() !== '',
      ),
    ).toEqual([]);
  });
});

describe('German', () => {
  const german = texts('de');

  it('lacks nothing', () => {
    expect(Object.keys(english).filter((key) => !Object.hasOwn(german, key))).toEqual([]);
  });

  it('begins and ends as English does', () => {
    const wrong = Object.entries(german).filter(
      ([key, text]) => edges(text) !== edges(english[key] ?? text),
    );
    expect(wrong).toEqual([]);
  });

  it('is set as German is: „…“, no-break spaces before units, and nobody is called du', () => {
    const wrong = Object.entries(german).filter(
      ([, text]) =>
        /"|”|«|»|\.\.\.(?!\.)|(?<=[\d}#]) (?:%|[kMG]B|MP\/s|dB|mm|HU)(?![A-Za-z])/.test(text) ||
        /(?<![\p{L}])(?:du|dein\p{L}*|dich|dir)(?![\p{L}])/iu.test(
          text.replaceAll(/'?\{'?dir'?\}'?/g, ''),
        ) ||
        (text.match(/„/g)?.length ?? 0) !== (text.match(/“/g)?.length ?? 0),
    );
    expect(wrong).toEqual([]);
  });
});

describe('translations', () => {
  it('are those of the settings, and the begun ones are no more and no fewer', () => {
    const files = readdirSync(join(root, 'translations')).filter((name) => name.endsWith('.json'));
    expect(files.sort()).toEqual(translated.map((tag) => `${tag}.json`).sort());
    const begun = translated.filter((tag) =>
      Object.keys(english).some((key) => !Object.hasOwn(texts(tag), key)),
    );
    expect(begun).toEqual([...begunLanguages]);
  });
});

describe('the check of translations', () => {
  it('finds what is wrong', () => {
    const original = '{count, plural, one {# file} other {# files}} in {folder}';
    const of = (text: string, tag = 'pl'): string | null => problem(text, original, tag);
    expect(
      of('{count, plural, one {# plik} few {# pliki} many {# plików} other {# pliku}} w {folder}'),
    ).toBeNull();
    expect(of('{count, plural, one {# plik} other {# pliku}} w {folder}')).toMatch(
      /lacks the plural few,many/,
    );
    expect(of('{count, plural, other {# 個}} {folder}', 'ja')).toBeNull();
    expect(of('{count, plural, one {# 個} other {# 個}} {folder}', 'ja')).toMatch(
      /has the plural one/,
    );
    expect(of('{count, plural, one {# file} other {# files}} in {place}', 'de')).toMatch(
      /takes count,place/,
    );
    expect(of('{count, plural, one {# file} other {# files}} in {folder, number}', 'de')).toMatch(
      /folder as a number/,
    );
    expect(of('{count, plural, one {# file} in {folder}', 'de')).toMatch(/not ICU/);
    expect(
      problem(
        '{way, select, zip {ZIP} tar {TAR} other {}}',
        '{way, select, zip {a} other {b}}',
        'de',
      ),
    ).toMatch(/chooses tar/);
  });
});

it('what only a command line has is left out of hints where there are buttons', () => {
  expect(withoutCommandLine('Choose another name, or allow it (`--overwrite`).')).toBe(
    'Choose another name, or allow it.',
  );
  expect(withoutCommandLine('名前を選ぶか、許可してください（`--overwrite`）。')).toBe(
    '名前を選ぶか、許可してください。',
  );
  expect(withoutCommandLine('Keep (as it is) `name`.')).toBe('Keep (as it is) `name`.');
  // No page asks for a command by its name.
  const others = ['error.unknown-command.remedy'];
  const hints = new Set([
    ...Object.keys(english).filter((id) => /^error\..*\.remedy$/.test(id)),
    ...['pixels.allowDamaged', 'pixels.allowIfTrusted', 'latent.allowWithScansIfPicture'],
    ...['denoise.choosePage'],
  ]);
  const left = [english, ...all.values()].flatMap((one) =>
    [...hints].filter(
      (id) => !others.includes(id) && /`(--|hourglass )/.test(withoutCommandLine(one[id] ?? '')),
    ),
  );
  expect(left).toEqual([]);
});
