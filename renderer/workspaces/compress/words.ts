/** What is true of a file that is compressed, in words. Numbers for a person. */
import type { LatentInfo, LatentTile } from '../../../app/contract/latent.ts';
import { compressionOf, type CompressOutput, type Compression } from './compression.svelte.ts';
import { awaitsConsent, compressToText } from './settings.ts';
import type { FileEntry } from '../../state/entry.svelte.ts';
import { isLatentEntry } from './latent.ts';
import { bytes, count, number, percent } from '../../state/format.ts';
import { qualityBelow } from './rate.ts';
import { arrivalState, exportedState, workState, type Said } from '../../state/words.ts';

const NO_BREAK = '\u00a0';
export const decibels = (psnr: number): string => `${psnr.toFixed(1)}${NO_BREAK}dB`;

/** State of a file for the film strip: two or three words. */
export function compressStripState(entry: FileEntry): Said {
  const compression = compressionOf(entry);
  const { damaged, result } = compression;
  const before = arrivalState(entry, compression) ?? workState(result, 'Compressing');
  if (before) return before;
  if (damaged.length > 0) return { sign: 'warning', text: 'Damaged' };
  const settings = isLatentEntry(entry) ? '' : compressToText(compression.settings);
  const facts = result.current ? result.shown?.facts : null;
  const size = facts ? bytes(facts.bytes) : '';
  return exportedState(compression, settings) ?? { sign: 'none', text: size };
}

/** What the picture on the screen is: beside it, in one sentence. */
export function compressedState(entry: FileEntry): Said {
  if (!entry.open) return { sign: 'working', text: 'Opening…' };
  const compression = compressionOf(entry);
  if (isLatentEntry(entry)) return latentState(compression);
  const { result, settings } = compression;
  const { progress } = result;
  const share = progress ? progress.done / progress.total : 0;
  const through = progress ? `, ${percent(share * 100)}` : '';
  switch (result.status) {
    case 'idle':
      return { sign: 'none', text: 'Original, not compressed yet.' };
    case 'waiting':
    case 'running':
      return { sign: 'working', text: runningWords(compression, through), share };
    case 'final':
      if (!result.arrived)
        return { sign: 'working', text: 'Compressed; on its way to the screen…', share: 1 };
      return {
        sign: 'done',
        text: `Final at quality ${compression.shownQuality ?? settings.quality}: what you see is what the file decodes to.`,
      };
    case 'nothing':
      return awaitsConsent(entry.info, settings)
        ? {
            sign: 'warning',
            text: `Original. A ${entry.info?.content.family === 'scan' ? 'scan' : 'picture of floats'} is compressed only when you allow it.`,
          }
        : { sign: 'none', text: 'Original.' };
    case 'cancelled':
      return { sign: 'warning', text: `Cancelled. ${leftover(compression)}` };
    case 'failed':
      return { sign: 'error', text: `Failed. ${leftover(compression)}` };
  }
}

function runningWords({ result, settings, shownQuality }: Compression, through: string): string {
  if (settings.size !== null)
    return `Looking for the best quality within ${bytes(settings.size)}${through}…`;
  if (result.shown && !result.current)
    return shownQuality === settings.quality || shownQuality === null
      ? `Showing the previous result while the new one is made${through}.`
      : `Showing quality ${shownQuality} while ${settings.quality} is made${through}.`;
  return `Compressing at quality ${settings.quality}${through}…`;
}

const leftover = ({ result: { shown, current }, shownQuality }: Compression): string => {
  if (!shown) return 'This is the original.';
  return current
    ? 'A part is decoded; the rest is the original.'
    : `This is the result ${shownQuality === null ? 'before' : `at quality ${shownQuality}`}.`;
};

function latentState({ facts, damaged }: Compression): Said {
  if (facts.busy) return { sign: 'working', text: 'Checking the tiles of this latent file…' };
  if (facts.status === 'failed')
    return { sign: 'error', text: 'Decoded. The file could not be checked.' };
  if (!facts.facts) return { sign: 'none', text: 'Decoded from a latent file.' };
  if (damaged.length > 0)
    return { sign: 'warning', text: 'Decoded; the tiles that are damaged are named above.' };
  if (facts.facts.hash === null)
    return {
      sign: 'warning',
      text: 'The model that could check this latent file is not installed.',
    };
  return facts.facts.ok
    ? { sign: 'done', text: 'Decoded from a latent file; every checksum is right.' }
    : { sign: 'warning', text: 'Decoded; something else than its tiles is damaged.' };
}

const kinds: Readonly<Record<string, string>> = {
  iccp: 'colour profile',
  exif: 'EXIF',
  xmpd: 'XMP',
  iptc: 'IPTC',
  pngc: 'PNG colour',
  dens: 'resolution',
  scan: 'scan header',
  clnd: 'note of cleaning',
  date: 'file date',
  ALPH: 'transparency',
};

/** "colour profile, EXIF, file date, 3.1 kB"; what a newer version stores goes by its own name. */
export function metadataWords(metadata: LatentInfo['metadata']): string {
  if (metadata.length === 0) return 'No metadata';
  const names = metadata.map(({ kind }) => kinds[kind] ?? kind);
  return `${names.join(', ')}; ${bytes(metadata.reduce((sum, one) => sum + one.bytes, 0))}`;
}

/** At most this many tiles are named one by one. */
const NAMED = 6;

/** "2 of 48 tiles are damaged: column 3, row 1 (coarse); …" Counted from 1, as people do. */
export function damagedWords(
  damaged: readonly LatentTile[],
  { tiles }: Pick<LatentInfo, 'tiles'>,
): string {
  const named = damaged
    .slice(0, NAMED)
    .map(
      ({ column, row, state }) =>
        `column ${column + 1}, row ${row + 1} (${state === 'preview' ? 'coarse' : 'gray'})`,
    );
  const more = damaged.length > NAMED ? `; and ${damaged.length - NAMED} more` : '';
  const are = damaged.length === 1 ? 'is' : 'are';
  return `${damaged.length} of ${count(tiles.length, 'tile')} ${are} damaged: ${named.join('; ')}${more}.`;
}

export interface AgainstSource {
  readonly text: string;
  /** The highest quality that would be smaller; null: there is none, or it is not known. */
  readonly smallerAt: number | null;
}

/** What is to be said of a file that is no smaller than its source; null: it is smaller. */
export function againstSource(
  facts: CompressOutput,
  compression: Compression,
): AgainstSource | null {
  const { bytes: size, sourceBytes } = facts;
  if (facts.smallerThanSource) return null;
  const { points } = compression;
  const lower = points.length > 0 ? qualityBelow(points, sourceBytes) : null;
  const smallerAt = lower !== null && lower < facts.quality ? lower : null;
  return {
    text:
      size === sourceBytes
        ? `As large as the source, ${bytes(sourceBytes)}.`
        : `Larger than the source, which has ${bytes(sourceBytes)}.`,
    smallerAt,
  };
}

/** A share of a size; small ones with a digit. */
export const shareOf = (size: number, whole: number): string => {
  const share = (size / whole) * 100;
  return share < 10 ? `${number(share, 1)}${NO_BREAK}%` : percent(share);
};

/** What a wanted size came to. */
export function sizeFound(compression: Compression): Said | null {
  const { settings, result } = compression;
  const facts = result.status === 'final' ? result.shown?.facts : null;
  if (settings.size === null || !facts) return null;
  return facts.bytes <= settings.size
    ? { sign: 'done', text: `Quality ${facts.quality} is the best that fits.` }
    : {
        sign: 'warning',
        text: `Even quality ${facts.quality} needs ${bytes(facts.bytes)}; it can not be smaller.`,
      };
}
