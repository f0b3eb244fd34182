/** What files that are counted together are called: a series of slices is no photo. */
import type { FileEntry } from './entry.svelte.ts';

export type Counted = 'photos' | 'scans' | 'mixed';

export function countedAs(entries: Iterable<Pick<FileEntry, 'isScan'>>): Counted {
  const kinds = new Set([...entries].map(({ isScan }) => isScan));
  return kinds.size > 1 ? 'mixed' : kinds.has(true) ? 'scans' : 'photos';
}
