/**
 * Encodes the temporary rows to JPEG, PNG, WebP or AVIF with sharp. Values are handed on as they
 * are: no colour conversion, no resizing. Metadata is put in afterwards (`containers.ts`).
 */
import type { OutputFormat } from '../../contract/index.ts';
import { sharp } from '../vips.ts';
import type { SampleType } from '../raster.ts';

export interface EncodeOptions {
  readonly format: Exclude<OutputFormat, 'tiff' | 'dng'>;
  readonly space: 'b-w' | 'srgb' | 'grey16' | 'rgb16';
  readonly sampleType: SampleType;
  /** 1–100. */
  readonly quality: number;
  /** WebP and AVIF only. */
  readonly lossless: boolean;
}

/** Encodes `rows` (a `.v` file) to `output`. */
export async function encodeRows(
  rows: string,
  output: string,
  options: EncodeOptions,
): Promise<void> {
  const image = sharp(rows, { ignoreIcc: true, limitInputPixels: false })
    .toColourspace(options.space)
    .keepIccProfile();
  await inFormat(image, options).toFile(output);
}

/** Gives a pipeline its encoder. */
export function inFormat(
  image: import('sharp').Sharp,
  { format, quality, lossless, sampleType }: Omit<EncodeOptions, 'space'>,
): import('sharp').Sharp {
  // 4:2:0 halves the resolution of colour: below 90 that is what a person asks for, above not.
  const chromaSubsampling = quality >= 90 ? '4:4:4' : '4:2:0';
  // Efforts are chosen by measurement (6 megapixels, two cores): beyond them time grows by factors
  // and files shrink by a few percent. JPEG without optimised tables: 17 times faster, 8 % larger.
  // PNG level 3: 0.7 s against 3.2 s at level 6, 5 % larger. AVIF effort 1: 4 s against 12 s at 3.
  if (format === 'jpeg') image.jpeg({ quality, chromaSubsampling, optimizeCoding: false });
  else if (format === 'png') image.png({ compressionLevel: 3, adaptiveFiltering: true });
  else if (format === 'webp')
    image.webp({
      quality,
      alphaQuality: 100,
      lossless,
      exact: lossless,
      smartSubsample: quality >= 90,
      effort: 2,
    });
  else
    image.avif({
      quality,
      lossless,
      chromaSubsampling: lossless ? '4:4:4' : chromaSubsampling,
      effort: 1,
      bitdepth: sampleType === 'uint16' ? 10 : 8,
    });
  return image;
}
