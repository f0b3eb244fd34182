/** Image files in and out. Everything that other parts of the program may use is exported here. */
export { decodeImage, defaultLimits, type DecodeRequest } from './decode.ts';
export { createDisplayTransform, type DisplayTransform } from './display.ts';
export { createDocumentStore, tileSize } from './documents.ts';
export { fileError } from './identify.ts';
export { completeMetadata } from './metadata/index.ts';
export { recode, type Recoded } from './recode.ts';
export type { ForeignReader, Readers } from './readers.ts';
export { abandonedDecodes } from './vips.ts';
export { storedSampleType } from './output-plan.ts';
export { sameFile } from './same-file.ts';
export { convertSamples } from './samples.ts';
export { removeTemporaries, sweepTemporaries } from './temporaries.ts';
export { OutputPlace, refuseExisting, type OutputPlaceRequest } from './output-place.ts';
export { Shared, untilCancelled } from './shared.ts';
export { nextTurn } from './turns.ts';
export { createWriter } from './write.ts';
export * from './raster.ts';
export type * from './types.ts';
