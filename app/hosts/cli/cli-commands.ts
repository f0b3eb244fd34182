/** Commands that can be typed, by the word that is: `add-model` for `addModel`. */
import { commands, type CommandDefinition, type CommandId } from '../../contract/index.ts';
import { kebab } from '../shared/kebab.ts';

export const cliCommands = Object.entries(commands as Record<string, CommandDefinition>)
  .filter(([, definition]) => definition.cli)
  .map(([id, definition]) => ({ word: kebab(id), id: id as CommandId, definition }));

export type CliCommand = (typeof cliCommands)[number];
