/**
 * The installed program without its window: `hourglass denoise photo.jpg` is the command line (so is everything behind `--cli`), and `--host web/main …` a host that
 * this one starts for `edit` and `serve`. The same built files as under plain Node, in Electron's main process; the engine is a utility process.
 */
import { app } from 'electron';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hostFile, startOthersAs } from '../shared/here.ts';
import { commands, rolesOf, type CommandId } from '../../contract/index.ts';
import { kebab } from '../shared/kebab.ts';
import { launchElectronProcess } from './engine-process.ts';

const commandLine = '--cli';
const otherHost = '--host';
/** What the command line knows besides the commands. */
const words = ['watch', 'help', '--help', '-h', '--version'];
/** What `--host` may name. */
const hosts = ['web/main', 'serve/main'];

export interface WithoutWindow {
  /** Below dist/app/hosts, without an ending. */
  readonly entry: string;
  /** Without the program and its script. */
  readonly args: readonly string[];
}

/**
 * Electron and Chromium take switches of theirs before ours; behind ours everything is the command's.
 * @param args of the program; its own entry is not among them
 * @returns null: the window is wanted
 */
export function withoutWindow(args: readonly string[]): WithoutWindow | null {
  const first = args.findIndex((argument) => !isSwitch(argument) || isOurs(argument));
  const [ours = '', entry = '', ...rest] = first < 0 ? [] : args.slice(first);
  if (ours === commandLine) return { entry: 'cli/main', args: args.slice(first + 1) };
  if (isVerb(ours)) return { entry: 'cli/main', args: args.slice(first) };
  return ours === otherHost && hosts.includes(entry) ? { entry, args: rest } : null;
}
/** A file that is called so comes from a file manager with its folder. */
const isVerb = (word: string): boolean =>
  words.includes(word) ||
  (Object.keys(commands) as CommandId[]).some((id) => rolesOf(id).cli && kebab(id) === word);
const isSwitch = (argument: string): boolean => argument.startsWith('-');
const isOurs = (argument: string): boolean =>
  argument === commandLine || argument === otherHost || words.includes(argument);

/**
 * Ends the program when the command line is done; other hosts end it themselves.
 * @param self what starts this very program: its binary and, from a checkout, its folder
 */
export async function workWithoutWindow(
  { entry, args }: WithoutWindow,
  self: readonly [string, ...string[]],
  cacheFolder: string,
): Promise<void> {
  // A window may be open beside it: nothing of Chromium's is shared with it, and no process for drawing is started.
  app.setPath('sessionData', join(cacheFolder, 'command-line'));
  app.disableHardwareAcceleration();
  // No display is needed, there may be none, and one that is named may be gone: Chromium ends where it can not reach it. Before the program is ready.
  if (process.platform === 'linux') app.commandLine.appendSwitch('ozone-platform', 'headless');
  app.dock?.hide();
  const [program, ...own] = self;
  startOthersAs({
    launch: launchElectronProcess,
    host: (other) => ({ program, args: [...own, otherHost, other] }),
  });
  await app.whenReady();
  const file = hostFile(entry);
  process.argv = [program, file, ...args];
  await import(pathToFileURL(file).href);
  if (entry === 'cli/main') app.exit(Number(process.exitCode ?? 0));
}
