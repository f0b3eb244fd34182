/**
 * The picture of 1/8 size that the first stream of every tile holds by itself, without any network: group
 * 0 is the mean of each 8 × 8 pixels in an opponent basis. For thumbnails.
 */
import { firstRange, levelInRange } from '../contract/index.ts';
import { allocateSamples, type Raster, type Samples } from '../pixels/index.ts';
import type { LatentFile, MeasuredValues } from './container/index.ts';
import { delta, type LatentCoder } from './entropy/index.ts';
import { CELL, latentGrid } from './grid.ts';
import { InFlight } from './in-flight.ts';

/**
 * Rows of the orthonormal basis in which the transform sees colours: brightness, red − blue, and green
 * against both.
 */
const OPPONENT = [
  [1 / Math.sqrt(3), 1 / Math.sqrt(3), 1 / Math.sqrt(3)],
  [1 / Math.sqrt(2), 0, -1 / Math.sqrt(2)],
  [-1 / Math.sqrt(6), 2 / Math.sqrt(6), -1 / Math.sqrt(6)],
] as const;

/** A flat block of one value has it times this in its first latent: an orthonormal basis of 8 × 8. */
const GAIN = CELL;

/** Levels of mid-gray, which latents take for 0. */
const MIDDLE = 127.5;

/**
 * @returns 8 bits, gray or colour, one pixel per latent; mid-gray where a tile's preview is damaged
 * @throws HourglassError cancelled; what reading the file throws
 */
export async function previewPicture(
  file: LatentFile,
  coder: LatentCoder,
  signal: AbortSignal,
): Promise<Raster> {
  const { header } = file;
  const grid = latentGrid(header, header.tileSide);
  const { columns: width, rows: height } = grid;
  const channels = header.tones === 'gray' ? 1 : 3;
  const data = allocateSamples('uint8', width * height * channels).fill(128);
  const scale = delta(header.step) / 64 / GAIN;
  const decoding = new InFlight(coder.threads + 1);
  for (const tile of file.tiles)
    await decoding.add(async () => {
      const { preview } = await file.readTile(tile.index, 'preview');
      if (!preview) return;
      const { latentColumns: columns, latentRows: rows } = tile;
      const streams = { preview, rest: null, columns, rows, step: header.step };
      const decoded = await coder.decode(streams, signal).catch(() => null);
      if (signal.aborted || decoded?.previewCrc !== tile.previewCrc) return;
      const area = columns * rows;
      for (let row = 0, at = 0; row < rows; row++)
        for (let column = 0; column < columns; column++, at++) {
          const to = ((tile.y / CELL + row) * width + tile.x / CELL + column) * channels;
          for (let c = 0; c < channels; c++) {
            let level = MIDDLE;
            // A gray picture is its brightness alone: the mean of three equal colours.
            for (let k = 0; k < (channels === 1 ? 1 : 3); k++)
              level += scale * OPPONENT[k]![c]! * decoded.values[k * area + at]!;
            data[to + c] = Math.max(0, Math.min(255, Math.round(level)));
          }
        }
    });
  await decoding.done();
  if (header.measured) throughWindow(data, header.measured);
  return { width, height, channels, hasAlpha: false, sampleType: 'uint8', data };
}

/** Levels between the values that latents have become levels of the window that the scan is shown in first. */
function throughWindow(data: Samples, { scale, range }: MeasuredValues): void {
  const levelOf = levelInRange(firstRange(scale));
  const step = (range.high - range.low) / 255;
  const levels = Uint8Array.from({ length: 256 }, (_, level) => levelOf(range.low + step * level));
  for (let i = 0; i < data.length; i++) data[i] = levels[data[i]!]!;
}
