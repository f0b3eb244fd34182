/** Which files are latent files already: there is nothing to compress about them. */
import { familyOf, formatOfName } from '../../../app/contract/formats.ts';
import type { DocumentInfo } from '../../../app/contract/index.ts';
import type { FileEntry } from '../../state/entry.svelte.ts';

export const isLatent = (info: Pick<DocumentInfo, 'format'> | null): boolean =>
  info !== null && familyOf(info.format) === 'latent';

/** By what it is, or by its name before it was opened. */
export const isLatentEntry = ({ info, name }: Pick<FileEntry, 'info' | 'name'>): boolean =>
  info ? isLatent(info) : formatOfName(name) === 'hgl';
