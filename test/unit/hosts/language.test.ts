/** Which language a host speaks: what decides, in which order, and what it costs English. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { currentLanguage, ENGLISH, setLanguage } from '../../../app/contract/sentences/index.ts';
import { directionOf, shippedTags } from '../../../app/contract/sentences/languages.ts';
import { startHostLanguage, systemLanguages } from '../../../app/hosts/shared/language.ts';
import { startLanguage } from '../../../app/runtime/language.ts';

const home = mkdtempSync(join(tmpdir(), 'hourglass-language-'));
const translations = join(home, 'translations');

beforeAll(() => {
  mkdirSync(translations);
  for (const tag of ['de', 'pt-BR'])
    writeFileSync(join(translations, `${tag}.json`), JSON.stringify({ 'test.one': tag }));
});
afterEach(() => setLanguage({ tag: ENGLISH, sentences: {} }));
afterAll(() => rmSync(home, { recursive: true }));

/** A host that is started with this environment, and this language in the preferences. */
function started(given: NodeJS.ProcessEnv, preferences?: string, asked?: readonly string[]) {
  const config = mkdtempSync(join(home, 'config-'));
  if (preferences !== undefined) writeFileSync(join(config, 'preferences.json'), preferences);
  const env: NodeJS.ProcessEnv = { HOURGLASS_TRANSLATIONS: translations, ...given };
  const language = startHostLanguage(config, asked ? { env, asked } : { env });
  return { tag: language?.tag ?? null, handedOn: env.HOURGLASS_LANGUAGE };
}

describe('the language of a host', () => {
  it('is that of the system: the environment’s, or what the host was told', () => {
    expect(started({ LANG: 'de_AT.UTF-8' }).tag).toBe('de-AT');
    expect(started({ LANG: 'en_US.UTF-8', LC_ALL: 'de_DE@euro' }).tag).toBe('de-DE');
    expect(started({ LANG: 'de_DE.UTF-8', LC_MESSAGES: 'en_GB.UTF-8' }).tag).toBeNull();
    expect(started({ LANG: 'en_US.UTF-8', LANGUAGE: 'pl:pt_BR:de' }).tag).toBe('pt-BR');
    expect(started({ LANG: 'en_US.UTF-8' }, undefined, ['xx', 'de-DE', 'en']).tag).toBe('de-DE');
    for (const locale of ['C', 'C.UTF-8', 'POSIX', '', '../de', 'zz_ZZ.UTF-8'])
      expect(started({ LANG: locale, LANGUAGE: locale === '' ? '' : 'zz' }).tag, locale).toBeNull();
    expect(systemLanguages({ LANG: 'C', LANGUAGE: 'de' }, 'linux')).toEqual([]);
    expect(systemLanguages({}, 'linux')).toEqual([]);
    expect(systemLanguages({}, 'win32')).toHaveLength(1);
  });

  it('is what the person has chosen, with the region of the system', () => {
    expect(started({ LANG: 'en_US.UTF-8' }, '{"language":"de"}').tag).toBe('de');
    expect(started({ LANG: 'de_CH.UTF-8' }, '{"language":"de"}').tag).toBe('de-CH');
    expect(started({ LANG: 'de_DE.UTF-8' }, '{"language":"en"}').tag).toBeNull();
    for (const none of ['{"language":7}', '{"language":"../de"}', '{"langua', 'null'])
      expect(started({ LANG: 'de_DE.UTF-8' }, none).tag, none).toBe('de-DE');
  });

  it('is what HOURGLASS_LANGUAGE says before all of that, and is handed on to what the host starts', () => {
    expect(started({ LANG: 'en_US.UTF-8', HOURGLASS_LANGUAGE: 'de' }, '{"language":"en"}')).toEqual(
      {
        tag: 'de',
        handedOn: 'de',
      },
    );
    expect(started({ LANG: 'de_DE.UTF-8', HOURGLASS_LANGUAGE: 'en' })).toEqual({
      tag: null,
      handedOn: 'en',
    });
    expect(started({ HOURGLASS_LANGUAGE: 'de_AT.UTF-8' }).handedOn).toBe('de-AT');
    expect(started({ LANG: 'C' }).handedOn).toBe('en');
    startLanguage({ HOURGLASS_TRANSLATIONS: translations, HOURGLASS_LANGUAGE: 'de-AT' });
    expect(currentLanguage()).toEqual({ tag: 'de-AT', sentences: { 'test.one': 'de' } });
  });

  it('looks for translations only when another language than English is spoken', () => {
    const asked = (locale: string): number => {
      let count = 0;
      const env: NodeJS.ProcessEnv = { LANG: locale };
      Object.defineProperty(env, 'HOURGLASS_TRANSLATIONS', {
        get: () => ((count += 1), translations),
      });
      startHostLanguage(home, { env });
      return count;
    };
    expect(['en_GB.UTF-8', 'C.UTF-8', ''].map(asked)).toEqual([0, 0, 0]);
    expect(asked('de_DE.UTF-8')).toBe(1);
  });
});

describe('the direction of a page', () => {
  it('is that of the script', () => {
    for (const tag of [...shippedTags, 'de-AT', 'uz-Latn', 'az'])
      expect(directionOf(tag)).toBe('ltr');
    for (const tag of ['ar', 'he-IL', 'fa', 'ur', 'ar-XB', 'uz-Arab'])
      expect(directionOf(tag)).toBe('rtl');
  });
});
