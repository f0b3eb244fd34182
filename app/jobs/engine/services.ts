/**
 * Puts together what capabilities work with. The parts are owned by `pixels` and `runtime`; this
 * file only says which ones this program uses.
 */
import { HourglassError } from '../../contract/index.ts';
import { createInference, createModelStore, type EngineServices } from '../../runtime/index.ts';

export function createServices(
  modelsFolder: string,
  software: string,
  onHung: (device: string, detail: string) => void,
): EngineServices {
  const missing = (): never => {
    throw new HourglassError('internal', 'This build has no image reader yet.');
  };
  return {
    documents: {
      open: missing,
      get: missing,
      byPath: missing,
      close: missing,
      tile: missing,
      thumbnail: missing,
    },
    models: createModelStore(modelsFolder),
    inference: createInference({ onHung }),
    software,
  };
}
