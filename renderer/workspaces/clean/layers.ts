/** What the layers of the Clean workspace are called in the viewer, in the language of the moment. */
import type { LayerKind } from '../../viewer/types.ts';
import { say } from './sentences.ts';

/** Cleaning removes on purpose. */
const difference: LayerKind['difference'] = {
  get label() {
    return say('removed');
  },
  get words() {
    return say('whatWasRemoved');
  },
};

export const cleanedKind: LayerKind = {
  id: 'cleaned',
  get whole() {
    return say('cleanedLabel');
  },
  get partly() {
    return say('partlyCleaned');
  },
  get noun() {
    return say('cleaned');
  },
  get picture() {
    return say('cleanedPicture');
  },
  difference,
};

export const noiseMapKind: LayerKind = {
  id: 'noise-map',
  get whole() {
    return say('noiseMapLabel');
  },
  get partly() {
    return say('noiseMapLabel');
  },
  get noun() {
    return say('noiseMap');
  },
  get picture() {
    return say('noiseMap');
  },
  difference,
};
