/**
 * Descriptions of flags and arguments in the language of the program. They stand in the schemas, in English; a translation has each once,
 * by the first command that has it: `flag.denoise.sigma`.
 */
import { commands, type CommandDefinition } from '../../contract/index.ts';
import { currentLanguage, ENGLISH, quoted, sayText } from '../../contract/sentences/index.ts';
import { argumentOf, flagsOf, runFlagsOf, watchFlags, type Flag } from './flags.ts';

let keys: ReadonlyMap<string, string> | null = null;

/** Keys by description. It makes the schemas of all commands, so only help in another language than English asks. */
function keysOfFlags(): ReadonlyMap<string, string> {
  if (keys) return keys;
  const found = new Map<string, string>();
  const take = (owner: string, flags: readonly Pick<Flag, 'field' | 'description'>[]): void => {
    for (const { field, description } of flags)
      if (description !== '' && !found.has(description))
        found.set(description, `flag.${owner}.${field}`);
  };
  for (const [id, definition] of Object.entries(commands as Record<string, CommandDefinition>)) {
    if (!definition.cli) continue;
    const typed = [argumentOf(definition), definition.cli.second].filter(
      (name) => name !== undefined,
    );
    take(
      id,
      typed.map((field) => ({
        field,
        description: definition.input.shape[field]?.description ?? '',
      })),
    );
    take(id, flagsOf(definition));
  }
  for (const definition of Object.values(commands as Record<string, CommandDefinition>))
    if (definition.cli) take('run', runFlagsOf(definition));
  take('watch', watchFlags());
  return (keys = found);
}

export function flagWords(description: string): string {
  if (currentLanguage().tag === ENGLISH) return description;
  const key = keysOfFlags().get(description);
  return key === undefined ? description : sayText(key, description);
}

/** Descriptions that are composed, or translated, when help reads them: other starts do not pay for it. */
export const describeLater = (described: object, words: () => string): void =>
  void Object.defineProperty(described, 'description', { get: words });

/** All of them, by key, for translators. */
export const flagSentences = (): Readonly<Record<string, string>> =>
  Object.fromEntries([...keysOfFlags()].map(([text, key]) => [key, quoted(text)]));
