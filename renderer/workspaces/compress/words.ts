/** What is true of a file that is compressed, in words. Numbers for a person. */
import type { LatentInfo, LatentTile } from '../../../app/contract/latent.ts';
import { compressionOf, type CompressOutput, type Compression } from './compression.svelte.ts';
import {
  awaitsConsent,
  compressToText,
  isUsual,
  usualCodec,
  type CompressSettings,
} from './settings.ts';
import type { FileEntry } from '../../state/entry.svelte.ts';
import { isLatentEntry } from './latent.ts';
import { bytes, fixedNumber, percent } from '../../state/format.ts';
import { qualityBelow } from './rate.ts';
import { arrivalState, exportedState, workState, type Said } from '../../state/words.ts';
import { say } from './sentences.ts';

export const decibels = (psnr: number): string => say('decibels', { psnr: fixedNumber(psnr, 1) });

/** A change of settings in a word or two. */
export const changeWords = (patch: Partial<CompressSettings>): string =>
  patch.model !== undefined
    ? say('codec')
    : patch.clean !== undefined
      ? say('cleanFirst')
      : patch.size === undefined || patch.size === null
        ? say('quality')
        : say('size');

/** What the usual network is called need not be said. */
const whose = ({ model }: CompressSettings, title: string) => ({
  codec: model === usualCodec ? 'usual' : 'own',
  title,
});

/**
 * Settings in a few words, for what is copied and pasted.
 * @param title of the network, as people know it
 */
export const settingsWords = (settings: CompressSettings, title: string): string => {
  const { clean, quality, size } = settings;
  return say('settingsInWords', {
    ...{ way: size === null ? 'quality' : 'size', quality, size: bytes(size ?? 0) },
    clean: typeof clean === 'number' ? 'percent' : clean,
    strength: typeof clean === 'number' ? clean : 0,
    ...whose(settings, title),
  });
};

/**
 * What made a result, in the few words of its label.
 * @param title of the network, as people know it
 */
export const labelWords = (
  settings: CompressSettings,
  facts: CompressOutput,
  title: string,
): string =>
  say('labelWords', {
    ...{ size: bytes(facts.bytes), quality: facts.quality },
    clean: settings.clean === 'off' ? 'no' : 'yes',
    ...whose(settings, title),
  });

/** State of a file for the film strip: two or three words. */
export function compressStripState(entry: FileEntry): Said {
  const compression = compressionOf(entry);
  const { damaged, result } = compression;
  const before = arrivalState(entry, compression) ?? workState(result, say('compressing'));
  if (before) return before;
  if (damaged.length > 0) return { sign: 'warning', text: say('damaged') };
  const settings = isLatentEntry(entry) ? '' : compressToText(compression.settings);
  const facts = result.current ? result.shown?.facts : null;
  const size = facts ? bytes(facts.bytes) : '';
  return exportedState(compression, settings) ?? { sign: 'none', text: size };
}

/** What the picture on the screen is: beside it, in one sentence. */
export function compressedState(entry: FileEntry): Said {
  if (!entry.open) return { sign: 'working', text: say('opening') };
  const compression = compressionOf(entry);
  if (isLatentEntry(entry)) return latentState(compression);
  const { result, settings } = compression;
  const { progress } = result;
  const share = progress ? progress.done / progress.total : 0;
  const through = progress ? say('through', { share: percent(share * 100) }) : '';
  switch (result.status) {
    case 'idle':
      return { sign: 'none', text: say('originalNotCompressedYet') };
    case 'waiting':
    case 'running':
      return { sign: 'working', text: runningWords(compression, through), share };
    case 'final':
      if (!result.arrived)
        return { sign: 'working', text: say('compressedOnWayToScreen'), share: 1 };
      return {
        sign: 'done',
        text: say('finalAtQualityWhatYou', {
          quality: compression.shownQuality ?? settings.quality,
        }),
      };
    case 'nothing':
      return awaitsConsent(entry.info, settings)
        ? {
            sign: 'warning',
            text: say('originalOnlyWhenAllowed', { what: entry.info?.content.family ?? '' }),
          }
        : { sign: 'none', text: say('originalAlone') };
    case 'cancelled':
      return { sign: 'none', text: say('cancelled', { shown: leftover(compression) }) };
    case 'failed':
      return { sign: 'error', text: say('failed', { shown: leftover(compression) }) };
  }
}

function runningWords({ result, settings, shownQuality }: Compression, through: string): string {
  if (settings.size !== null)
    return say('lookingForBestQualityWithin', { size: bytes(settings.size), through });
  if (result.shown && !result.current)
    return shownQuality === settings.quality || shownQuality === null
      ? say('showingPreviousResultWhileNew', { through })
      : say('showingQualityWhileMade', { shown: shownQuality, quality: settings.quality, through });
  return say('compressingAtQuality', { quality: settings.quality, through });
}

const leftover = ({ result: { shown, current }, shownQuality }: Compression): string => {
  if (!shown) return say('original');
  return current
    ? say('partDecodedRestOriginal')
    : shownQuality === null
      ? say('resultBefore')
      : say('resultAtQuality', { quality: shownQuality });
};

function latentState({ facts, damaged }: Compression): Said {
  if (facts.busy) return { sign: 'working', text: say('checkingTilesLatentFile') };
  if (facts.status === 'failed') return { sign: 'error', text: say('decodedFileCouldNotChecked') };
  if (!facts.facts) return { sign: 'none', text: say('decodedFromLatentFile') };
  if (damaged.length > 0) return { sign: 'warning', text: say('decodedTilesDamagedNamedAbove') };
  if (facts.facts.hash === null)
    return {
      sign: 'warning',
      text: say('modelCouldCheckLatentFile'),
    };
  return facts.facts.ok
    ? { sign: 'done', text: say('decodedFromLatentFileEvery') }
    : { sign: 'warning', text: say('decodedSomethingElseThanTiles') };
}

type MetadataSentence =
  | 'colourProfile'
  | 'exif'
  | 'xmp'
  | 'iptc'
  | 'pngColour'
  | 'resolution'
  | 'scanHeader'
  | 'noteCleaning'
  | 'fileDate'
  | 'transparency'
  | 'padding';
const kinds: Readonly<Partial<Record<string, MetadataSentence>>> = {
  iccp: 'colourProfile',
  exif: 'exif',
  xmpd: 'xmp',
  iptc: 'iptc',
  pngc: 'pngColour',
  dens: 'resolution',
  scan: 'scanHeader',
  clnd: 'noteCleaning',
  date: 'fileDate',
  ALPH: 'transparency',
  PADD: 'padding',
};

/** "colour profile, EXIF, file date, 3.1 kB"; what a newer version stores goes by its own name. */
export function metadataWords(metadata: LatentInfo['metadata']): string {
  if (metadata.length === 0) return say('noMetadata');
  const names = metadata.map(({ kind }) => {
    const known = kinds[kind];
    return known ? say(known) : kind;
  });
  return `${names.join(', ')}; ${bytes(metadata.reduce((sum, one) => sum + one.bytes, 0))}`;
}

/** At most this many tiles are named one by one. */
const NAMED = 6;

/** "2 of 48 tiles are damaged: column 3, row 1 (coarse); …" Counted from 1, as people do. */
export function damagedWords(
  damaged: readonly LatentTile[],
  { tiles }: Pick<LatentInfo, 'tiles'>,
): string {
  const named = damaged.slice(0, NAMED).map(({ column, row, state }) =>
    say('tileAt', {
      column: column + 1,
      row: row + 1,
      state,
    }),
  );
  const facts = { damaged: damaged.length, tiles: tiles.length, named: named.join('; ') };
  const more = damaged.length - named.length;
  return more > 0 ? say('tilesDamagedMore', { ...facts, more }) : say('tilesDamaged', facts);
}

export interface AgainstSource {
  /** A warning about what was chosen; a fact about what came by itself. */
  readonly level: 'info' | 'warning';
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
    level: isUsual(compression.settings) ? 'info' : 'warning',
    text:
      size === sourceBytes
        ? say('largeSource', { sourceBytes: bytes(sourceBytes) })
        : say('largerThanSourceWhich', { sourceBytes: bytes(sourceBytes) }),
    smallerAt,
  };
}

/** A share of a size; small ones with a digit. */
export const shareOf = (size: number, whole: number): string => {
  const share = (size / whole) * 100;
  return percent(share, share < 10 ? 1 : 0);
};

/** What a wanted size came to. */
export function sizeFound(compression: Compression): Said | null {
  const { settings, result } = compression;
  const facts = result.status === 'final' ? result.shown?.facts : null;
  if (settings.size === null || !facts) return null;
  return { sign: 'done', text: say('qualityBestFits', { quality: facts.quality }) };
}
