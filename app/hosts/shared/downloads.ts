/**
 * Exports of the browser host. A page can not write into a folder, so every result goes into a
 * private folder of its own, keeps the file name that the person's template gives, and is fetched by
 * its `@id`. The template's folder part is dropped: the browser decides where downloads land.
 */
import { randomBytes } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HourglassError } from '../../contract/index.ts';
import type { OutputPolicy } from './page-door.ts';
import { safeFileName, type PrivateFolder } from './private-folder.ts';
import { say } from './sentences.ts';

export interface Download {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

export interface Downloads extends OutputPolicy {
  /** @throws HourglassError not-allowed: no export of this session has this id */
  find(id: string): Promise<Download>;
  /** It was handed over: room may be made in its place. */
  fetched(id: string): void;
  /** Nobody will fetch it any more. */
  remove(id: string): Promise<void>;
}

/** The file name part of an output template, else the usual one; folders, and the `{dir}` that stands for one, go. */
export function nameTemplateOf(out: string, usual: string): string {
  const last = out.split(/[/\\]/).at(-1)!.replaceAll('{dir}', '');
  // Without a placeholder or an extension it is the name of a folder, as on the command line.
  return /[{.]/.test(last) && /[^.]/.test(last) ? safeFileName(last) : usual;
}

/** Total size of kept exports; above it the oldest are removed, so that a long session does not fill the disk. */
const usualKeepBytes = 16 * 1024 ** 3;

/** @param unfetched whether what nobody has fetched may be removed too; false: a run of any size is handed over whole */
export function createDownloads(
  folder: PrivateFolder,
  { keepBytes = usualKeepBytes, unfetched = true } = {},
): Downloads {
  const paths = new Map<string, string>();
  const handedOver = new Set<string>();

  const trim = async (): Promise<void> => {
    const sizes = await Promise.all(
      [...paths.values()].map(async (path) => (await stat(path).catch(() => null))?.size ?? 0),
    );
    let total = sizes.reduce((sum, size) => sum + size, 0);
    for (const [index, [id, path]] of [...paths].entries()) {
      if (total <= keepBytes || index === sizes.length - 1) return;
      if (!unfetched && !handedOver.has(id)) continue;
      total -= sizes[index]!;
      paths.delete(id);
      handedOver.delete(id);
      await rm(dirname(path), { recursive: true, force: true });
    }
  };

  return {
    async place(out, _source, usual) {
      const place = await folder.makeFolder('export');
      return {
        out: join(place, nameTemplateOf(out, usual)),
        folder: place,
        written(path) {
          if (dirname(path) !== place)
            throw new HourglassError('internal', say('exportWrittenOutsideFolder'));
          const id = randomBytes(16).toString('hex');
          paths.set(id, path);
          void trim().catch(() => undefined);
          return `@${id}`;
        },
        failed: () => rm(place, { recursive: true, force: true }),
      };
    },
    fetched(id) {
      if (paths.has(id)) handedOver.add(id);
    },
    async remove(id) {
      const path = paths.get(id);
      paths.delete(id);
      handedOver.delete(id);
      if (path !== undefined) await rm(dirname(path), { recursive: true, force: true });
    },
    async find(id) {
      const path = paths.get(id);
      if (path === undefined)
        throw new HourglassError('not-allowed', say('noExportSessionAddress'), {
          hint: say('exportPhotoAgain'),
        });
      const name = basename(path);
      const facts = await stat(path).catch((cause: unknown) => {
        throw new HourglassError('file-not-found', say('exportNotThereAnyMore', { name }), {
          hint: say('somebodyEmptiedCachesProgramExport'),
          cause,
        });
      });
      return { path, name, bytes: facts.size };
    },
  };
}

/**
 * Value of Content-Disposition: the name in ASCII for old clients, and in full as RFC 5987 has it
 * (https://www.rfc-editor.org/rfc/rfc5987 section 3.2.1, attr-char).
 */
export function attachment(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const full = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${full}`;
}
