/**
 * From a key press to an action of the table, and from a table's key to what is printed on the
 * keyboard. Pure: what may act in which place of the page is decided here, what it does is not.
 */
import type { ActionDefinition, ActionId } from '../../app/contract/actions.ts';
import { say } from './sentences.ts';

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** Where the focus is, as far as keys care. */
export type KeyPlace =
  /** Text is edited: only combinations that no text field uses may act. */
  | 'text'
  /** A list or button uses some plain keys itself and has refused those it uses. */
  | 'control'
  | 'page';

interface Combination {
  readonly mod: boolean;
  readonly shift: boolean;
  readonly key: string;
}

/** `Mod+Shift+Z` → its parts. `+` itself is the last character of `Mod++`. */
function parse(keys: string): Combination {
  const parts = keys.split(/\+(?=.)/);
  const key = parts.at(-1)!;
  return { mod: parts.includes('Mod'), shift: parts.slice(0, -1).includes('Shift'), key };
}

const isLetter = (key: string): boolean =>
  key.length === 1 && key.toLowerCase() !== key.toUpperCase();

function matches(keys: string, press: KeyPress, mac: boolean): boolean {
  const wanted = parse(keys);
  const mod = mac ? press.metaKey : press.ctrlKey;
  const other = mac ? press.ctrlKey : press.metaKey;
  if (wanted.mod !== mod || other || press.altKey) return false;
  if (isLetter(wanted.key))
    return press.key.toUpperCase() === wanted.key && press.shiftKey === wanted.shift;
  // Signs sit on different keys on different keyboards, some behind Shift: the sign decides.
  if (wanted.key.length === 1) return press.key === wanted.key;
  return press.key === wanted.key && press.shiftKey === wanted.shift;
}

/** Combinations that belong to a text field while one is focused. */
const textKeys: ReadonlySet<string> = new Set<ActionId>([
  'undo',
  'redo',
  'select-all',
  'copy-settings',
  'paste-settings',
  'paste-settings-all',
]);

export interface KeyContext {
  readonly place: KeyPlace;
  readonly mac: boolean;
  /** True in the window, whose native menu binds the `native` keys. */
  readonly nativeMenu: boolean;
}

/** The action that a key press asks for; null: none, the press is somebody else's. */
export function actionOf<T extends ActionDefinition>(
  press: KeyPress,
  actions: readonly T[],
  context: KeyContext,
): T | null {
  for (const action of actions) {
    if (context.nativeMenu && action.binding === 'native') continue;
    const keys = action.keys.find((each) => matches(each, press, context.mac));
    if (keys === undefined) continue;
    if (context.place === 'text' && (textKeys.has(action.id) || !parse(keys).mod)) return null;
    return action;
  }
  return null;
}

const macNames: Readonly<Record<string, string>> = {
  Mod: '⌘',
  Shift: '⇧',
  Escape: 'esc',
  Delete: '⌦',
  Backspace: '⌫',
  Tab: '⇥',
};
const names = (): Readonly<Record<string, string>> => ({
  Mod: say('ctrl'),
  Shift: say('shift'),
  Escape: say('escape'),
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
});

/** A table's key as printed: `Mod+Shift+Z` → "Ctrl+Shift+Z" or "⇧⌘Z". */
export function keyWords(keys: string, mac: boolean): string {
  const parts = keys.split(/\+(?=.)/);
  const printed = names();
  if (!mac) return parts.map((part) => printed[part] ?? part).join('+');
  const shown = parts.map((part) => macNames[part] ?? printed[part] ?? part);
  // Apple's order: Shift before Command.
  if (parts[0] === 'Mod' && parts[1] === 'Shift') [shown[0], shown[1]] = [shown[1]!, shown[0]!];
  return shown.join('');
}
