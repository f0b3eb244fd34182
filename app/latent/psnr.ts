/**
 * How near a decoded picture is to what was encoded: PSNR = 10·log10(255² / MSE) over the colour channels
 * of all pixels, both in 8 bits of the reference's scale, and of a scan the largest error of a measured value. Transparency and
 * padding, which are kept exactly, do not count.
 */
import { stat } from 'node:fs/promises';
import { throwIfCancelled, type CommandContext, type DeviceChoice } from '../contract/index.ts';
import {
  colourChannels,
  convertSamples,
  endsOfRows,
  maxValue,
  nextTurn,
  scaleOf,
  type ImageWriter,
  type Raster,
} from '../pixels/index.ts';
import { sampleTypeOf } from '../pixels/samples.ts';
import { rowSink, type EngineServices } from '../runtime/index.ts';
import { withCoder } from './codec.ts';
import { openLatentFile } from './container/index.ts';
import type { BandValues } from './band-rows.ts';
import { codecFor, decodePicture, pixelLayout, wholeOf } from './open-picture.ts';
import type { LatentPicture } from './source.ts';

/** What is shown for pictures that are equal in 8 bits. */
const HIGHEST = 99;

/** Rows compared at once. */
const ROWS = 128;

/** Sum of squared differences, and of how many samples. */
export class SquaredError {
  #sum = 0;
  #count = 0;

  /**
   * Adds rows of two pictures of one size, from row `top` of `reference` on.
   * @param samples interleaved as `reference`, of any sample type
   */
  add(reference: Raster, top: number, samples: Raster['data'], rows: number): void {
    const { width, channels, scale } = reference;
    const start = top * width * channels;
    const a = convertSamples(
      reference.data.subarray(start, start + rows * width * channels),
      'uint8',
      scale,
    );
    const b = convertSamples(samples, 'uint8', endsOfRows(samples, reference));
    const colours = colourChannels(reference);
    for (let at = 0; at < a.length; at += channels)
      for (let c = 0; c < colours; c++) {
        const difference = a[at + c]! - b[at + c]!;
        this.#sum += difference * difference;
      }
    this.#count += rows * width * colours;
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  get psnr(): number {
    return psnrOf(this.mean);
  }
}

/** The largest difference of a measured value, in what the values measure. */
export class LargestError {
  readonly #raster: Raster;
  readonly #padding: BandValues | null;
  readonly #slope: number;
  #largest = 0;

  constructor({ raster, facts, padding }: Pick<LatentPicture, 'raster' | 'facts' | 'padding'>) {
    this.#raster = raster;
    this.#padding = padding;
    this.#slope = Math.abs(facts.measured?.scale.slope ?? 1);
  }

  /** @param samples rows from `top` on: of the raster's own type on its scale, or 16 bits between its black and white, of floats */
  add(top: number, samples: Raster['data'], rows: number): void {
    const { width, channels, data, sampleType } = this.#raster;
    const { black, white } = scaleOf(this.#raster);
    const isOwn = sampleTypeOf(samples) === sampleType;
    const step = isOwn ? 1 : (white - black) / maxValue('uint16');
    const origin = isOwn ? 0 : black;
    const colours = colourChannels(this.#raster);
    const start = top * width;
    for (let pixel = 0, at = 0; pixel < rows * width; pixel++, at += channels) {
      if (this.#padding && this.#padding[start + pixel] !== 0) continue;
      for (let c = 0; c < colours; c++) {
        const off = Math.abs(origin + samples[at + c]! * step - data[start * channels + at + c]!);
        if (off > this.#largest) this.#largest = off;
      }
    }
  }

  get value(): number {
    return this.#largest * this.#slope;
  }
}

/** dB of a mean squared error in 8-bit levels. */
export const psnrOf = (mean: number): number =>
  mean === 0 ? HIGHEST : Math.min(HIGHEST, 10 * Math.log10(255 ** 2 / mean));

/** How near a picture is to what was encoded. */
export interface Nearness {
  readonly psnr: number;
  /** As of `LargestError`. */
  readonly largestError: number;
}

/** Of what was encoded and what it became, in memory, of one size and number of channels. */
export async function nearnessOfRasters(
  picture: Pick<LatentPicture, 'raster' | 'facts' | 'padding'>,
  other: Raster,
  signal: AbortSignal,
): Promise<Nearness> {
  const { raster: reference } = picture;
  const error = new SquaredError();
  const largest = new LargestError(picture);
  const row = reference.width * reference.channels;
  for (let top = 0; top < reference.height; top += ROWS) {
    const rows = Math.min(ROWS, reference.height - top);
    const samples = other.data.subarray(top * row, (top + rows) * row);
    error.add(reference, top, samples, rows);
    largest.add(top, samples, rows);
    // Whoever waits for this thread comes first.
    await nextTurn();
    throwIfCancelled(signal);
  }
  return { psnr: error.psnr, largestError: largest.value };
}

/**
 * The PSNR of a picture and what a file of it decodes to, which may lack alpha, or have one tone in three channels.
 * @throws HourglassError cancelled
 */
export async function psnrOfPictures(
  reference: Raster,
  other: Raster,
  signal: AbortSignal,
): Promise<number> {
  const { width, height, channels } = reference;
  const colours = colourChannels(reference);
  const error = new SquaredError();
  for (let top = 0; top < height; top += ROWS) {
    const rows = Math.min(ROWS, height - top);
    const row = width * other.channels;
    const samples = convertSamples(other.data.subarray(top * row, (top + rows) * row), 'uint8');
    const like = new Uint8Array(rows * width * channels);
    for (let pixel = 0; pixel < rows * width; pixel++)
      for (let c = 0; c < colours; c++)
        like[pixel * channels + c] = samples[pixel * other.channels + c]!;
    error.add(reference, top, like, rows);
    await nextTurn();
    throwIfCancelled(signal);
  }
  return error.psnr;
}

/**
 * Decodes a file that was just written, and compares.
 * @param picture what was encoded
 * @throws HourglassError as decoding
 */
export async function nearnessOfFile(
  request: {
    readonly path: string;
    readonly picture: LatentPicture;
    readonly device: DeviceChoice;
    readonly threads: number | undefined;
  },
  context: CommandContext,
  services: EngineServices,
): Promise<Nearness> {
  const { path, picture, device, threads } = request;
  const { raster } = picture;
  const megapixels = Math.ceil((raster.width * raster.height) / 1e6);
  const file = await openLatentFile(path, { limits: { maxMegapixels: megapixels } });
  try {
    const codec = await codecFor(path, file, services);
    const error = new SquaredError();
    const largest = new LargestError(picture);
    let top = 0;
    const comparing: ImageWriter = {
      writeRows: async (samples, rows) => {
        error.add(raster, top, samples, rows);
        largest.add(top, samples, rows);
        top += rows;
      },
      finish: async () => ({ bytes: (await stat(path)).size, notices: [] }),
      abort: async () => undefined,
    };
    const sink = rowSink(raster, pixelLayout(file.header).sampleType, async () => comparing);
    await withCoder(codec, threads, (coder) =>
      decodePicture(
        { file, name: path, coder, device, region: wholeOf(raster), sink },
        codec,
        context,
        services,
      ),
    );
    return { psnr: error.psnr, largestError: largest.value };
  } finally {
    await file.close();
  }
}
