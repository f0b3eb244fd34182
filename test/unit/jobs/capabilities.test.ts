/** Every command has exactly one function that answers to it, and the compiler knows of which type. */
import { describe, expect, it } from 'vitest';
import { commands, rolesOf, type CommandId } from '../../../app/contract/index.ts';
import { capabilities } from '../../../app/jobs/engine/capabilities.ts';
import { createEngine } from '../../../app/jobs/engine/engine.ts';
import { createHandlerTable } from '../../../app/jobs/engine/handlers.ts';
import { createHostCommands } from '../../../app/jobs/host-commands.ts';
import type { Capability } from '../../../app/runtime/index.ts';

const ids = Object.keys(commands) as CommandId[];
const [core, ...others] = capabilities as [Capability, ...Capability[]];
const without = (command: string): Capability[] => {
  const handlers = Object.fromEntries(
    Object.entries(core.handlers).filter(([name]) => name !== command),
  );
  return [{ ...core, handlers }, ...others];
};

describe('the table of capabilities', () => {
  it('answers to every command of the engine, and to no other', () => {
    const handlers = createHandlerTable(capabilities);
    for (const id of ids)
      if (rolesOf(id).runs === 'engine') expect(handlers.find(id), id).toBeTypeOf('function');
      else expect(() => handlers.find(id), id).toThrow(`does not answer to ${id}`);
  });

  it('is refused when a command has no handler, or two, or is none of the engine', () => {
    const { close } = core.handlers;
    const twice = { id: 'twice', handlers: { close: close! } };
    const foreign = { id: 'foreign', handlers: { devices: close! } } as Capability;
    for (const [table, words] of [
      [without('close'), 'nothing answers to close'],
      [[...capabilities, twice], 'close has two handlers, of core and twice'],
      [[...capabilities, foreign], 'foreign answers to devices'],
    ] as const)
      expect(() => createHandlerTable(table)).toThrow(words);
  });

  it('lets no engine start that lacks a handler', () => {
    const start = (table: readonly Capability[]) => () =>
      createEngine({
        post: () => undefined,
        capabilities: table,
        createServices: () => {
          throw new Error('not now');
        },
      });
    expect(start(capabilities)).not.toThrow();
    expect(start(without('pixel'))).toThrow('nothing answers to pixel');
  });

  it('takes only handlers of the right type', () => {
    const right: Capability = {
      id: 'right',
      handlers: { pixel: ({ x, y }) => Promise.resolve({ values: [x, y] }) },
    };
    const wrongInput: Capability = {
      id: 'wrong-input',
      // @ts-expect-error `pixel` is asked with numbers
      handlers: { pixel: (input: { x: string }) => Promise.resolve({ values: [input.x.length] }) },
    };
    const wrongOutput: Capability = {
      id: 'wrong-output',
      // @ts-expect-error `pixel` answers with a list
      handlers: { pixel: () => Promise.resolve({ values: 'none' }) },
    };
    // @ts-expect-error `devices` is a command of the host
    const ofTheHost: Capability = { id: 'host', handlers: { devices: () => Promise.resolve({}) } };
    expect([right, wrongInput, wrongOutput, ofTheHost]).toHaveLength(4);
  });
});

it('the host answers to every other command, but for those of a terminal', async () => {
  const nowhere = '/nowhere';
  const options = { launch: () => null as never, cacheFolder: nowhere, software: 'Test' };
  const run = createHostCommands({ ensure: () => Promise.resolve(), reports: [] } as never, {
    ...options,
    modelsFolder: nowhere,
    userModelsFolder: nowhere,
  });
  const { signal } = new AbortController();
  for (const id of ids) {
    const answer = await run(id, {}, signal, () => undefined).then(
      String,
      (error: Error) => error.message,
    );
    const refused = `The host does not answer to ${id}.`;
    if (['engine', 'terminal'].includes(rolesOf(id).runs)) expect(answer).toBe(refused);
    else expect(answer).not.toBe(refused);
  }
});
