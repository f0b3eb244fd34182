import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  commands,
  coreCommands,
  defineCommand,
  denoiseCommands,
  latentCommands,
  modelCommands,
  rolesOf,
  type CommandId,
} from '../../../app/contract/index.ts';

const ids = Object.keys(commands) as CommandId[];

describe('the table of commands', () => {
  it('has each id once, and calls each by its own', () => {
    const parts = [coreCommands, denoiseCommands, latentCommands, modelCommands];
    expect(parts.flatMap((part) => Object.keys(part)).sort()).toEqual([...ids].sort());
    for (const id of ids) expect(rolesOf(id).id).toBe(id);
  });

  it('gives slots to the engine alone, and lets nothing write that reads nothing', () => {
    for (const id of ids) {
      const { runs, slot, reads, writes } = rolesOf(id);
      if (slot) expect(runs, id).toBe('engine');
      if (writes) expect(reads, id).toBeDefined();
    }
  });

  it('names only fields that are there', () => {
    for (const id of ids) {
      const { input, reads, writes, supersedes = [], cli } = rolesOf(id);
      for (const field of [reads?.field, writes?.field, cli?.argument, ...supersedes])
        if (field !== undefined) expect(Object.keys(input.shape), id).toContain(field);
    }
  });
});

it('the compiler knows a field that is not there', () => {
  const common = {
    id: 'example',
    title: 'Example',
    summary: 'An example.',
    runs: 'engine',
    input: z.object({ picture: z.string() }),
    output: z.object({}),
  } as const;
  // @ts-expect-error `source` is no field of the input
  defineCommand({ ...common, reads: { field: 'source', kinds: ['photo'], many: false } });
  // @ts-expect-error `document` is no field of the input
  defineCommand({ ...common, supersedes: ['document'] });
  defineCommand({ ...common, reads: { field: 'picture', kinds: ['photo'], many: false } });
});
