/**
 * The table of actions: what a person can do from the menu or the keyboard, each defined once. The
 * native menu (Electron) and the page (keys, tooltips, the `?` list) are derived from it. What an
 * action does lives in the page; the host only passes its id on. A capability that has a workspace
 * defines its actions beside its commands, and they come from the table in `capabilities.ts`.
 */
import { defineActions, type ActionDefinition, type MenuGroup } from './action.ts';
import { contracts } from './capabilities.ts';

export type { ActionDefinition, MenuGroup } from './action.ts';

/** Actions that belong to no workspace. */
export const commonActions = defineActions([
  {
    id: 'open-files',
    label: 'Open…',
    keys: ['Mod+O'],
    menu: 'file',
    section: 'open',
    binding: 'native',
  },
  {
    id: 'open-folder',
    label: 'Open folder…',
    keys: ['Mod+Shift+O'],
    menu: 'file',
    section: 'open',
    binding: 'native',
  },
  {
    id: 'open-sample',
    label: 'Open the sample photo',
    keys: [],
    menu: 'file',
    section: 'open',
    binding: 'native',
  },
  {
    id: 'open-sample-scan',
    label: 'Open the sample scan',
    keys: [],
    menu: 'file',
    section: 'open',
    binding: 'native',
  },
  {
    id: 'export',
    label: 'Export',
    keys: ['Mod+E'],
    menu: 'file',
    section: 'export',
    binding: 'native',
  },
  {
    id: 'export-all',
    label: 'Export all',
    keys: ['Mod+Shift+E'],
    menu: 'file',
    section: 'export',
    binding: 'native',
  },
  {
    id: 'save',
    label: 'Save in place',
    keys: ['Mod+S'],
    menu: null,
    section: 'export',
    binding: 'page',
  },
  {
    id: 'cancel',
    label: 'Cancel',
    keys: ['Escape'],
    menu: 'file',
    section: 'export',
    binding: 'page',
  },
  {
    id: 'close-file',
    label: 'Remove from the film strip',
    keys: ['Delete', 'Backspace'],
    menu: 'file',
    section: 'close',
    binding: 'page',
  },

  { id: 'undo', label: 'Undo', keys: ['Mod+Z'], menu: 'edit', section: 'history', binding: 'page' },
  {
    id: 'redo',
    label: 'Redo',
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    menu: 'edit',
    section: 'history',
    binding: 'page',
  },
  {
    id: 'select-all',
    label: 'Select all photos',
    keys: ['Mod+A'],
    menu: 'edit',
    section: 'history',
    binding: 'page',
  },
  {
    id: 'copy-settings',
    label: 'Copy settings',
    keys: ['Mod+C'],
    menu: 'edit',
    section: 'clipboard',
    binding: 'page',
  },
  {
    id: 'paste-settings',
    label: 'Paste settings',
    keys: ['Mod+V'],
    menu: 'edit',
    section: 'clipboard',
    binding: 'page',
  },
  {
    id: 'paste-settings-all',
    label: 'Paste settings to all',
    keys: ['Mod+Shift+V'],
    menu: 'edit',
    section: 'clipboard',
    binding: 'page',
  },
  {
    id: 'reset-settings',
    label: 'Reset to the suggestion',
    keys: [],
    menu: 'edit',
    section: 'clipboard',
    binding: 'native',
  },
  {
    id: 'settings',
    label: 'Settings…',
    keys: ['Mod+,'],
    menu: 'edit',
    section: 'settings',
    binding: 'native',
  },

  {
    id: 'compare-split',
    label: 'Split view',
    keys: ['1'],
    menu: 'view',
    section: 'compare',
    binding: 'page',
  },
  {
    id: 'compare-side',
    label: 'Side by side',
    keys: ['2'],
    menu: 'view',
    section: 'compare',
    binding: 'page',
  },
  {
    id: 'compare-residual',
    label: 'Difference from the original',
    keys: ['3'],
    menu: 'view',
    section: 'compare',
    binding: 'page',
  },
  {
    id: 'compare-next',
    label: 'Next compare mode',
    keys: ['Y'],
    menu: 'view',
    section: 'compare',
    binding: 'page',
  },
  {
    id: 'keep-result',
    label: 'Keep this result to compare',
    keys: ['K'],
    menu: 'view',
    section: 'compare',
    binding: 'page',
  },
  {
    id: 'show-original',
    label: 'Show the original while held',
    keys: ['\\'],
    menu: 'view',
    section: 'compare',
    binding: 'page',
    hold: true,
  },
  {
    id: 'zoom-fit',
    label: 'Fit',
    keys: ['Mod+0'],
    menu: 'view',
    section: 'zoom',
    binding: 'native',
  },
  {
    id: 'zoom-100',
    label: '100 %',
    keys: ['Mod+1'],
    menu: 'view',
    section: 'zoom',
    binding: 'native',
  },
  {
    id: 'zoom-200',
    label: '200 %',
    keys: ['Mod+2'],
    menu: 'view',
    section: 'zoom',
    binding: 'native',
  },
  {
    id: 'zoom-toggle',
    label: 'Fit or 100 %',
    keys: ['Z'],
    menu: 'view',
    section: 'zoom',
    binding: 'page',
  },
  {
    id: 'zoom-in',
    label: 'Zoom in',
    keys: ['Mod+=', 'Mod++'],
    menu: 'view',
    section: 'zoom',
    binding: 'native',
  },
  {
    id: 'zoom-out',
    label: 'Zoom out',
    keys: ['Mod+-'],
    menu: 'view',
    section: 'zoom',
    binding: 'native',
  },
  {
    id: 'previous',
    label: 'Previous photo',
    keys: ['ArrowLeft'],
    menu: 'view',
    section: 'step',
    binding: 'page',
  },
  {
    id: 'next',
    label: 'Next photo',
    keys: ['ArrowRight'],
    menu: 'view',
    section: 'step',
    binding: 'page',
  },
  {
    id: 'first',
    label: 'First photo',
    keys: ['Home'],
    menu: 'view',
    section: 'step',
    binding: 'page',
  },
  {
    id: 'last',
    label: 'Last photo',
    keys: ['End'],
    menu: 'view',
    section: 'step',
    binding: 'page',
  },
  {
    id: 'previous-page',
    label: 'Previous page',
    keys: ['PageUp'],
    menu: 'view',
    section: 'step',
    binding: 'page',
  },
  {
    id: 'next-page',
    label: 'Next page',
    keys: ['PageDown'],
    menu: 'view',
    section: 'step',
    binding: 'page',
  },
  {
    id: 'toggle-panels',
    label: 'Show or hide the panels',
    keys: ['Tab', 'F'],
    menu: 'view',
    section: 'panels',
    binding: 'page',
  },

  {
    id: 'manual',
    label: 'Manual',
    keys: ['F1'],
    menu: 'help',
    section: 'help',
    binding: 'page',
  },
  {
    id: 'diagnostics',
    label: 'Diagnostics…',
    keys: [],
    menu: 'help',
    section: 'help',
    binding: 'native',
  },
  {
    id: 'look-for-update',
    label: 'Look for a newer version…',
    keys: [],
    menu: 'help',
    section: 'help',
    binding: 'native',
  },
  {
    id: 'first-steps',
    label: 'First steps',
    keys: [],
    menu: 'help',
    section: 'help',
    binding: 'native',
  },
  {
    id: 'shortcuts',
    label: 'Keyboard shortcuts',
    keys: ['?'],
    menu: 'help',
    section: 'help',
    binding: 'page',
  },
]);

export type CommonActionId = (typeof commonActions)[number]['id'];

export type ActionId = CommonActionId | (typeof contracts)[number]['actions'][number]['id'];

/** Sections of the menus, from the top. */
const sections: readonly string[] = [
  ...['open', 'export', 'close', 'history', 'clipboard', 'settings'],
  ...['workspace', 'compare', 'zoom', 'step', 'panels', 'help'],
];

/** Actions as menus list them: by section, within it in the order that they come in. */
export const inMenuOrder = <T extends ActionDefinition>(actions: readonly T[]): readonly T[] =>
  actions.toSorted((a, b) => sections.indexOf(a.section) - sections.indexOf(b.section));

type Action = ActionDefinition & { readonly id: ActionId };

const allActions = (): readonly Action[] =>
  inMenuOrder([
    ...commonActions,
    ...contracts.flatMap(({ actions: own }): readonly Action[] => own),
  ]);

/** The page has those of its workspaces instead: marked as pure, this one and with it all contracts stay out of it. */
export const actions = /* @__PURE__ */ allActions();

export const menuTitles: Readonly<Record<MenuGroup, string>> = {
  file: 'File',
  edit: 'Edit',
  view: 'View',
  help: 'Help',
};

/** An Electron accelerator for web-style keys: `Mod+ArrowLeft` → `CommandOrControl+Left`. */
export function acceleratorOf(keys: string): string {
  return keys
    .split(/\+(?=.)/)
    .map((key) =>
      key === 'Mod'
        ? 'CommandOrControl'
        : key === '+'
          ? 'Plus'
          : key.startsWith('Arrow')
            ? key.slice('Arrow'.length)
            : key,
    )
    .join('+');
}
