import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { contracts } from '../../../app/contract/capabilities.ts';
import {
  actions,
  commands,
  commonActions,
  defineCommand,
  placeIds,
  places,
  preferencesSchema,
  rolesOf,
  type ActionId,
  type CommandId,
  type Commands,
  type PlaceId,
} from '../../../app/contract/index.ts';

const ids = Object.keys(commands) as CommandId[];

describe('the table of commands', () => {
  it('has each id once, and calls each by its own', () => {
    const all = contracts.flatMap((contract) => Object.keys(contract.commands));
    expect(all).toEqual(ids);
    for (const id of ids) expect(rolesOf(id).id).toBe(id);
  });

  it('brings the actions of the same capabilities, each id once', () => {
    const all = [commonActions, ...contracts.map((contract) => contract.actions)].flat();
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(actions.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
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
      for (const field of [reads?.field, writes?.field, cli?.argument, cli?.second, ...supersedes])
        if (field !== undefined) expect(Object.keys(input.shape), id).toContain(field);
    }
  });
});

it('gives each command that writes a place of its own, remembered under its name', () => {
  const writing = ids.flatMap((id) => rolesOf(id).writes?.place ?? []);
  expect(writing).toEqual(placeIds);
  expect(places.output).toMatchObject({ name: '{name}-clean.{ext}', keepsFormat: true });
  expect(places.latent).toMatchObject({ name: '{name}.{ext}', choosesFormat: false });
  expect(places.decoded).toMatchObject({ choosesFormat: true, keepsFormat: false });
  const chosen = Object.fromEntries(placeIds.map((id) => [id, { folder: `/${id}` }]));
  expect(preferencesSchema.parse(chosen)).toEqual(chosen);
  // A place can not have the name of something else that is remembered.
  expect(new Set([...placeIds, 'theme', 'device', 'panels']).size).toBe(placeIds.length + 3);
});

it('the compiler knows the ids, and each command with its fields', () => {
  const action: ActionId = 'workspace-clean';
  // @ts-expect-error no capability has such a command
  const command: CommandId = 'no-such-command';
  // @ts-expect-error no command writes there
  const place: PlaceId = 'no-such-place';
  // @ts-expect-error no capability has such an action
  const other: ActionId = 'no-such-action';
  const output: z.output<Commands['verify']['output']>['tiles'] = 1;
  // @ts-expect-error `tiles` is a number
  const wrong: z.output<Commands['verify']['output']>['tiles'] = 'many';
  expect([action, command, place, other, output, wrong]).toHaveLength(6);
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
