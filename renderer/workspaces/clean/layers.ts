/** What the layers of the Clean workspace are called in the viewer. */
import type { LayerKind } from '../../viewer/types.ts';

/** Cleaning removes on purpose. */
const difference = { label: 'Removed', words: 'what was removed' };

export const cleanedKind: LayerKind = {
  id: 'cleaned',
  whole: 'Cleaned',
  partly: 'Partly cleaned',
  noun: 'cleaned',
  picture: 'cleaned picture',
  difference,
};

export const noiseMapKind: LayerKind = {
  id: 'noise-map',
  whole: 'Noise map',
  partly: 'Noise map',
  noun: 'noise map',
  picture: 'noise map',
  difference,
};
