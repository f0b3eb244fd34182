/**
 * What the contract's tables say, by key for translators: titles and summaries of commands, labels of actions, remedies of errors.
 * The tables stay data, in English; who shows one of their texts asks for it here.
 */
import type { ActionDefinition, MenuGroup } from './action.ts';
import { actions, menuTitles } from './actions.ts';
import { commands, type CommandId } from './commands.ts';
import { errorCatalogue } from './errors.ts';
import { formatSentences } from './formats.ts';
import { quoted, sayText } from './sentences/index.ts';

export const actionLabel = ({ id, label }: Pick<ActionDefinition, 'id' | 'label'>): string =>
  sayText(`action.${id}.label`, label);

export const commandTitle = (id: CommandId): string =>
  sayText(`command.${id}.title`, commands[id].title);

export const menuTitle = (group: MenuGroup): string =>
  sayText(`menu.${group}.title`, menuTitles[group]);

export const commandSummary = (id: CommandId): string =>
  sayText(`command.${id}.summary`, commands[id].summary);

/** All of them, by key. */
export const tableSentences = (): Readonly<Record<string, string>> =>
  Object.fromEntries([
    ...actions.map(({ id, label }) => [`action.${id}.label`, quoted(label)]),
    ...Object.entries(menuTitles).map(([group, title]) => [`menu.${group}.title`, quoted(title)]),
    ...Object.entries(commands).flatMap(([id, { title, summary }]) => [
      [`command.${id}.title`, quoted(title)],
      [`command.${id}.summary`, quoted(summary)],
    ]),
    ...formatSentences().map(([key, label]) => [key, quoted(label)]),
    ...Object.entries(errorCatalogue).flatMap(([code, { meaning, remedy }]) => [
      [`error.${code}.meaning`, quoted(meaning)],
      [`error.${code}.remedy`, quoted(remedy)],
    ]),
  ]);
