/** What the layers of the Compress workspace are called in the viewer, in the language of the moment. */
import { labelOf } from '../../../app/contract/formats.ts';
import type { PeerFormat } from '../../../app/contract/latent.ts';
import type { LayerKind } from '../../viewer/types.ts';
import { say } from './sentences.ts';

const difference: LayerKind['difference'] = {
  get label() {
    return say('changed');
  },
  get words() {
    return say('whatWasChanged');
  },
};

export const compressedKind: LayerKind = {
  id: 'compressed',
  get whole() {
    return say('compressed');
  },
  get partly() {
    return say('partlyDecoded');
  },
  get noun() {
    return say('becomesCompressed');
  },
  get picture() {
    return say('compressedPicture');
  },
  difference,
};

/** The picture as another format stores it. */
export const peerKind = (format: PeerFormat): LayerKind => {
  const label = labelOf(format);
  return { id: format, whole: label, partly: label, noun: label, picture: label, difference };
};
