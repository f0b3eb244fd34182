/**
 * Puts together what capabilities work with. The parts are owned by `pixels` and `runtime`; this
 * file only says which ones this program uses, and how much memory open documents may hold.
 */
import { totalmem } from 'node:os';
import type { HourglassEvent } from '../../contract/index.ts';
import { createDocumentStore, type MemoryLimits, type Readers } from '../../pixels/index.ts';
import {
  createInference,
  createModelStore,
  type Capability,
  type Describers,
  type EngineServices,
} from '../../runtime/index.ts';

/**
 * Decoded documents with their pyramids and layers: six of 24 megapixels, or a quarter of a small machine,
 * are kept for later; what is on screens and in the making may hold half of the machine.
 * HOURGLASS_PICTURE_MEMORY (megabytes) sets both, for tests and for machines that are shared.
 */
function memoryLimits(): MemoryLimits {
  const given = Number(process.env.HOURGLASS_PICTURE_MEMORY) * 1e6;
  if (given > 0) return { maxBytes: given };
  return { maxBytes: Math.min(1024 ** 3, totalmem() / 4), maxPinnedBytes: totalmem() / 2 };
}

export interface ServiceOptions {
  /** Absolute folders of the shipped models, and of those that the person added. */
  readonly modelsFolder: string;
  readonly userModelsFolder: string;
  readonly software: string;
}

/** What the rest of the program hears without having asked. */
export interface ServiceHooks {
  readonly onHung: (device: string, detail: string) => void;
  readonly emit: (event: HourglassEvent) => void;
}

export function createServices(
  { modelsFolder, userModelsFolder, software }: ServiceOptions,
  capabilities: readonly Capability[],
  { onHung, emit }: ServiceHooks,
): EngineServices {
  const kinds = capabilities.flatMap(({ cardKinds = [] }) => cardKinds);
  const models = createModelStore(modelsFolder, userModelsFolder, kinds);
  const inference = createInference({ onHung });
  const readers: Readers = Object.assign(
    {},
    ...capabilities.map((capability) => capability.readers?.({ models, inference })),
  );
  const documents = createDocumentStore({
    ...memoryLimits(),
    readers,
    emit,
    closed: (document) => {
      for (const capability of capabilities) capability.closed?.(document);
    },
  });
  const describers: Describers = Object.assign(
    {},
    ...capabilities.map((capability) => capability.describers),
  );
  return { documents, models, inference, software, describers };
}
