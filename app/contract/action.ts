/** What an action is: a thing that a person can do from the menu or the keyboard. The table is actions.ts. */

export type MenuGroup = 'file' | 'edit' | 'view' | 'help';

export interface ActionDefinition {
  readonly id: string;
  /** Sentence case, imperative; an ellipsis where a dialog follows. */
  readonly label: string;
  /**
   * Keys, web style: `+` between modifiers and a `KeyboardEvent.key`. `Mod` is Cmd on macOS and
   * Ctrl elsewhere. Letters are upper case and mean the key without Shift unless `Shift+` is there.
   * The first one is shown; the others work too.
   */
  readonly keys: readonly string[];
  /** Menu it is listed in; null: keyboard and page only. */
  readonly menu: MenuGroup | null;
  /** Actions of one menu with different sections are divided by a line. */
  readonly section: string;
  /**
   * - `native`: the key carries a modifier, so the native menu binds it (the page does not see it
   *   in the window; in the browser the page binds it).
   * - `page`: the page binds it in both hosts, because the key must reach text fields first, or
   *   because it acts while it is held. The native menu only shows it.
   */
  readonly binding: 'native' | 'page';
  /** Acts while the key is down and ends when it is released. */
  readonly hold?: boolean;
}

/** Keeps the ids as literal types. */
export const defineActions = <const T extends readonly ActionDefinition[]>(table: T): T => table;
