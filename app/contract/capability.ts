/**
 * What a capability is to every door: its commands, and what a person can do in its workspace. Each says it
 * in a file of its own beside this one; the table is `capabilities.ts`.
 */
import type { ActionDefinition } from './action.ts';
import type { CommandDefinition } from './command.ts';

export interface CapabilityContract<
  C extends Readonly<Record<string, CommandDefinition>> = Readonly<
    Record<string, CommandDefinition>
  >,
  A extends readonly ActionDefinition[] = readonly ActionDefinition[],
> {
  /** By their ids. */
  readonly commands: C;
  /** Beside those of `actions.ts`, which belong to no workspace. */
  readonly actions: A;
}

/** Keeps the types of each command, and the ids of the actions as literal types. */
export const defineContract = <
  C extends Readonly<Record<string, CommandDefinition>>,
  const A extends readonly ActionDefinition[] = readonly [],
>(contract: {
  readonly commands: C;
  readonly actions?: A;
}): CapabilityContract<C, A> => ({
  commands: contract.commands,
  actions: contract.actions ?? ([] as unknown as A),
});
