/**
 * What a person decides about compressing one file, apart from where it runs and how it is called.
 * Plain values: compared, copied, pasted, undone. Sizes are bytes.
 */
import { whyInexact } from '../../../app/contract/latent.ts';
import type { DocumentInfo } from '../../../app/contract/index.ts';
import { clipboardText, clipboardValues, within } from '../../state/clipboard-text.ts';

export interface CompressSettings {
  /** 1–100; found by search while `size` is set. */
  readonly quality: number;
  /** The file shall not be larger than this, bytes; null: the quality decides. */
  readonly size: number | null;
  /** Cleaned first: not at all, as suggested, or by percent of the measured noise, 0–200. */
  readonly clean: 'off' | 'auto' | number;
  /** Id of the network that compresses, or the usual one. */
  readonly model: string;
  /** A scan may lose accuracy: switched on deliberately for each. */
  readonly scans: boolean;
}

export const usualQuality = 60;
/** The network that came with the program. */
export const usualCodec = 'auto';

export const defaultCompress: CompressSettings = {
  quality: usualQuality,
  size: null,
  clean: 'off',
  model: usualCodec,
  scans: false,
};

/** Equal keys: the same picture is encoded, whatever the quality. */
export const sourceKey = ({ model, clean, scans }: CompressSettings): string =>
  `${model} ${clean} ${scans}`;

/** Equal in what decides the pixels: where a size is wanted, the quality follows from it. */
export const sameCompress = (a: CompressSettings, b: CompressSettings): boolean =>
  a.size === b.size &&
  sourceKey(a) === sourceKey(b) &&
  (a.size !== null || a.quality === b.quality);

/** True while nothing was chosen. The word that a scan may lose accuracy is no setting that a reset takes back. */
export const isUsual = (settings: CompressSettings): boolean =>
  sameCompress(settings, { ...defaultCompress, scans: settings.scans });

/** True while a picture whose values would be lost waits for the word that it may lose accuracy. */
export const awaitsConsent = (
  info: DocumentInfo | null,
  { scans }: Pick<CompressSettings, 'scans'>,
): boolean => info !== null && whyInexact(info) !== null && !scans;

/** As ids of latent models are. */
const isCodec = (model: string): boolean =>
  model === usualCodec || /^latent-[a-z0-9]+(-[a-z0-9]+)?$/.test(model);

const CLIPBOARD_MARK = 'hourglass/compress-settings';

/** Text for the clipboard. That a scan may lose accuracy is no setting to be pasted on. */
export const compressToText = ({ quality, size, clean, model }: CompressSettings): string =>
  clipboardText(CLIPBOARD_MARK, {
    ...{ quality, size, clean },
    ...(model === usualCodec ? {} : { model }),
  });

/** Settings from clipboard text; null when the text is something else. */
export function compressFromText(text: string): Omit<CompressSettings, 'scans'> | null {
  const found = clipboardValues(CLIPBOARD_MARK, text);
  if (!found) return null;
  // Texts of before there was a choice have none.
  const { quality, size, clean, model = usualCodec } = found;
  if (!within(quality, 1, 100) || !Number.isInteger(quality)) return null;
  if (size !== null && !within(size, 1, Number.MAX_SAFE_INTEGER)) return null;
  if (clean !== 'off' && clean !== 'auto' && !within(clean, 0, 200)) return null;
  if (typeof model !== 'string' || !isCodec(model)) return null;
  return { quality, size, clean, model };
}
