/** The table of workspaces, and that nothing but a workspace's own folder and the table know its name. */
import '../state/test-runes.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { actions, inMenuOrder } from '../../app/contract/actions.ts';
import type { HostBridge } from '../../app/contract/index.ts';
import { actionsOf, isEnabled, labelOf, perform } from '../state/actions.ts';
import { Workbench } from '../state/workbench.svelte.ts';
import type { WorkspaceLogic } from '../state/workspace.ts';
import { cleanLogic } from './clean/desk.svelte.ts';
import { compressLogic } from './compress/desk.svelte.ts';

const page = fileURLToPath(new URL('..', import.meta.url));
const info = { kind: 'browser', version: '0', platform: 'linux', exports: 'download' } as const;
const bridge = { info, page: 'p', run: () => Promise.resolve({}) } as unknown as HostBridge;

describe('workspaces', () => {
  it('are named by their folder and the table alone', () => {
    const named = readdirSync(page, { recursive: true, encoding: 'utf8' }).filter((file) => {
      if (!/\.(ts|svelte)$/.test(file)) return false;
      if (/\.test\.ts$|harness/.test(file) || file === join('workspaces', 'index.ts')) return false;
      if (/^workspaces.(clean|compress)$/.test(dirname(file))) return false;
      return /['"/](clean|compress)['"/]/.test(readFileSync(join(page, file), 'utf8'));
    });
    expect(named).toEqual([]);
  });

  it('bring the actions that the native menu has of them', () => {
    const bench = new Workbench(bridge, [cleanLogic, compressLogic]);
    expect(actionsOf(bench)).toEqual(actions);
    expect(inMenuOrder(actions)).toEqual(actions);
  });

  it('are entered by their action, also one that this program does not have', () => {
    const third: WorkspaceLogic = {
      ...cleanLogic,
      id: 'third',
      action: { ...cleanLogic.action, id: 'workspace-third', label: 'Third' },
      actions: [],
    };
    const bench = new Workbench(bridge, [cleanLogic, compressLogic, third]);
    expect([bench.session.workspace, labelOf(bench, 'workspace-third')]).toEqual([
      'clean',
      'Third',
    ]);
    expect([perform(bench, 'workspace-third'), bench.session.workspace]).toEqual([true, 'third']);
    expect(isEnabled(bench, 'no-such-action')).toBe(false);
  });
});
