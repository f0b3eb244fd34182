/**
 * `hourglass` without a command, as commander has it, and the page that lists all commands. Knows none of their definitions, so that help is
 * there before they are loaded; the grammar of each is `usage.ts`.
 */
import { Command } from 'commander';
import { sayText } from '../../contract/sentences/index.ts';
import { styleTitle } from './commander-words.ts';
import { say } from './sentences.ts';

/** What the list says of a command. */
export interface ListedCommand {
  readonly id: string;
  /** As it is typed. */
  readonly word: string;
  /** In English. */
  readonly summary: string;
  /** What is typed behind it: `<files...>`. */
  readonly terms: readonly string[];
}

export const exitCodes = (): string => say('exitCodes');

export const rootCommand = (version: string): Command =>
  new Command('hourglass')
    .description(say('cleansAndCompressesImagesWith'))
    .version(version, '-V, --version', say('printVersion'))
    .helpOption('-h, --help', say('printHelp'))
    .addHelpText('after', exitCodes);

/** `watch` is no command of the contract, but a way to perform some. */
export const watchName = (): Command => new Command('watch').summary(say('watchShort'));

/** The help page of a command and all below it is written in our words, to `write`, this wide. */
export function speakAs(
  commands: readonly Command[],
  width: number,
  write: (text: string) => void,
): void {
  for (const command of commands)
    command
      .exitOverride()
      .showSuggestionAfterError()
      .configureHelp({ styleTitle })
      .configureOutput({
        writeOut: write,
        writeErr: () => {},
        getOutHelpWidth: () => width,
        getOutHasColors: () => false,
      })
      .helpCommand(false);
}

/** A list has one line per command. */
export const firstSentence = (summary: string): string =>
  /^.*?\.(?=\s|$)/s.exec(summary)?.[0] ?? summary;

const listed = ({ id, word, summary, terms }: ListedCommand): Command =>
  terms.reduce(
    (command, term) => command.argument(term),
    new Command(word).summary(firstSentence(sayText(`command.${id}.summary`, summary))),
  );

/** The page of `hourglass --help`. @param width columns */
export function listPage(
  commands: readonly ListedCommand[],
  version: string,
  width: number,
): string {
  const program = rootCommand(version);
  for (const command of commands) program.addCommand(listed(command));
  program.addCommand(watchName());
  speakAs([program, ...program.commands], width, () => {});
  return rootPage(program);
}

export const rootPage = (program: Command): string =>
  `${program.helpInformation()}${exitCodes()}\n`;
