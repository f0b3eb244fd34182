/** The program as every host starts it: with the models that it ships, and this person's folders. */
import { createProgram, type Program } from '../../jobs/index.ts';
import { diagnosticsOf } from './diagnostics.ts';
import { modelsFolder, personFolders, software } from './paths.ts';

/** @param launch of the host's kind of process */
export function personProgram(launch: Parameters<typeof createProgram>[0]['launch']): Program {
  const { cache, models } = personFolders();
  return createProgram({
    ...{ launch, cacheFolder: cache, modelsFolder: modelsFolder(), userModelsFolder: models },
    software,
    diagnose: diagnosticsOf,
  });
}
