/** The native menu is the action table: complete, with keys that do not take letters from text fields. */
import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { acceleratorOf, actions, menuTitles } from '../../../app/contract/actions.ts';
import { menuTemplate, type MenuOptions } from '../../../app/hosts/electron/menu.ts';

type Item = MenuItemConstructorOptions;
const options = (given: Partial<MenuOptions> = {}): MenuOptions => ({
  platform: 'linux',
  appName: 'Hourglass',
  perform: () => undefined,
  recent: [],
  clearRecent: () => undefined,
  developerTools: false,
  ...given,
});
const flat = (items: readonly Item[]): Item[] =>
  items.flatMap((item) => [item, ...flat((item.submenu as Item[] | undefined) ?? [])]);
const find = (items: readonly Item[], id: string): Item => {
  const found = flat(items).find((item) => item.id === id);
  if (!found) throw new Error(`no item ${id}`);
  return found;
};
const click = (item: Item): void => {
  (item.click as unknown as () => void)();
};

describe('menuTemplate', () => {
  it.each(['linux', 'win32', 'darwin'] as const)(
    'lists every action of the table on %s',
    (platform) => {
      const items = flat(menuTemplate(options({ platform })));
      for (const action of actions.filter((candidate) => candidate.menu !== null))
        expect(items.filter((item) => item.id === action.id)).toHaveLength(1);
      const titles = Object.values(menuTitles);
      const top = menuTemplate(options({ platform })).map((item) => item.label);
      expect(top.filter((label) => titles.includes(label ?? ''))).toEqual(titles);
    },
  );

  it('says the action’s id and does nothing else', () => {
    const performed: string[] = [];
    const template = menuTemplate(options({ perform: (action) => performed.push(action) }));
    click(find(template, 'export'));
    click(find(template, 'zoom-fit'));
    expect(performed).toEqual(['export', 'zoom-fit']);
  });

  it('binds keys with a modifier, and only shows those that the page binds', () => {
    const template = menuTemplate(options());
    expect(find(template, 'export')).toMatchObject({ accelerator: 'CommandOrControl+E' });
    expect(find(template, 'export').registerAccelerator).toBeUndefined();
    for (const action of actions.filter(
      (candidate) => candidate.binding === 'page' && candidate.menu,
    ))
      expect(find(template, action.id).registerAccelerator ?? false).toBe(false);
    expect(find(template, 'compare-next')).toMatchObject({ accelerator: 'Y' });
  });

  it('leaves single letters alone on macOS, where showing a key means taking it', () => {
    const template = menuTemplate(options({ platform: 'darwin' }));
    for (const action of actions.filter(
      (candidate) => candidate.binding === 'page' && candidate.menu,
    ))
      expect(find(template, action.id).accelerator).toBeUndefined();
    const roles = flat(template).map((item) => item.role);
    for (const role of ['appMenu', 'copy', 'paste', 'selectAll', 'windowMenu', 'recentDocuments'])
      expect(roles).toContain(role);
  });

  it('every native key has a modifier', () => {
    for (const action of actions.filter((candidate) => candidate.binding === 'native'))
      for (const keys of action.keys) expect(keys).toMatch(/^Mod\+/);
  });

  it('opens recent files, and says when there are none', () => {
    const opened: string[] = [];
    expect(find(menuTemplate(options()), 'open-recent').enabled).toBe(false);
    const recent = [{ label: 'church.tif', open: () => opened.push('church.tif') }];
    const item = find(menuTemplate(options({ recent })), 'open-recent');
    expect(item.enabled).toBe(true);
    click((item.submenu as Item[])[0]!);
    expect(opened).toEqual(['church.tif']);
  });

  it('offers developer tools in a checkout only', () => {
    const rolesOf = (developerTools: boolean): unknown[] =>
      flat(menuTemplate(options({ developerTools }))).map((item) => item.role);
    expect(rolesOf(true)).toContain('toggleDevTools');
    expect(rolesOf(false)).not.toContain('toggleDevTools');
  });
});

describe('acceleratorOf', () => {
  it.each([
    ['Mod+Shift+E', 'CommandOrControl+Shift+E'],
    ['ArrowLeft', 'Left'],
    ['Mod++', 'CommandOrControl+Plus'],
    ['Mod+-', 'CommandOrControl+-'],
    ['\\', '\\'],
  ])('%s is %s', (keys, accelerator) => {
    expect(acceleratorOf(keys)).toBe(accelerator);
  });
});
