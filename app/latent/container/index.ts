/** The container of latent files (`.hgl`). Layout: docs/latent-format.md. */
export { varintBytes } from './bytes.ts';
export { openLatentFile } from './read.ts';
export { writeLatentBytes, writeLatentFile } from './write.ts';
export { storableScale, type MeasuredValues } from './measured.ts';
export { decoderFingerprint, requireModel } from './problems.ts';
export { latentCell, rowsOfTiles, tileBox, tileGrid, type TileGrid } from './tiles.ts';
export * from './types.ts';
