/**
 * Files opened lately: told to the system (dock and jump list) and kept in a small file for the menu
 * of the systems that have no such list.
 */
import type { App } from 'electron';
import { basename } from 'node:path';
import * as z from 'zod';
import { recall, remember } from '../../pixels/remembered.ts';

export interface RecentFiles {
  readonly list: readonly { readonly path: string; readonly label: string }[];
  /** Newest last in `paths`. */
  add(paths: readonly string[]): Promise<void>;
  clear(): Promise<void>;
}

const most = 10;
const listSchema = z.array(z.string());

export async function openRecentFiles(options: {
  app: App;
  rememberIn: string;
  changed: () => void;
}): Promise<RecentFiles> {
  let paths = ((await recall(options.rememberIn, (value) => listSchema.parse(value))) ?? []).slice(
    0,
    most,
  );

  const keep = async (next: string[]): Promise<void> => {
    paths = next;
    options.changed();
    await remember(options.rememberIn, paths);
  };
  return {
    get list() {
      return paths.map((path) => ({ path, label: basename(path) }));
    },
    async add(added) {
      const latest = added.slice(-most);
      for (const path of latest) options.app.addRecentDocument(path);
      const newestFirst = [...latest].reverse();
      await keep([...new Set([...newestFirst, ...paths])].slice(0, most));
    },
    async clear() {
      options.app.clearRecentDocuments();
      await keep([]);
    },
  };
}
