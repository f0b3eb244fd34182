/**
 * All commands, by id: those of each line of the table in `capabilities.ts`. The command line's flags and
 * help, the IPC and HTTP validation, the renderer's types and `docs/commands.md` are derived from them.
 *
 * What a command reads (`reads`) is always a path, or `@<id>` of a file that the host has admitted
 * (dropped, uploaded, chosen in a dialog). The window and the browser only ever speak of `@<id>`.
 */
import { contracts } from './capabilities.ts';
import type { CommandDefinition } from './command.ts';

type Every<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void
  ? I
  : never;
type OfAll = Every<(typeof contracts)[number]['commands']>;

export type Commands = { readonly [K in keyof OfAll]: OfAll[K] };
export type CommandId = keyof Commands;

export const commands = Object.fromEntries(
  contracts.flatMap((contract) => Object.entries<CommandDefinition>(contract.commands)),
) as unknown as Commands;

/** A command's definition without the types of its fields, for who knows its id only at run time. */
export const rolesOf = (id: CommandId): CommandDefinition => commands[id];

type RunningIn<R extends string> = {
  [K in CommandId]: Commands[K] extends { readonly runs: R } ? K : never;
}[CommandId];
/** The commands that run in the engine, and those that the host answers to. */
export type EngineCommand = RunningIn<'engine'>;
export type HostCommand = Exclude<CommandId, EngineCommand | RunningIn<'terminal'>>;

export const isCommandId = (id: string): id is CommandId => Object.hasOwn(commands, id);
