/**
 * Whether a picture is to be looked at (a photo) or holds values that were measured (a scan): the only
 * place that decides it. `decodeImage` asks once and keeps the answer with the image. What follows from it:
 * which values networks take for 0 and 1 and what else only slices get (`app/denoise/range.ts`), which values
 * the screen shows as black and white (`display-range.ts`), that compressing asks first (`whyInexact` in the
 * contract).
 */
import type { DocumentInfo, ImageFormat } from '../contract/index.ts';
import type { Raster } from './raster.ts';
import { say } from './sentences.ts';
import { tones } from './tones.ts';
import type { ImageMetadata } from './types.ts';

export type Content = DocumentInfo['content'];

/** What the decision needs of a `DecodedImage`. */
export interface Described {
  readonly raster: Raster;
  readonly format?: ImageFormat;
  /** Absent: there is no profile. */
  readonly metadata?: Pick<ImageMetadata, 'icc' | 'colour' | 'sensorNoise'>;
  /** Decided already, or the word of a reader whose format says what it holds. */
  readonly content?: Content;
}

/**
 * What was said already; else a scan is one tone of more than 8 bits without a colour profile, however many
 * channels it is stored in. Eight bits and colour are what pictures for the eye have; so is a profile, which
 * says how values shall look. How large the picture is and which values it uses says nothing: a
 * black-and-white photo may be dark, an X-ray film large.
 */
export function contentOf({ raster, metadata, content }: Described): Content {
  if (content) return content;
  const photo = (reason: string): Content => ({ family: 'photo', reason });
  if (raster.sampleType === 'uint8') return photo(say('eightBits'));
  if (metadata?.icc) return photo(say('profileSaysHow'));
  if (tones(raster) === 3) return photo(say('hasColours'));
  return { family: 'scan', reason: say('oneDeepTone') };
}

export const isScan = (image: Described): boolean => contentOf(image).family === 'scan';
