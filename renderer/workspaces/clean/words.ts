/** What is true of a file that is cleaned, in words: under its thumbnail and beside the picture. */
import type { FileEntry } from '../../state/entry.svelte.ts';
import { number } from '../../state/format.ts';
import { arrivalState, exportedState, workState, type Said } from '../../state/words.ts';
import { cleaningOf, type Cleaning } from './cleaning.svelte.ts';
import type { NoiseMap } from './noise-map.svelte.ts';
import { settingsToText } from './settings.ts';

const ofTotal = (done: number, total: number): string => `${done} of ${total}`;

/** State of a file for the film strip: two or three words. */
export function cleanStripState(entry: FileEntry): Said {
  const cleaning = cleaningOf(entry);
  const arriving = arrivalState(entry, cleaning);
  if (arriving) return arriving;
  if (cleaning.measuring) return { sign: 'working', text: 'Measuring', share: 0 };
  return (
    workState(cleaning.preview, 'Cleaning') ??
    exportedState(cleaning, settingsToText(cleaning.settings)) ?? { sign: 'none', text: '' }
  );
}

/** What the picture on the screen is: beside it, in one sentence. */
export function pictureState(entry: FileEntry): Said {
  const cleaning = cleaningOf(entry);
  const { preview } = cleaning;
  if (cleaning.measuring) return { sign: 'working', text: 'Measuring the noise…' };
  if (!entry.open) return { sign: 'working', text: 'Opening…' };
  const { progress, shown } = preview;
  const tiles = progress ? `${ofTotal(progress.done, progress.total)} tiles` : '';
  const share = progress ? progress.done / progress.total : 0;
  switch (preview.status) {
    case 'idle':
      return { sign: 'none', text: 'Original, not cleaned yet.' };
    case 'waiting':
    case 'running':
      if (shown && !preview.current)
        return {
          sign: 'working',
          text: `Showing the previous result while the new one is computed${tiles && `, ${tiles}`}.`,
          share,
        };
      return { sign: 'working', text: tiles ? `Preview, cleaning: ${tiles}.` : 'Cleaning…', share };
    case 'final':
      return preview.arrived
        ? { sign: 'done', text: 'Final: what you see is what is saved.' }
        : { sign: 'working', text: 'Cleaned; on its way to the screen…', share: 1 };
    case 'nothing':
      return nothingWords(cleaning);
    case 'cancelled':
      return {
        sign: 'warning',
        text: `Cancelled. ${leftover(cleaning)}`,
      };
    case 'failed':
      return {
        sign: 'error',
        text: `Failed. ${leftover(cleaning)}`,
      };
  }
}

/** What stays on the screen when work ended before its end. */
function leftover({ preview }: Cleaning): string {
  const { shown } = preview;
  if (!shown) return 'This is the original.';
  if (!preview.current) return 'This is the result of earlier settings.';
  return `${ofTotal(shown.done, shown.total)} tiles are cleaned; the rest is the original.`;
}

function nothingWords({ settings }: Cleaning): Said {
  const suggested = settings.strength === 'auto' && settings.sigma === null;
  return {
    sign: 'done',
    text: suggested
      ? 'No noise worth cleaning: the result equals the original.'
      : 'Strength 0: the result equals the original.',
  };
}

/** What stands in the place of the cleaned picture, or when it will, in one sentence. */
export function noiseMapState({ status, facts, progress }: NoiseMap): Said {
  if (status === 'waiting') return { sign: 'waiting', text: 'The noise map waits for other work…' };
  if (status === 'failed') return { sign: 'error', text: 'The noise map could not be made.' };
  if (!facts) {
    const share = progress ? progress.done / progress.total : 0;
    const of = progress ? `: ${ofTotal(progress.done, progress.total)} tiles` : '';
    return { sign: 'working', text: `Measuring where the noise is${of}…`, share };
  }
  const [low, middle, high] = [facts.minimum, facts.median, facts.maximum].map(levelWords);
  return {
    sign: 'done',
    text: `Noise map: ${low} to ${high} levels, half of the picture below ${middle}.`,
  };
}

/** A noise level as it is said: one digit where it matters. */
export const levelWords = (level: number): string => number(level, level < 10 ? 1 : 0);
