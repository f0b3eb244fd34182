/** A picture through a codec and back, in memory: what a quality costs, and what it gives. */
import type { CommandContext, DeviceChoice } from '../contract/index.ts';
import type { Raster } from '../pixels/index.ts';
import type { EngineServices } from '../runtime/index.ts';
import { openLatentFile } from './container/index.ts';
import type { LatentCoder } from './entropy/index.ts';
import type { LatentGrid } from './grid.ts';
import type { LatentStore } from './latent-store.ts';
import { decodeRaster } from './open-picture.ts';
import { fromStore, writeLatents, type FileFacts } from './write-tiles.ts';

export interface ThereAndBack {
  readonly file: FileFacts;
  /** Latents of `file.raster`. */
  readonly store: LatentStore;
  readonly grid: LatentGrid;
  readonly coder: LatentCoder;
  readonly device: DeviceChoice;
  /** For sentences. */
  readonly name: string;
}

/** @throws HourglassError as the writer and the decoder; cancelled */
export async function thereAndBack(
  { file, store, grid, coder, device, name }: ThereAndBack,
  context: Pick<CommandContext, 'signal' | 'progress'>,
  services: Pick<EngineServices, 'inference'>,
): Promise<{ readonly bytes: number; readonly raster: Raster }> {
  const written = await writeLatents(
    file,
    null,
    coder,
    (taker) => fromStore(store, grid, taker, () => undefined),
    context.signal,
  );
  const opened = await openLatentFile(written.data!);
  const decoded = await decodeRaster(
    { file: opened, name, coder, device },
    file.codec,
    context,
    services,
  );
  return { bytes: written.bytes, raster: decoded.raster };
}
