/**
 * Which language a host speaks, and with it everything that it starts: its engine, its threads, its page. The first of these that says
 * something decides:
 *
 * 1. `HOURGLASS_LANGUAGE`: a tag (`de`, `pt-BR`), or a locale as systems write it (`de_AT.UTF-8`);
 * 2. what the person chose in the settings, which is remembered for the command line too;
 * 3. the system: what the window's host is told by Electron, elsewhere LC_ALL, LC_MESSAGES and LANG, with LANGUAGE before them as
 *    gettext has it.
 *
 * The page has no say of its own: the words of engine and host stand in it, and two languages in one sentence's neighbourhood are worse
 * than one that the browser would not have asked for.
 */
import { readFileSync } from 'node:fs';
import { ENGLISH, type Language } from '../../contract/sentences/index.ts';
import { isTag, languageOf } from '../../contract/sentences/languages.ts';
import { speakFirst } from '../../runtime/language.ts';
import { preferencesPath } from './paths.ts';

/** `de_AT.UTF-8@euro` is `de-AT`; null for C, POSIX and what is no name of a language. */
function tagOf(locale: string): string | null {
  const tag = locale.split(/[.@]/, 1)[0]!.replaceAll('_', '-');
  return tag !== 'POSIX' && isTag(tag) ? tag : null;
}

const tagsOf = (locales: readonly string[]): readonly string[] =>
  locales.map(tagOf).filter((tag) => tag !== null);

/** What the system speaks, the dearest first; none: English. */
export function systemLanguages(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): readonly string[] {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG;
  if (locale) {
    const own = tagsOf([locale]);
    // LANGUAGE is not asked where the locale is C.
    return own.length === 0 ? [] : [...tagsOf((env.LANGUAGE ?? '').split(':')), ...own];
  }
  // The others have no such variables but in a terminal that sets them. Asking costs some 25 ms there.
  return platform === 'win32' || platform === 'darwin'
    ? [new Intl.DateTimeFormat().resolvedOptions().locale]
    : [];
}

/** The language in the preferences; null: that of the system. They are read here before anything else can be, so at once. */
function chosenLanguage(configFolder: string): string | null {
  try {
    const { language } = JSON.parse(readFileSync(preferencesPath(configFolder), 'utf8')) as {
      language?: unknown;
    };
    return typeof language === 'string' && isTag(language) ? language : null;
  } catch {
    // None at the first start, or damaged: as `preferences.ts` takes it.
    return null;
  }
}

/** Chosen is a language; the region, which decides how numbers are written, is the system's where it has one for it. */
const withRegion = (tag: string, system: readonly string[]): string =>
  system.find((one) => languageOf(one) === tag) ?? tag;

/**
 * Every host calls it once, before it says or starts anything.
 * @param asked what the system speaks, where the host knows better than the environment
 * @returns what is spoken, null for English
 */
export function startHostLanguage(
  configFolder: string,
  { env = process.env, asked }: { env?: NodeJS.ProcessEnv; asked?: readonly string[] } = {},
): Language | null {
  const given = env.HOURGLASS_LANGUAGE;
  let wanted: readonly string[];
  if (given) wanted = tagsOf([given]);
  else {
    const chosen = chosenLanguage(configFolder);
    if (chosen === ENGLISH) wanted = [];
    else {
      const system = asked ?? systemLanguages(env);
      wanted = chosen === null ? system : [withRegion(chosen, system)];
    }
  }
  const language = speakFirst(wanted, env);
  env.HOURGLASS_LANGUAGE = language?.tag ?? ENGLISH;
  return language;
}
