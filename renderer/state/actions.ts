/**
 * What each action of the contract's table does on this page, and when it can. Keys, tooltips, the
 * `?` list and the native menu all come through here.
 */
import { actions, type ActionId } from '../../app/contract/actions.ts';
import { keyWords } from './keys.ts';
import type { Workbench } from './workbench.svelte.ts';

interface Behaviour {
  /** Default: always. */
  readonly enabled?: (bench: Workbench) => boolean;
  readonly perform: (bench: Workbench) => void;
  /** For actions that act while the key is held. */
  readonly release?: (bench: Workbench) => void;
}

const hasPicture = (bench: Workbench): boolean => bench.session.active?.open ?? false;
const hasFile = (bench: Workbench): boolean => bench.session.active !== null;

const behaviours: Readonly<Record<ActionId, Behaviour>> = {
  'open-files': { perform: (bench) => bench.open('files') },
  'open-folder': { perform: (bench) => bench.open('folder') },
  'open-sample': { perform: (bench) => bench.openSample() },
  export: {
    enabled: (bench) => bench.canExport && bench.exportable(bench.session.selection).length > 0,
    perform: (bench) => bench.export(bench.session.selection),
  },
  'export-all': {
    enabled: (bench) => bench.canExport && bench.exportable(bench.session.entries).length > 0,
    perform: (bench) => bench.export(bench.session.entries),
  },
  cancel: { enabled: (bench) => bench.busy, perform: (bench) => bench.cancel() },
  'close-file': { enabled: hasFile, perform: (bench) => bench.remove(bench.session.selection) },

  undo: {
    enabled: (bench) => bench.session.edited?.canUndo ?? false,
    perform: (bench) => bench.session.undo(),
  },
  redo: {
    enabled: (bench) => bench.session.edited?.canRedo ?? false,
    perform: (bench) => bench.session.redo(),
  },
  'copy-settings': {
    enabled: hasFile,
    perform(bench) {
      const text = bench.copySettings();
      if (text === null) return;
      // From a menu there is no copy event to fill the clipboard with; refused, it stays in the page.
      navigator.clipboard?.writeText(text).catch(() => undefined);
    },
  },
  'paste-settings': {
    enabled: (bench) => bench.canPaste,
    perform: (bench) => void bench.pasteSettings(bench.session.selection),
  },
  'paste-settings-all': {
    enabled: (bench) => bench.canPaste,
    perform: (bench) => void bench.pasteSettings(bench.session.entries),
  },
  'reset-settings': {
    enabled: (bench) => bench.settingsChanged,
    perform: (bench) => bench.resetSettings(),
  },
  settings: { perform: (bench) => (bench.dialog = 'settings') },

  'workspace-clean': { perform: (bench) => bench.session.enter('clean') },
  'workspace-compress': { perform: (bench) => bench.session.enter('compress') },
  'compare-split': { enabled: hasPicture, perform: (bench) => (bench.mode = 'split') },
  'compare-side': { enabled: hasPicture, perform: (bench) => (bench.mode = 'side') },
  'compare-residual': { enabled: hasPicture, perform: (bench) => (bench.mode = 'residual') },
  'compare-next': { enabled: hasPicture, perform: (bench) => bench.cycleMode() },
  'noise-map': {
    enabled: (bench) => hasPicture(bench) && bench.session.workspace === 'clean',
    perform: (bench) => bench.toggleNoiseMap(),
  },
  'show-original': {
    enabled: hasPicture,
    perform: (bench) => (bench.holdOriginal = true),
    release: (bench) => (bench.holdOriginal = false),
  },
  'zoom-fit': { enabled: hasPicture, perform: (bench) => bench.view.fit() },
  'zoom-100': { enabled: hasPicture, perform: (bench) => bench.view.setZoom(1) },
  'zoom-200': { enabled: hasPicture, perform: (bench) => bench.view.setZoom(2) },
  'zoom-toggle': { enabled: hasPicture, perform: (bench) => bench.view.toggleFit() },
  'zoom-in': { enabled: hasPicture, perform: (bench) => bench.view.step('in') },
  'zoom-out': { enabled: hasPicture, perform: (bench) => bench.view.step('out') },
  previous: {
    enabled: (bench) => bench.session.neighbour(-1) !== null,
    perform: (bench) => bench.session.step(-1),
  },
  next: {
    enabled: (bench) => bench.session.neighbour(1) !== null,
    perform: (bench) => bench.session.step(1),
  },
  'toggle-panels': { perform: (bench) => bench.togglePanels() },
  shortcuts: {
    perform: (bench) => (bench.dialog = bench.dialog === 'shortcuts' ? null : 'shortcuts'),
  },
};

export const isActionId = (id: string): id is ActionId => Object.hasOwn(behaviours, id);

export const isEnabled = (bench: Workbench, id: ActionId): boolean =>
  behaviours[id].enabled?.(bench) ?? true;

/** Performs an action if it can act now. Returns whether it did. */
export function perform(bench: Workbench, id: ActionId): boolean {
  if (!isEnabled(bench, id)) return false;
  behaviours[id].perform(bench);
  return true;
}

/** The key of a held action was let go. */
export const release = (bench: Workbench, id: ActionId): void => behaviours[id].release?.(bench);

const byId = new Map(actions.map((action) => [action.id, action]));

export const labelOf = (id: ActionId): string => byId.get(id)!.label;

/** The key that is shown for an action; null when it has none. */
export function shownKey(id: ActionId, mac: boolean): string | null {
  const keys = byId.get(id)!.keys[0];
  return keys === undefined ? null : keyWords(keys, mac);
}

/** For `aria-keyshortcuts`: the first key in the form of the ARIA specification. */
export function ariaKey(id: ActionId, mac: boolean): string | undefined {
  return byId.get(id)!.keys[0]?.replace('Mod', mac ? 'Meta' : 'Control');
}

/** Label and key, for a tooltip. */
export function tooltip(id: ActionId, mac: boolean): string {
  const key = shownKey(id, mac);
  return key === null ? labelOf(id) : `${labelOf(id)} (${key})`;
}
