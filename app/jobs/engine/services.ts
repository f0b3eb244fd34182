/**
 * Puts together what capabilities work with. The parts are owned by `pixels` and `runtime`; this
 * file only says which ones this program uses, and how much memory open documents may hold.
 */
import { totalmem } from 'node:os';
import { createDocumentStore, type Readers } from '../../pixels/index.ts';
import {
  createInference,
  createModelStore,
  type Capability,
  type EngineServices,
} from '../../runtime/index.ts';

/** Decoded documents with their pyramids and layers: six of 24 megapixels, or a quarter of a small machine. */
const documentBytes = Math.min(1024 ** 3, totalmem() / 4);

export interface ServiceOptions {
  /** Absolute folders of the shipped models, and of those that the person added. */
  readonly modelsFolder: string;
  readonly userModelsFolder: string;
  readonly software: string;
}

export function createServices(
  { modelsFolder, userModelsFolder, software }: ServiceOptions,
  capabilities: readonly Capability[],
  onHung: (device: string, detail: string) => void,
): EngineServices {
  const kinds = capabilities.flatMap(({ cardKinds = [] }) => cardKinds);
  const models = createModelStore(modelsFolder, userModelsFolder, kinds);
  const inference = createInference({ onHung });
  const readers: Readers = Object.assign(
    {},
    ...capabilities.map((capability) => capability.readers?.({ models, inference })),
  );
  const documents = createDocumentStore({
    maxBytes: documentBytes,
    readers,
    closed: (document) => {
      for (const capability of capabilities) capability.closed?.(document);
    },
  });
  return { documents, models, inference, software };
}
