/**
 * Several exports as one ZIP, for browsers in which a page can not write into a folder. Made while it is sent, from the
 * files that wait for their download: nothing is held in memory, and its length is known beforehand. Stored, not
 * deflated: pictures are compressed already.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { makeZip, predictLength } from 'client-zip';
import { HourglassError, uniqueName } from '../../contract/index.ts';
import type { Download, Downloads } from '../shared/downloads.ts';
import { say } from './sentences.ts';

export interface Archive {
  readonly name: string;
  readonly bytes: number;
  readonly stream: ReadableStream<Uint8Array>;
}

export interface Archives {
  /**
   * Puts exports together. Returns the id under which `open` knows them.
   * @throws HourglassError not-allowed: one is none of this session; file-not-found: one is gone
   */
  make(outputs: readonly string[]): Promise<string>;
  /** @throws HourglassError not-allowed: there is no such archive; file-not-found */
  open(id: string): Promise<Archive>;
}

/** Enough for a person who fetches one again; each is only a list of names. */
const keptArchives = 20;

export function createArchives(downloads: Downloads, now: () => Date = () => new Date()): Archives {
  const archives = new Map<string, { readonly ids: readonly string[]; readonly name: string }>();

  return {
    async make(outputs) {
      const ids = outputs.map((output) => output.replace(/^@/, ''));
      for (const id of ids) await downloads.find(id);
      const archive = randomBytes(16).toString('hex');
      archives.set(archive, { ids, name: `hourglass-${dayOf(now())}.zip` });
      for (const old of [...archives.keys()].slice(0, -keptArchives)) archives.delete(old);
      return archive;
    },
    async open(id) {
      const archive = archives.get(id);
      if (!archive)
        throw new HourglassError('not-allowed', say('noArchiveAtAddress'), {
          hint: say('exportPhotosAgain'),
        });
      const taken = new Set<string>();
      const files: (Download & { readonly id: string })[] = [];
      for (const one of archive.ids) {
        const file = await downloads.find(one);
        files.push({ ...file, id: one, name: uniqueName(file.name, taken) });
      }
      const lastModified = now();
      const about = files.map(({ name, bytes }) => ({ name, size: bytes, lastModified }));
      return {
        name: archive.name,
        bytes: Number(predictLength(about)),
        stream: makeZip(read(files, lastModified)),
      };
    },
  };

  /** One file open at a time. */
  async function* read(
    files: readonly (Download & { readonly id: string })[],
    lastModified: Date,
  ): AsyncGenerator<{
    name: string;
    size: number;
    lastModified: Date;
    input: AsyncIterable<Buffer>;
  }> {
    for (const { id, path, name, bytes } of files) {
      yield { name, size: bytes, lastModified, input: createReadStream(path) };
      downloads.fetched(id);
    }
  }
}

/** The day where the person is: 2026-11-29. */
const dayOf = (date: Date): string =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
