/**
 * Puts together what capabilities work with. The parts are owned by `pixels` and `runtime`; this
 * file only says which ones this program uses, and how much memory open documents may hold.
 */
import { totalmem } from 'node:os';
import { createLatentReader } from '../../latent/index.ts';
import { createDocumentStore, registerReader } from '../../pixels/index.ts';
import { createInference, createModelStore, type EngineServices } from '../../runtime/index.ts';

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
  onHung: (device: string, detail: string) => void,
): EngineServices {
  const services: EngineServices = {
    documents: createDocumentStore({ maxBytes: documentBytes }),
    models: createModelStore(modelsFolder, userModelsFolder),
    inference: createInference({ onHung }),
    software,
  };
  // Opening a latent file takes a network, of which `pixels` knows nothing.
  registerReader('hgl', createLatentReader(services));
  return services;
}
