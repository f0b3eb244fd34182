/**
 * Gives this process its language before it says anything. `HOURGLASS_LANGUAGE` names it, and is inherited by every process and thread
 * that is started. Its sentences are one file, `translations/<tag>.json`: keys and text as `npm run sentences -- --export` writes them. Without
 * one, English is spoken.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENGLISH, setLanguage, type Language } from '../contract/sentences/index.ts';
import { findAbove } from './built.ts';

const folderOf = (given: string | undefined): string | null => given ?? findAbove(['translations']);

/** @returns null where there is no such translation, or it can not be used */
export function readLanguage(tag: string, folder: string | null): Language | null {
  if (folder === null || !/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(tag)) return null;
  try {
    const content: unknown = JSON.parse(readFileSync(join(folder, `${tag}.json`), 'utf8'));
    if (typeof content !== 'object' || content === null || Array.isArray(content)) return null;
    const texts = Object.entries(content).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return { tag: Intl.getCanonicalLocales(tag)[0]!, sentences: Object.fromEntries(texts) };
  } catch {
    return null;
  }
}

/** Every entry of the program calls it once, at its start. @returns what is spoken, null for English */
export function startLanguage(env: NodeJS.ProcessEnv = process.env): Language | null {
  const tag = env.HOURGLASS_LANGUAGE;
  if (!tag || tag === ENGLISH) return null;
  const language = readLanguage(tag, folderOf(env.HOURGLASS_TRANSLATIONS));
  if (language) setLanguage(language);
  return language;
}
