/**
 * The files of the built page (dist/renderer): found once by walking the folder, then looked up by
 * their exact name. A name that was not found by the walk does not exist, so no address can climb
 * out of the folder, and there are no listings.
 */
import { readFile, readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

export interface PageFile {
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** The name carries a hash of the content, so the file never changes under this name. */
  readonly immutable: boolean;
  /** It is the page itself. */
  readonly document: boolean;
}

export interface PageFiles {
  /** Names relative to the page, `/` between folders; '' is the page itself. Null: no such file. */
  read(name: string): Promise<PageFile | null>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

/** Walks the folder of the built page. Symbolic links and unknown types are left out. */
export async function openPageFiles(folder: string): Promise<PageFiles> {
  const paths = new Map<string, string>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || !(extname(entry.name) in types)) continue;
    const path = join(entry.parentPath, entry.name);
    paths.set(relative(folder, path).split(sep).join('/'), path);
  }
  return {
    async read(name) {
      const known = name === '' ? 'index.html' : name;
      const path = paths.get(known);
      if (path === undefined) return null;
      return {
        type: types[extname(path)]!,
        body: new Uint8Array(await readFile(path)),
        immutable: name.startsWith('assets/'),
        document: known === 'index.html',
      };
    },
  };
}
