/**
 * The command line's grammar, made from the table of commands with commander. Says what was asked
 * for (`Invocation`) and does nothing of it; wrong usage is a UsageError (exit code 2).
 */
import { Command, CommanderError, Option } from 'commander';
import type * as z from 'zod';
import {
  batchOptionsSchema,
  expectation,
  HourglassError,
  invalidParameter,
  parseInput,
  type BatchSettings,
  type CommandDefinition,
  type CommandId,
  type WatchSettings,
  watchExamples,
  watchOptionsSchema,
  withParameterName,
} from '../../contract/index.ts';
import { commandSummary } from '../../contract/tables.ts';
import { closest } from '../../jobs/suggest.ts';
import { kebab } from '../shared/kebab.ts';
import { argumentOf, choicesOfField, flagsOf, runFlagsOf, watchFlags, type Flag } from './flags.ts';
import { describeLater, flagWords } from './flag-words.ts';
import { cliCommands, type CliCommand } from './cli-commands.ts';
import { commanderWords } from './commander-words.ts';
import { exitCodes, firstSentence, rootCommand, rootPage, speakAs, watchName } from './root.ts';
import { say } from './sentences.ts';
import { UsageError } from './usage-error.ts';

export { UsageError };

export interface Invocation {
  readonly command: CommandId;
  readonly definition: CommandDefinition;
  /** Files, folders and globs as typed; empty for a command that takes none. */
  readonly files: readonly string[];
  /** Input without the field that takes the files. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly json: boolean;
  readonly dryRun: boolean;
  /** What is asked of the run; of a command that takes no list of files the defaults. */
  readonly run: BatchSettings;
  /** Present: the files are folders to be watched. */
  readonly watch?: WatchSettings;
}

/** Either something to do, or text to print (help, version) with the code to leave with. */
export type Parsed =
  | { readonly kind: 'run'; readonly invocation: Invocation }
  | { readonly kind: 'text'; readonly text: string };

/** Opens files in place, as the external editor of another program. */
const edits = (definition: CommandDefinition): boolean => definition.id === 'edit';

/**
 * @param args the words after the program's name
 * @throws UsageError with one sentence
 */
export function parseArguments(args: readonly string[], version: string, width = 100): Parsed {
  let invocation: Invocation | null = null;
  let text = '';
  const program = rootCommand(version);
  const done = (found: Invocation): void => void (invocation = found);
  // Options are made for the command that is typed; of the others the list tells no more than a name and a line.
  for (const command of cliCommands)
    program.addCommand(args.includes(command.word) ? subcommand(command, done) : named(command));
  const watch = args.includes('watch') ? watchCommand(done) : watchName();
  program.addCommand(watch);
  const words = program.commands.map((command) => command.name());
  speakAs([program, ...program.commands, ...watch.commands], width, (part) => (text += part));

  if (args.length === 0) return { kind: 'text', text: rootPage(program) };
  const [first] = args;
  if (first && !first.startsWith('-') && !words.includes(first)) {
    const near = closest(first, words);
    throw new UsageError(
      near
        ? say('thereNoCommandDidYou', { first, near })
        : say('thereNoCommandCommands', {
            first,
            commands: words.join(', '),
          }),
    );
  }
  try {
    program.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'text', text };
    throw new UsageError(commanderWords(error.message));
  }
  return invocation ? { kind: 'run', invocation } : { kind: 'text', text: rootPage(program) };
}

/** A command's name, what is typed behind it, and its line in the list of commands. */
function named({ word, id, definition }: CliCommand, watches = false): Command {
  const argument = argumentOf(definition);
  const command = new Command(word).summary(firstSentence(commandSummary(id)));
  if (definition.reads?.many)
    command.argument(
      watches ? '<folders...>' : '<files...>',
      say(
        watches
          ? 'foldersToWatch'
          : edits(definition)
            ? 'filesToEdit'
            : 'filesFoldersWalkedAndGlobs',
      ),
    );
  const second = definition.cli?.second;
  for (const [field, shown] of [
    [argument, `<${argument}>`],
    [second, `[${second}]`],
  ] as const) {
    if (!field) continue;
    const description = definition.input.shape[field]?.description ?? '';
    const typed = command.createArgument(shown, description);
    describeLater(typed, () => flagWords(description));
    command.addArgument(typed);
  }
  return command;
}

/** `watch FOLDER…` with what one of the commands takes; `denoise` where none is named. */
function watchCommand(found: (invocation: Invocation) => void): Command {
  const watch = watchName()
    .description(say('watchSummary'))
    .helpOption('-h, --help', say('printHelp'))
    .addHelpText('after', () => `${examplesOf(watchExamples)}\n${exitCodes()}`);
  for (const command of cliCommands.filter(({ definition }) => writesFiles(definition)))
    watch.addCommand(subcommand(command, found, true), { isDefault: command.id === 'denoise' });
  return watch;
}

/** A command as a shell completes it. */
export interface CommandWords {
  readonly word: string;
  readonly summary: string;
  /** Files may follow. */
  readonly takesFiles: boolean;
  /** Words that may follow: values of its argument. */
  readonly values: readonly string[];
  readonly options: readonly OptionWords[];
}

export interface OptionWords {
  readonly long: string;
  readonly short: string | null;
  readonly description: string;
  readonly takesValue: boolean;
  /** Its value may be the name of a file. */
  readonly takesFiles: boolean;
  /** Values that are words. */
  readonly values: readonly string[];
}

/** Every command with its options, in the order of the help; `watch` with those of the command that it has by default. */
export function grammar(): CommandWords[] {
  const nothing = (): void => {};
  const commandOf = (given: CliCommand, watches: boolean): CommandWords => {
    const { definition, word } = given;
    const command = subcommand(given, nothing, watches);
    const flags = [...flagsOf(definition), ...(watches ? watchFlags() : runFlagsOf(definition))];
    const argument = argumentOf(definition);
    const schema = argument ? definition.input.shape[argument] : undefined;
    return {
      word: watches ? 'watch' : word,
      summary: watches ? say('watchShort') : command.summary(),
      takesFiles: definition.reads !== undefined,
      values: schema ? choicesOfField(schema) : [],
      options: command.options.map(({ long, short, description, required, optional }) => {
        const flag = flags.find((one) => one.flag === long);
        return {
          ...{ long: long!, short: short ?? null, description },
          takesValue: required || optional,
          takesFiles: flag?.placeholder === 'text',
          values: flag?.choices ?? [],
        };
      }),
    };
  };
  const watched = cliCommands.find(({ id }) => id === 'denoise')!;
  return [...cliCommands.map((given) => commandOf(given, false)), commandOf(watched, true)];
}

const examplesOf = (examples: readonly string[]): string =>
  `\n${say('examplesTitle')}\n${examples.map((example) => `  ${example}`).join('\n')}`;

/** @param watches the command over folders that are watched */
function subcommand(
  given: CliCommand,
  found: (invocation: Invocation) => void,
  watches = false,
): Command {
  const { id, definition } = given;
  const flags = flagsOf(definition);
  const runFlags = watches ? watchFlags() : runFlagsOf(definition);
  const takesFiles = definition.reads?.many === true;
  const argument = argumentOf(definition);
  const second = definition.cli?.second;
  const command = named(given, watches)
    .description(commandSummary(id))
    .helpOption('-h, --help', say('printHelp'))
    .allowExcessArguments(false);
  for (const flag of [...flags, ...runFlags])
    command.addOption(optionOf(flag, flag.field === definition.writes?.field));
  command.option('--json', say('printJsonLinesToStdout'));
  if (writesFiles(definition) && !watches)
    command.option('--dry-run', say('printWhatWouldWrittenAnd'));
  command.addHelpText(
    'after',
    `${examplesOf(watches ? watchExamples : definition.cli!.examples)}\n${edits(definition) ? say('editExitCodes') : exitCodes()}`,
  );
  command.action((...received: unknown[]) => {
    const options = command.opts<Record<string, unknown>>();
    const typedOf = (wanted: readonly Flag[]): (readonly [string, unknown])[] =>
      wanted
        .filter((flag) => options[attribute(flag)] !== undefined && typed(command, flag))
        .map((flag) => [flag.field, options[attribute(flag)]]);
    const input: Record<string, unknown> = Object.fromEntries([
      ...(argument ? [[argument, received[0]] as const] : []),
      ...(second && received[1] !== undefined ? [[second, received[1]] as const] : []),
      ...typedOf(flags),
    ]);
    checkInput(definition, input);
    const run = Object.fromEntries(typedOf(runFlags));
    const watch = watches ? readOptions(watchOptionsSchema, run) : undefined;
    found({
      command: id,
      definition,
      files: takesFiles ? (received[0] as string[]) : [],
      input,
      json: options.json === true,
      dryRun: options.dryRun === true,
      run: readOptions(batchOptionsSchema, run),
      ...(watch ? { watch } : {}),
    });
  });
  return command;
}

/** @param isOutput has the short name that such flags have everywhere */
function optionOf(flag: Flag, isOutput = false): Option {
  const names = isOutput ? `-o, ${flag.flag}` : flag.flag;
  const option = new Option(
    flag.placeholder === null ? names : `${names} <${flag.placeholder}>`,
    flag.description,
  );
  const { default: assumed } = flag;
  describeLater(option, () => {
    const description = flagWords(flag.description);
    return assumed === null || assumed === ''
      ? description
      : say('default', { description, default: assumed });
  });
  return flag.placeholder === null ? option : option.argParser(flag.read);
}

/** What the list of commands says of one: its title would say the word again. */
/** True for commands that make a file of each file. */
export const writesFiles = (definition: CommandDefinition): boolean =>
  definition.reads?.many === true && definition.writes !== undefined;

/** Commander's own key for a flag. */
const attribute = (flag: Flag): string => optionOf(flag).attributeName();

const typed = (command: Command, flag: Flag): boolean =>
  command.getOptionValueSource(attribute(flag)) === 'cli';

/** Validates before any file is touched. */
function checkInput(definition: CommandDefinition, input: Record<string, unknown>): void {
  const { reads } = definition;
  try {
    parseInput(definition, reads?.many ? { ...input, [reads.field]: 'file' } : input);
  } catch (error) {
    throw error instanceof HourglassError ? asUsageError(error, definition) : error;
  }
}

/** @throws UsageError that names the flag */
function readOptions<S extends typeof batchOptionsSchema | typeof watchOptionsSchema>(
  options: S,
  given: Record<string, unknown>,
): z.output<S> {
  const result = options.safeParse(given);
  if (result.success) return result.data as z.output<S>;
  const field = String(result.error.issues[0]!.path[0]);
  const schema = (options.shape as Record<string, z.ZodType>)[field]!;
  const flag = `--${kebab(field)}`;
  throw new UsageError(
    field === 'report'
      ? say('reportEndings')
      : invalidParameter(flag, expectation(schema), given[field]).message,
  );
}

/** The sentence of a wrong parameter, with the flag's name in the place of the field's. */
export function asUsageError(error: HourglassError, definition: CommandDefinition): UsageError {
  const name = String(error.details?.name ?? '');
  const flag = flagsOf(definition).find(({ field }) => field === name);
  return new UsageError(flag ? withParameterName(error.message, name, flag.flag) : error.message);
}
