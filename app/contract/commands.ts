/**
 * The table of commands, one line per capability; each defines its own in the file beside this one. The
 * command line's flags and help, the IPC and HTTP validation, the renderer's types and
 * `docs/commands.md` are derived from it.
 *
 * What a command reads (`reads`) is always a path, or `@<id>` of a file that the host has admitted
 * (dropped, uploaded, chosen in a dialog). The window and the browser only ever speak of `@<id>`.
 */
import type { CommandDefinition } from './command.ts';
import { coreCommands } from './core.ts';
import { denoiseCommands } from './denoise.ts';
import { latentCommands } from './latent.ts';
import { modelCommands } from './models.ts';

export const commands = {
  ...coreCommands,
  ...denoiseCommands,
  ...latentCommands,
  ...modelCommands,
} as const;

export type CommandId = keyof typeof commands;
export type Commands = typeof commands;

/** A command's definition without the types of its fields, for who knows its id only at run time. */
export const rolesOf = (id: CommandId): CommandDefinition => commands[id];

/** The commands that run in the engine, and those that the host answers to. */
export type EngineCommand = {
  [K in CommandId]: Commands[K] extends { readonly runs: 'engine' } ? K : never;
}[CommandId];
export type HostCommand = Exclude<CommandId, EngineCommand>;

export const isCommandId = (id: string): id is CommandId => Object.hasOwn(commands, id);
