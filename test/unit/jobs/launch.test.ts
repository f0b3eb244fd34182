import { describe, expect, it } from 'vitest';
import { createNodeLauncher } from '../../../app/jobs/launch.ts';
import { deathReason } from '../../../app/jobs/processes.ts';

describe('why a process ended', () => {
  it.each([
    [null, 'SIGKILL', [], 'killed by SIGKILL; the system does that when memory runs out'],
    [null, 'SIGSEGV', [], 'ended by SIGSEGV'],
    [134, null, [], 'ended by SIGABRT'],
    [3, null, ['Error: no libfoo'], 'ended with code 3: Error: no libfoo'],
    [
      null,
      'SIGABRT',
      ['Node.js v20', 'FATAL ERROR: Reached heap limit - JavaScript heap out of memory'],
      'ended by SIGABRT: FATAL ERROR: Reached heap limit - JavaScript heap out of memory',
    ],
    [
      null,
      'SIGABRT',
      ["terminate called after throwing an instance of 'std::bad_alloc'"],
      /bad_alloc/,
    ],
  ])('code %s, signal %s, %j', (code, signal, stderr, words) => {
    if (typeof words === 'string') expect(deathReason(code, signal, stderr)).toBe(words);
    else expect(deathReason(code, signal, stderr)).toMatch(words);
  });
});

describe('a process', () => {
  it('that can not start says why, once, also to who asks late', async () => {
    const launch = createNodeLauncher({ entries: { engine: '/nowhere/engine.js' } });
    const handle = launch('engine', []);
    const reasons: string[] = [];
    handle.onExit((reason) => reasons.push(reason));
    await new Promise<void>((resolve) => handle.onExit(() => resolve()));
    const late = await new Promise<string>((resolve) => handle.onExit(resolve));
    expect(reasons).toEqual([late]);
    expect(late).toMatch(/^ended with code 1: Error: Cannot find module/);
    // Posting to the dead is harmless.
    handle.post({ kind: 'stop' });
    handle.kill();
  });
});
