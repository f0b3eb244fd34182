/** The table of workspaces, and that nothing but a workspace's own folder and the table know its name. */
import '../state/test-runes.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { actions, inMenuOrder, type ActionDefinition } from '../../app/contract/actions.ts';
import type { HostBridge } from '../../app/contract/index.ts';
import { actionsOf, isEnabled, labelOf, perform } from '../state/actions.ts';
import { noPicture } from '../state/no-picture.ts';
import { Workbench } from '../state/workbench.svelte.ts';
import type { WorkspaceLine, WorkspaceLogic } from '../state/workspace.ts';
import { cleanLogic } from './clean/desk.svelte.ts';
import { compressLogic } from './compress/desk.svelte.ts';

const page = fileURLToPath(new URL('..', import.meta.url));
const info = { kind: 'browser', version: '0', platform: 'linux', exports: 'download' } as const;
const bridge = { info, page: 'p', run: () => Promise.resolve({}) } as unknown as HostBridge;

/** The table's lines. The table itself holds components, which only a browser runs. */
const table = readFileSync(join(page, 'workspaces/index.ts'), 'utf8');
const ids = [...table.matchAll(/^ {2}(\w+),$/gm)].map(([, id]) => id!);
const name = new RegExp(`['"/](${ids.join('|')})['"/]`);

describe('workspaces', () => {
  it('are named by their folder and the table alone', () => {
    const named = readdirSync(page, { recursive: true, encoding: 'utf8' }).filter((file) => {
      if (!/\.(ts|svelte)$/.test(file)) return false;
      if (/\.test\.ts$|harness/.test(file) || file === join('workspaces', 'index.ts')) return false;
      if (ids.some((id) => dirname(file) === join('workspaces', id))) return false;
      return name.test(readFileSync(join(page, file), 'utf8'));
    });
    expect([ids[0], named]).toEqual(['clean', []]);
  });

  it('bring the actions that the native menu has of them', async () => {
    const logics = ids.map(async (id): Promise<WorkspaceLogic> => {
      const desk = (await import(`./${id}/desk.svelte.ts`)) as Record<string, WorkspaceLogic>;
      return desk[`${id}Logic`]!;
    });
    const bench = new Workbench(bridge, await Promise.all(logics));
    const byId = (one: readonly ActionDefinition[]) =>
      one.toSorted((a, b) => a.id.localeCompare(b.id));
    expect(byId(actionsOf(bench))).toEqual(byId(actions));
    expect(inMenuOrder(actions)).toEqual(actions);
  });

  it('say the same of themselves before they are loaded', async () => {
    for (const id of ids) {
      const line = (await import(`./${id}/line.ts`)) as Record<string, WorkspaceLine>;
      const desk = (await import(`./${id}/desk.svelte.ts`)) as Record<string, WorkspaceLogic>;
      const { action, actions = [] } = desk[`${id}Logic`]!;
      expect(line[id]).toMatchObject({ id, action });
      expect(line[id]!.actions ?? []).toEqual(actions);
    }
    const first = ((await import('./clean/line.ts')) as Record<string, WorkspaceLine>).clean!;
    const { desk } = new Workbench(bridge, [cleanLogic]).session;
    expect(first.invitation?.()).toBe(desk.invitation);
  });

  it('that come later get what was asked of them before, and every file', async () => {
    const around = { ...bridge, admit: () => Promise.resolve([]) };
    let arrive!: (logics: readonly WorkspaceLogic[]) => void;
    const coming = new Promise<readonly WorkspaceLogic[]>((resolve) => (arrive = resolve));
    const known = [cleanLogic, compressLogic].map(({ id, action }) => ({ id, action }));
    const { session } = new Workbench(around, known, coming);
    session.enter('compress');
    const added = session.addFrom(() =>
      Promise.resolve([{ source: '@a', name: 'a.png', bytes: 1 }]),
    );
    await Promise.resolve();
    expect([session.workspace, session.entries, session.desks]).toEqual(['clean', [], []]);
    arrive([compressLogic, cleanLogic]);
    await added;
    expect([session.workspace, session.entries.length]).toEqual(['compress', 1]);
    expect([...session.entries[0]!.works.keys()]).toEqual(['clean', 'compress']);
  });

  it('may write nothing, and then have no Export', () => {
    const reading: WorkspaceLogic = {
      ...cleanLogic,
      open: (around) => Object.assign(cleanLogic.open(around), { writing: undefined }),
    };
    expect(new Workbench(bridge, [cleanLogic]).canExport).toBe(true);
    const bench = new Workbench(bridge, [reading]);
    expect([bench.canExport, isEnabled(bench, 'export')]).toEqual([false, false]);
    expect([bench.busy, noPicture().status]).toEqual([false, 'nothing']);
  });

  it('without pictures are left for the first one with them when photos come', () => {
    const table: WorkspaceLogic = {
      ...{ ...cleanLogic, id: 'table' },
      open: (around) => Object.assign(cleanLogic.open(around), { whole: true }),
    };
    const { session } = new Workbench(bridge, [cleanLogic, table]);
    session.enter('table');
    session.addAdmitted([{ source: '@a', name: 'a.png', bytes: 1 }]);
    expect([session.workspace, session.active?.name]).toEqual(['clean', 'a.png']);
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
