/** Image files in and out. Everything that other parts of the program may use is exported here. */
export { refuseTooManyPixels, refuseUnaffordable } from './afford.ts';
export { contentOf, isScan, type Content, type Described } from './content.ts';
export { decodeImage, defaultLimits, timeFor, type DecodeRequest } from './decode.ts';
export { createDisplayTransform, type DisplayTransform } from './display.ts';
export { usedRange } from './display-range.ts';
export { layerIdOf, layerKind, layerNotThere } from './documents/layer.ts';
export type { MemoryLimits } from './documents/memory.ts';
export { tileSize } from './documents/open-document.ts';
export { createDocumentStore, type DocumentStoreOptions } from './documents/store.ts';
export { fileError, type ImageFile } from './identify.ts';
export { withSource } from './header.ts';
export { unheldNotices } from './metadata/beside.ts';
export { readMoment, type Moment } from './metadata/exif.ts';
export { completeMetadata, fromDamaged } from './metadata/index.ts';
export { recodedBytes } from './recode.ts';
export { readerThatLoads, type ForeignReader, type Readers } from './readers.ts';
export { abandonedDecodes } from './vips.ts';
export { storedSampleType } from './output-plan.ts';
export { sameFile } from './same-file.ts';
export { convertSamples, endsOfRows } from './samples.ts';
export {
  createTemporaryFolder,
  removeTemporaries,
  removeTemporary,
  sweepTemporaries,
} from './temporaries.ts';
export { OutputPlace, refuseExisting, type OutputPlaceRequest } from './output-place.ts';
export { refuseLarger, searchQuality, type FoundQuality, type QualitySize } from './size-search.ts';
export { KeptWhile } from './kept-while.ts';
export { Shared, untilCancelled } from './shared.ts';
export { inSlot } from './slot.ts';
export { nextTurn } from './turns.ts';
export { OutputPages } from './output-pages.ts';
export { refuseWindow, shownWindowOf, type ShownWindow } from './share/shown-window.ts';
export { unusedOf } from './share/unused.ts';
export { createWriter, refuseSizeOf } from './write.ts';
export type { Resolution } from './metadata/resolution.ts';
export * from './raster.ts';
export type * from './types.ts';
