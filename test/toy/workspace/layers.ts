/** What the layer of the toy is called in the viewer, in the language of the moment. */
import type { LayerKind } from '../../viewer/types.ts';
import { say } from './sentences.ts';

export const negativeKind: LayerKind = {
  id: 'negative',
  get whole() {
    return say('inverted');
  },
  get partly() {
    return say('partlyInverted');
  },
  get noun() {
    return say('invertedNoun');
  },
  get picture() {
    return say('invertedPicture');
  },
  difference: {
    get label() {
      return say('changed');
    },
    get words() {
      return say('whatWasChanged');
    },
  },
};
