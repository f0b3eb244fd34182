/** What is true of a file that is cleaned, in words: under its thumbnail and beside the picture. */
import { detailGoesAt } from '../../../app/contract/denoise.ts';
import type { FileEntry } from '../../state/entry.svelte.ts';
import { number } from '../../state/format.ts';
import { arrivalState, exportedState, workState, type Said } from '../../state/words.ts';
import { cleaningOf, type Cleaning } from './cleaning.svelte.ts';
import type { NoiseMap } from './noise-map.svelte.ts';
import { automaticModel, defaultSettings, settingsToText, type CleanSettings } from './settings.ts';
import { say } from './sentences.ts';

/** State of a file for the film strip: two or three words. */
export function cleanStripState(entry: FileEntry): Said {
  const cleaning = cleaningOf(entry);
  const arriving = arrivalState(entry, cleaning);
  if (arriving) return arriving;
  if (cleaning.measuring) return { sign: 'working', text: say('measuring'), share: 0 };
  return (
    workState(cleaning.preview, say('cleaning')) ??
    exportedState(cleaning, settingsToText(cleaning.settings)) ?? { sign: 'none', text: '' }
  );
}

/** What the picture on the screen is: beside it, in one sentence. */
export function pictureState(entry: FileEntry): Said {
  const cleaning = cleaningOf(entry);
  const { preview } = cleaning;
  if (cleaning.measuring) return { sign: 'working', text: say('measuringNoise') };
  if (!entry.open) return { sign: 'working', text: say('opening') };
  const { shown } = preview;
  const of = entry.plane ? 'slices' : 'tiles';
  const progress = preview.progress && { ...preview.progress, of };
  const share = progress ? progress.done / progress.total : 0;
  switch (preview.status) {
    case 'idle':
      return { sign: 'none', text: say('originalNotCleanedYet') };
    case 'waiting':
    case 'running':
      if (preview.approximate)
        return {
          sign: 'working',
          text: progress ? say('approximateTiles', progress) : say('approximate'),
          share,
        };
      if (shown && !preview.current)
        return {
          sign: 'working',
          text: progress ? say('previousResultTiles', progress) : say('previousResult'),
          share,
        };
      return {
        sign: 'working',
        text: progress ? say('previewTiles', progress) : say('cleaningNow'),
        share,
      };
    case 'final':
      return preview.arrived
        ? lostDetail(cleaning)
          ? { sign: 'none', text: say('finalDetailWent') }
          : { sign: 'done', text: say('finalWhatYouSeeWhat') }
        : { sign: 'working', text: say('cleanedOnWayToScreen'), share: 1 };
    case 'nothing':
      return nothingWords(cleaning);
    case 'cancelled':
      return {
        sign: 'none',
        text: say('cancelled', { shown: leftover(cleaning, of) }),
      };
    case 'failed':
      return {
        sign: 'error',
        text: say('failed', { shown: leftover(cleaning, of) }),
      };
  }
}

/** True when fine detail of the picture went with the noise. */
export const lostDetail = ({ preview }: Cleaning): boolean =>
  preview.status === 'final' && (preview.shown?.facts?.structure.index ?? 0) >= detailGoesAt;

/** What stays on the screen when work ended before its end. */
function leftover({ preview }: Cleaning, of: string): string {
  const { shown } = preview;
  if (!shown) return say('original');
  if (!preview.current) return say('resultEarlierSettings');
  return say('tilesCleanedRestOriginal', { done: shown.done, total: shown.total, of });
}

function nothingWords({ settings }: Cleaning): Said {
  const { strength, share, sigma } = settings;
  const suggested = strength === 'auto' && share > 0 && sigma === null;
  return {
    sign: 'done',
    text: suggested ? say('noNoiseWorthCleaningResult') : say('strength0ResultEqualsOriginal'),
  };
}

/** What stands in the place of the cleaned picture, or when it will, in one sentence. */
export function noiseMapState({ status, facts, progress }: NoiseMap): Said {
  if (status === 'waiting') return { sign: 'waiting', text: say('noiseMapWaitsForOther') };
  if (status === 'failed') return { sign: 'error', text: say('noiseMapCouldNotMade') };
  if (!facts) {
    const share = progress ? progress.done / progress.total : 0;
    const text = progress ? say('measuringWhereTiles', progress) : say('measuringWhere');
    return { sign: 'working', text, share };
  }
  return {
    sign: 'done',
    text: say('noiseMapToLevelsHalf', {
      low: levelWords(facts.minimum),
      high: levelWords(facts.maximum),
      middle: levelWords(facts.median),
    }),
  };
}

/** A change of settings in a word or two. */
export function changeWords(patch: Partial<CleanSettings>): string {
  if (patch.sigma !== undefined && patch.sigma !== null) return say('noiseLevel');
  const names = { strength: say('strength'), detail: say('detail'), chroma: say('chroma') };
  if (patch.levelOf !== undefined) return say('levelOf');
  for (const key of ['detail', 'chroma'] as const) if (patch[key] !== undefined) return names[key];
  return patch.model === undefined ? names.strength : say('model');
}

/** Settings in a few words, for what is copied and pasted. */
export const settingsWords = (settings: CleanSettings): string => {
  const { sigma, strength, share, levelOf, detail, chroma, model } = settings;
  const way = sigma !== null ? 'level' : strength === 'auto' ? 'suggested' : 'noise';
  return say('settingsInWords', {
    way,
    sigma: number(sigma ?? 0, 1),
    share: number(share),
    strength: number(strength === 'auto' ? 0 : strength),
    ...{ detail: number(detail), chroma: number(chroma), levelOf },
    model: model === automaticModel ? say('automatic') : model,
  });
};

/** What made a result, in the few words that fit into its label: what is as usual is left out. */
export const labelWords = (
  { sigma, strength, share, detail, chroma }: CleanSettings,
  model: string,
): string =>
  [
    say('labelStrength', {
      way: sigma !== null ? 'level' : strength === 'auto' ? 'suggested' : 'noise',
      sigma: number(sigma ?? 0, 1),
      share: number(share),
      strength: number(strength === 'auto' ? 0 : strength),
    }),
    ...(detail === defaultSettings.detail ? [] : [say('labelDetail', { detail: number(detail) })]),
    ...(chroma === defaultSettings.chroma ? [] : [say('labelChroma', { chroma: number(chroma) })]),
    model,
  ].join(', ');

/**
 * A noise level as it is said of what was removed: of a scan with a unit in that, as what was measured is; else in levels.
 * @param sigma 8-bit levels
 * @param range stored values that the 255 levels lie between; null: all that there are
 */
export function removedIn(
  sigma: number,
  range: { readonly low: number; readonly high: number } | null,
  scale: { readonly slope: number; readonly unit: string | null } | undefined,
): { sigma: string; unit: string } {
  if (!range || !scale?.unit) return { sigma: levelWords(sigma), unit: 'levels' };
  const measured = (sigma / 255) * (range.high - range.low) * Math.abs(scale.slope);
  return { sigma: number(measured, measured < 10 ? 1 : 0), unit: scale.unit };
}

/** A noise level as it is said: one digit where it matters. */
export const levelWords = (level: number): string => number(level, level < 10 ? 1 : 0);
