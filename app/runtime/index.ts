/** The runtime: networks over pictures, on whatever devices there are. */
export { locateBuilt } from './built.ts';
export type * from './capability.ts';
export {
  cardBeside,
  fileSchema,
  fingerprint,
  modelInfo,
  partNetwork,
  partSchema,
  readCard,
  told,
} from './card.ts';
export { parentChannel } from './channel.ts';
export type { Channel } from './channel.ts';
export { chooseDevice, chooseFor } from './choose.ts';
export { inferenceThreads } from './cpu.ts';
export { deviceCandidates, deviceLabel, findingsKey, probeDevice } from './devices.ts';
export type { ProbeOptions } from './devices.ts';
export { createInference } from './inference.ts';
export type { InferenceOptions } from './inference.ts';
export { createModelStore } from './model-store.ts';
export {
  writePicture,
  type PictureFile,
  type PictureTarget,
  type WrittenPicture,
} from './picture-file.ts';
export { layerSink, nearest, rasterSink, rowSink, tellWhole } from './sinks.ts';
export type { LayerSink, PixelSink, PixelTarget } from './sinks.ts';
export {
  fillPlane,
  foldIndex,
  mirrorIndex,
  mirroredWindow,
  mirrorMap,
  readPlanar,
  writeInterleaved,
} from './tensors.ts';
export type { Continuation, PlanarWindow } from './tensors.ts';
export { DEFAULT_MEMORY_BUDGET, planTiles, spreadTiles } from './tiling.ts';
export { callThread, type ThreadAnswer, type ThreadCall } from './thread-call.ts';
export type { LaunchProbe } from './throw-away.ts';
export * from './training-data/index.ts';
export type * from './types.ts';
