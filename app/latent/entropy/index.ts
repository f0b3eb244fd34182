/**
 * Entropy coding of latents: the integer context network and the range coder, on WASM in threads, with a
 * plain twin as the reference. docs/latent-format.md describes the bytes.
 */
export type {
  DecodedLatentTile,
  EncodedLatentTile,
  LatentTileCost,
  LatentTileInput,
  LatentTileStreams,
  TileCoder,
} from './coder.ts';
export { crc32c, crcOfSymbols } from './crc32c.ts';
export { parseEntropyModel } from './model.ts';
export type { EntropyModel } from './model.ts';
export { createLatentCoder, loadModule } from './pool.ts';
export type { LatentCoder, LatentCoderOptions } from './pool.ts';
export { delta, LARGEST_TILE, stepOfQuality, STEPS } from './steps.ts';
export { createTwinCoder } from './twin.ts';
export { createWasmCoder } from './wasm-coder.ts';
export { encodeEntropyModel } from './write-model.ts';
