/**
 * Gives this process its language before it says anything. `HOURGLASS_LANGUAGE` names it, and is inherited by every process and thread
 * that is started, so that all of the program speaks one; who chooses it, and sets the variable, is the host
 * (`hosts/shared/language.ts`). Its sentences are one file, `translations/<tag>.json`: keys and text as `npm run sentences -- --export`
 * writes them, read only when that language is spoken. Without one, English is.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENGLISH, setLanguage, type Language } from '../contract/sentences/index.ts';
import { isTag, languageOf, lookupChain } from '../contract/sentences/languages.ts';
import { findAbove } from './built.ts';

const folderOf = (given: string | undefined): string | null => given ?? findAbove(['translations']);

/**
 * @param tag also of a region: `de-CH` is said with the sentences of `de`, and its numbers as they are written there
 * @returns null where there is no such translation, or it can not be used
 */
export function readLanguage(tag: string, folder: string | null): Language | null {
  if (folder === null || !isTag(tag)) return null;
  for (const name of lookupChain(tag)) {
    const sentences = readSentences(join(folder, `${name}.json`));
    if (sentences) return { tag: Intl.getCanonicalLocales(tag)[0]!, sentences };
  }
  return null;
}

function readSentences(path: string): Record<string, string> | null {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof content !== 'object' || content === null || Array.isArray(content)) return null;
    const texts = Object.entries(content).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return Object.fromEntries(texts);
  } catch {
    return null;
  }
}

/**
 * Speaks the first language that there is, English otherwise.
 * @param wanted tags, the dearest first
 * @returns what is spoken, null for English
 */
export function speakFirst(
  wanted: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Language | null {
  let folder: string | null | undefined;
  for (const tag of wanted) {
    if (languageOf(tag) === ENGLISH) return null;
    const language = readLanguage(tag, (folder ??= folderOf(env.HOURGLASS_TRANSLATIONS)));
    if (!language) continue;
    setLanguage(language);
    return language;
  }
  return null;
}

/** Every process and thread that a host starts calls it once, at its start. */
export function startLanguage(env: NodeJS.ProcessEnv = process.env): void {
  const tag = env.HOURGLASS_LANGUAGE;
  if (tag) speakFirst([tag], env);
}
