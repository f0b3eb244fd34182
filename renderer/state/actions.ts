/**
 * What each action of the contract's table does on this page, and when it can. Keys, tooltips, the
 * `?` list and the native menu all come through here.
 */
import {
  commonActions,
  inMenuOrder,
  type ActionDefinition,
  type CommonActionId,
} from '../../app/contract/actions.ts';
import { actionLabel } from '../../app/contract/tables.ts';
import { keyWords } from './keys.ts';
import { scanActions, scanBehaviours } from '../scans/actions.ts';
import type { Behaviour } from './workspace.ts';
import type { Workbench } from './workbench.svelte.ts';

const hasPicture = (bench: Workbench): boolean => bench.session.active?.open ?? false;
/** The files of a session that edits in place are given: none is opened beside them, and none leaves the strip unsaved. */
const opensFiles = (bench: Workbench): boolean => bench.saving === null;
const hasFile = (bench: Workbench): boolean => bench.session.active !== null;

const behaviours: Readonly<Record<CommonActionId, Behaviour>> = {
  'open-files': { enabled: opensFiles, perform: (bench) => bench.open('files') },
  'open-folder': { enabled: opensFiles, perform: (bench) => bench.open('folder') },
  'open-sample': { enabled: opensFiles, perform: (bench) => bench.openSample('photo') },
  'open-sample-scan': { enabled: opensFiles, perform: (bench) => bench.openSample('scan') },
  export: {
    enabled: (bench) => bench.canExport && bench.exportable(bench.session.selection).length > 0,
    perform: (bench) => bench.export(bench.session.selection),
  },
  'export-all': {
    enabled: (bench) => bench.canExport && bench.exportable(bench.session.entries).length > 0,
    perform: (bench) => bench.export(bench.session.entries),
  },
  save: {
    enabled: ({ saving, session: { active } }) =>
      saving !== null && !saving.busy && active !== null && !active.error,
    perform: (bench) => bench.save(bench.session.active!),
  },
  cancel: { enabled: (bench) => bench.busy, perform: (bench) => bench.cancel() },
  'close-file': {
    enabled: (bench) => hasFile(bench) && opensFiles(bench),
    perform: (bench) => bench.remove(bench.session.selection),
  },

  undo: {
    enabled: (bench) => bench.session.steps.canUndo,
    perform: (bench) => bench.undo(),
  },
  redo: {
    enabled: (bench) => bench.session.steps.canRedo,
    perform: (bench) => bench.redo(),
  },
  'select-all': { enabled: hasFile, perform: (bench) => bench.session.selectAll() },
  'copy-settings': {
    enabled: (bench) => bench.canCopy,
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

  'compare-split': { enabled: hasPicture, perform: (bench) => (bench.mode = 'split') },
  'compare-side': { enabled: hasPicture, perform: (bench) => (bench.mode = 'side') },
  'compare-residual': { enabled: hasPicture, perform: (bench) => (bench.mode = 'residual') },
  'compare-next': { enabled: hasPicture, perform: (bench) => bench.cycleMode() },
  'keep-result': {
    enabled: (bench) => bench.canKeep,
    perform: (bench) => bench.toggleKept(),
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
  'previous-page': {
    enabled: ({ session }) => session.canTurn(-1),
    perform: ({ session }) => session.turnPage(-1),
  },
  'next-page': {
    enabled: ({ session }) => session.canTurn(1),
    perform: ({ session }) => session.turnPage(1),
  },
  first: {
    enabled: hasFile,
    perform: ({ session }) => session.select(session.entries[0]!),
  },
  last: {
    enabled: hasFile,
    perform: ({ session }) => session.select(session.entries.at(-1)!),
  },
  'toggle-panels': { perform: (bench) => bench.togglePanels() },
  manual: { perform: (bench) => (bench.dialog = bench.dialog === 'manual' ? null : 'manual') },
  diagnostics: { enabled: opensFiles, perform: (bench) => (bench.dialog = 'diagnostics') },
  'look-for-update': {
    enabled: ({ bridge }) => bridge.lookForUpdate !== null,
    perform: ({ bridge }) => void bridge.lookForUpdate?.(),
  },
  'first-steps': {
    enabled: (bench) => hasPicture(bench) && opensFiles(bench),
    perform: (bench) => {
      bench.dialog = null;
      bench.session.enter(bench.workspaces[0]!.id);
      bench.tour.again();
    },
  },
  shortcuts: {
    perform: (bench) => (bench.dialog = bench.dialog === 'shortcuts' ? null : 'shortcuts'),
  },
};

interface ActionsOfPage {
  readonly inOrder: readonly ActionDefinition[];
  readonly byId: ReadonlyMap<string, ActionDefinition>;
}

/** By the workspaces of a page, which stay the same: every button asks for several of its action. */
const known = new WeakMap<Workbench['workspaces'], ActionsOfPage>();

function actionsOfPage({ workspaces }: Workbench): ActionsOfPage {
  const before = known.get(workspaces);
  if (before) return before;
  const inOrder = inMenuOrder([
    ...commonActions,
    ...scanActions,
    ...workspaces.flatMap(({ action, actions = [] }) => [action, ...actions]),
  ]);
  const made = { inOrder, byId: new Map(inOrder.map((action) => [action.id, action])) };
  known.set(workspaces, made);
  return made;
}

/** The actions of this page: those that belong to no workspace, of scans, and what its workspaces bring. */
export const actionsOf = (bench: Workbench): readonly ActionDefinition[] =>
  actionsOfPage(bench).inOrder;

function definitionOf(bench: Workbench, id: string): ActionDefinition {
  const found = actionsOfPage(bench).byId.get(id);
  if (!found) throw new Error(`There is no action ${id}.`);
  return found;
}

const common: Readonly<Record<string, Behaviour>> = { ...behaviours, ...scanBehaviours };

/** What an action does here; undefined: it belongs to no workspace of this page. */
function behaviourOf(bench: Workbench, id: string): Behaviour | undefined {
  if (Object.hasOwn(common, id)) return common[id];
  const entered = bench.workspaces.find(({ action }) => action.id === id);
  if (entered) return { perform: ({ session }) => session.enter(entered.id) };
  return bench.session.desks.map((desk) => desk.behaviours?.[id]).find(Boolean);
}

/** Sections of actions that are about the file in front. */
const aboutFiles: readonly string[] = [
  ...['export', 'close', 'history', 'clipboard', 'compare', 'zoom', 'step', 'panels'],
];
const isHidden = (bench: Workbench, id: string): boolean =>
  bench.session.desk.whole === true &&
  id !== 'cancel' &&
  aboutFiles.includes(definitionOf(bench, id).section);

export function isEnabled(bench: Workbench, id: string): boolean {
  const behaviour = behaviourOf(bench, id);
  if (behaviour === undefined || isHidden(bench, id)) return false;
  return behaviour.enabled?.(bench) ?? true;
}

/** Performs an action if it is known and can act now. Returns whether it did. */
export function perform(bench: Workbench, id: string): boolean {
  if (!isEnabled(bench, id)) return false;
  behaviourOf(bench, id)!.perform(bench);
  return true;
}

/** The key of a held action was let go. */
export const release = (bench: Workbench, id: string): void =>
  behaviourOf(bench, id)?.release?.(bench);

export const labelOf = (bench: Workbench, id: string): string =>
  actionLabel(definitionOf(bench, id));

/** The key that is shown for an action; null when it has none. */
export function shownKey(bench: Workbench, id: string): string | null {
  const keys = definitionOf(bench, id).keys[0];
  return keys === undefined ? null : keyWords(keys, bench.mac);
}

/** For `aria-keyshortcuts`: the first key in the form of the ARIA specification. */
export const ariaKey = (bench: Workbench, id: string): string | undefined =>
  definitionOf(bench, id).keys[0]?.replace('Mod', bench.mac ? 'Meta' : 'Control');

/** Label and key, for a tooltip. */
export function tooltip(bench: Workbench, id: string): string {
  const key = shownKey(bench, id);
  return key === null ? labelOf(bench, id) : `${labelOf(bench, id)} (${key})`;
}
