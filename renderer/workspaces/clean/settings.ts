/**
 * What a person decides about cleaning one file, apart from where it runs and how it is written.
 * Plain values: compared, copied, pasted, undone. `denoiseInput` turns them into the contract's form.
 */
import type { DeviceChoice } from '../../../app/contract/index.ts';
import type { DenoiseSettingsInput, NoiseReading } from '../../../app/contract/denoise.ts';
import type { Amount } from '../../viewer/amount.ts';
import { clipboardText, clipboardValues, within } from '../../state/clipboard-text.ts';

export interface CleanSettings {
  /** Percent of the measured noise, 0–200; auto: the suggestion, as far as `share` says. */
  readonly strength: 'auto' | number;
  /** Percent of the suggestion, 0–200; counts while the strength is auto. */
  readonly share: number;
  /** Absolute noise level, 8-bit levels, 0–255; null: relative to the measurement. */
  readonly sigma: number | null;
  /** Whose noise it is that the strength is relative to, where a picture is a slice of several. */
  readonly levelOf: 'slice' | 'series';
  /** Percent, 0–100. */
  readonly detail: number;
  /** Percent of the strength, 0–200. */
  readonly chroma: number;
  /** Id of a model, or `auto`: chosen for each picture. */
  readonly model: string;
}

export const automaticModel = 'auto';

export const defaultSettings: CleanSettings = {
  strength: 'auto',
  share: 100,
  sigma: null,
  levelOf: 'slice',
  detail: 0,
  chroma: 100,
  model: automaticModel,
};

export const sameSettings = (a: CleanSettings, b: CleanSettings): boolean =>
  a.strength === b.strength &&
  (a.strength !== 'auto' || a.share === b.share) &&
  a.sigma === b.sigma &&
  (a.sigma !== null || a.levelOf === b.levelOf) &&
  a.detail === b.detail &&
  a.chroma === b.chroma &&
  a.model === b.model;

/** The settings as commands take them. */
export function denoiseInput(settings: CleanSettings, device: DeviceChoice): DenoiseSettingsInput {
  return {
    strength: settings.strength,
    ...(settings.strength === 'auto' && settings.share !== 100 ? { share: settings.share } : {}),
    ...(settings.sigma === null ? {} : { sigma: settings.sigma }),
    levelOf: settings.levelOf,
    detail: settings.detail,
    chroma: settings.chroma,
    model: settings.model,
    device,
  };
}

/** Strength as percent of the suggestion, which is 100; of the noise, where nothing is suggested. */
export function strengthPercent(
  { strength, share }: CleanSettings,
  reading: NoiseReading | null,
): number {
  if (strength === 'auto') return share;
  const suggested = reading?.suggestedStrength || 100;
  return Math.min(200, Math.round((strength / suggested) * 100));
}

/**
 * What is removed at a strength as a share of what is removed at 100 % of the noise (least squares over all pixels of a
 * crop of the sample photo, `denoise --strength`): it grows faster than the strength up to half of the noise, and
 * hardly above all of it, where taking the same again would draw the noise inverted.
 */
const removedAt: readonly (readonly [strength: number, removed: number])[] = [
  [0, 0],
  [0.25, 0.313],
  [0.5, 0.677],
  [0.75, 0.896],
  [0.9, 0.97],
  [1, 1],
  [1.1, 1.017],
  [1.25, 1.033],
  [1.5, 1.047],
  [2, 1.06],
  [10, 1.1],
];

/** About how much these settings take away; null: that can not be told, or nothing. */
export function amountOf(
  { sigma, strength, share, detail, chroma, model }: CleanSettings,
  reading: NoiseReading,
): Amount | null {
  const level =
    sigma ??
    (strength === 'auto'
      ? (share / 100) * reading.suggestedSigma
      : (strength / 100) * reading.sigma);
  if (!(reading.sigma > 0) || !(level > 0)) return null;
  const times = Math.min(level / reading.sigma, removedAt.at(-1)![0]);
  const next = removedAt.findIndex(([at], index) => index > 0 && times <= at);
  const [[low, from], [high, to]] = [removedAt[next - 1]!, removedAt[next]!];
  // Of other settings, or where a given level holds everywhere and a share does not, it is not the same that goes.
  const scale = JSON.stringify([detail, chroma, model, reading.uneven && sigma !== null]);
  return { scale, value: from + ((times - low) / (high - low)) * (to - from) };
}

/** True when these settings leave every pixel as it is. */
export function changesNothing(
  { sigma, strength, share }: CleanSettings,
  reading: NoiseReading | null,
): boolean {
  if (sigma !== null) return sigma === 0;
  if (strength !== 'auto') return strength === 0;
  return share === 0 || reading?.suggestedStrength === 0;
}

const CLIPBOARD_MARK = 'hourglass/clean-settings';

/** Text for the clipboard. */
export const settingsToText = (settings: CleanSettings): string =>
  clipboardText(CLIPBOARD_MARK, settings);

/** Settings from clipboard text; null when the text is something else. */
export function settingsFromText(text: string): CleanSettings | null {
  const found = clipboardValues(CLIPBOARD_MARK, text);
  if (!found) return null;
  // Before there was a share the suggestion was all of it, and each slice had a level of its own.
  const { strength, share = 100, sigma, levelOf = 'slice', detail, chroma, model } = found;
  if (typeof model !== 'string' || !within(share, 0, 200)) return null;
  if (strength !== 'auto' && !within(strength, 0, 200)) return null;
  if (sigma !== null && !within(sigma, 0, 255)) return null;
  if (levelOf !== 'slice' && levelOf !== 'series') return null;
  if (!within(detail, 0, 100) || !within(chroma, 0, 200)) return null;
  return { strength, share, sigma, levelOf, detail, chroma, model };
}
