/** What the list of commands says of each. The built program has it as data (`build/build.mjs`): help is there without schemas. */
import { cliCommands } from './cli-commands.ts';
import { argumentOf } from './flags.ts';
import type { ListedCommand } from './root.ts';

export const listedCommands: readonly ListedCommand[] = cliCommands.map(
  ({ id, word, definition }) => {
    const argument = argumentOf(definition);
    const second = definition.cli?.second;
    const terms = [
      ...(definition.reads?.many ? ['<files...>'] : []),
      ...(argument ? [`<${argument}>`] : []),
      ...(second ? [`[${second}]`] : []),
    ];
    return { id, word, summary: definition.summary, terms };
  },
);
