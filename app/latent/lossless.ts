/**
 * What a scan would take without loss: the choice beside a latent file. Another capability's work, handed in by whoever puts the
 * capabilities together; what is said of both is made here.
 */
import type { ScanLoss } from '../contract/latent.ts';
import type { Raster } from '../pixels/index.ts';
import type { SourceFacts } from './source.ts';

/**
 * Size of the same pixels, lossless: `app/scans` in this program.
 * @returns bytes; null: such pixels are not coded so
 * @throws HourglassError cancelled
 */
export type LosslessSize = (
  name: string,
  raster: Raster,
  signal: AbortSignal,
) => Promise<number | null>;

/** What is said of a scan that was stored with a loss; null: it is none. */
export const scanLossOf = (
  { lossyScan, measured }: SourceFacts,
  largestError: number,
  losslessBytes: number | null,
): ScanLoss | null =>
  lossyScan ? { largestError, unit: measured?.scale.unit ?? null, losslessBytes } : null;
