/** What the layers of the Compress workspace are called in the viewer. */
import { labelOf } from '../../../app/contract/formats.ts';
import type { PeerFormat } from '../../../app/contract/latent.ts';
import type { LayerKind } from '../../viewer/types.ts';

const difference = { label: 'Changed', words: 'what was changed' };

export const compressedKind: LayerKind = {
  id: 'compressed',
  whole: 'Compressed',
  partly: 'Partly decoded',
  noun: 'compressed',
  picture: 'compressed picture',
  difference,
};

/** The picture as another format stores it. */
export const peerKind = (format: PeerFormat): LayerKind => {
  const label = labelOf(format);
  return { id: format, whole: label, partly: label, noun: label, picture: label, difference };
};
