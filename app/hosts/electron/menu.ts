/**
 * The native menu, derived from the action table (`app/contract/actions.ts`). An item says its
 * action's id to the page and does nothing itself; the page knows what the action means and whether
 * it is possible now. Platform items (quit, window, text editing on macOS) are the system's roles.
 */
import type { MenuItemConstructorOptions } from 'electron';
import {
  acceleratorOf,
  actions,
  menuTitles,
  type ActionDefinition,
  type ActionId,
  type MenuGroup,
} from '../../contract/actions.ts';
import { actionLabel, menuTitle } from '../../contract/tables.ts';
import { say } from './sentences.ts';

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  readonly appName: string;
  readonly perform: (action: ActionId) => void;
  /** Files opened lately, newest first. macOS keeps its own list. */
  readonly recent: readonly { readonly label: string; readonly open: () => void }[];
  readonly clearRecent: () => void;
  readonly developerTools: boolean;
}

type Item = MenuItemConstructorOptions;
const separator: Item = { type: 'separator' };

export function menuTemplate(options: MenuOptions): Item[] {
  const mac = options.platform === 'darwin';
  const menus = new Map<MenuGroup, Item[]>(
    (Object.keys(menuTitles) as MenuGroup[]).map((group) => [group, itemsOf(group, options)]),
  );
  const inMenu = (group: MenuGroup): Item[] => menus.get(group) ?? [];

  inMenu('file').splice(2, 0, recentItem(options));
  inMenu('file').push(separator, mac ? { role: 'close' } : { role: 'quit' });
  // Without these, Cmd+C would do nothing in a text field.
  if (mac)
    inMenu('edit').push(
      separator,
      ...(['cut', 'copy', 'paste', 'selectAll'] as const).map((role) => ({ role })),
    );
  inMenu('view').push(separator, { role: 'togglefullscreen' });
  if (options.developerTools)
    inMenu('view').push(separator, { role: 'reload' }, { role: 'toggleDevTools' });

  const template: Item[] = [...menus].map(([group, submenu]) => ({
    label: menuTitle(group),
    submenu,
    ...(group === 'help' ? { role: 'help' } : {}),
  }));
  if (!mac) return template;
  const windowMenu: Item = { role: 'windowMenu' };
  return [
    { role: 'appMenu', label: options.appName },
    ...template.slice(0, -1),
    windowMenu,
    ...template.slice(-1),
  ];
}

/** The items of one menu, with a line between sections. */
function itemsOf(group: MenuGroup, options: MenuOptions): Item[] {
  const items: Item[] = [];
  let section: string | null = null;
  for (const action of actions.filter((candidate) => candidate.menu === group)) {
    if (section !== null && section !== action.section) items.push(separator);
    section = action.section;
    // What acts while a key is held has no meaning as a menu item that is clicked.
    items.push({
      id: action.id,
      label: actionLabel(action),
      ...(action.hold ? { enabled: false } : { click: () => options.perform(action.id) }),
      ...accelerator(action, options.platform),
    });
  }
  return items;
}

/**
 * Keys that the page binds itself are only shown, never taken from it: a single letter must still
 * reach a text field. macOS can not show a key without taking it.
 */
function accelerator(action: ActionDefinition, platform: NodeJS.Platform): Item {
  const first = action.keys[0];
  if (first === undefined) return {};
  if (action.binding === 'native') return { accelerator: acceleratorOf(first) };
  return platform === 'darwin'
    ? {}
    : { accelerator: acceleratorOf(first), registerAccelerator: false };
}

function recentItem(options: MenuOptions): Item {
  if (options.platform === 'darwin')
    return { role: 'recentDocuments', submenu: [{ role: 'clearRecentDocuments' }] };
  const files: Item[] = options.recent.map(({ label, open }) => ({ label, click: open }));
  return {
    id: 'open-recent',
    label: say('openRecent'),
    enabled: files.length > 0,
    submenu: [...files, separator, { label: say('clearList'), click: options.clearRecent }],
  };
}
