/**
 * Which function answers to which command, out of the table of capabilities: every command of the
 * engine has exactly one, or the engine does not start.
 */
import {
  commands,
  HourglassError,
  isCommandId,
  rolesOf,
  type CommandId,
  type EngineCommand,
} from '../../contract/index.ts';
import type { Capability, Handler } from '../../runtime/index.ts';

/** The functions by command. */
export interface HandlerTable {
  get<K extends EngineCommand>(command: K): Handler<K>;
  /** For who knows the command only at run time. @throws HourglassError internal for one of the host */
  find(command: CommandId): Handler<never>;
}

/** @throws HourglassError internal when a command has no handler, or several */
export function createHandlerTable(capabilities: readonly Capability[]): HandlerTable {
  const owners = new Map<string, { readonly owner: string; readonly handler: Handler<never> }>();
  for (const { id: owner, handlers } of capabilities)
    for (const [command, handler] of Object.entries(handlers)) {
      const known = owners.get(command);
      if (known) throw notWhole(`${command} has two handlers, of ${known.owner} and ${owner}`);
      if (!isCommandId(command) || rolesOf(command).runs !== 'engine')
        throw notWhole(`${owner} answers to ${command}, which is no command of the engine`);
      owners.set(command, { owner, handler: handler as Handler<never> });
    }
  const missing = (Object.keys(commands) as CommandId[]).filter(
    (command) => rolesOf(command).runs === 'engine' && !owners.has(command),
  );
  if (missing.length > 0) throw notWhole(`nothing answers to ${missing.join(', ')}`);

  const find = (command: CommandId): Handler<never> => {
    const found = owners.get(command);
    if (!found) throw new HourglassError('internal', `The engine does not answer to ${command}.`);
    return found.handler;
  };
  return { find, get: (command) => find(command) as never };
}

const notWhole = (what: string): HourglassError =>
  new HourglassError('internal', `The table of capabilities is not whole: ${what}.`);
