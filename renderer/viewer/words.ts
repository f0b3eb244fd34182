/** The viewer's sentences and labels. Numbers for a person, never for a log. */
import type { CompareMode, ViewerLayer } from './types.ts';

/** What stands against the original. */
export const layerNoun = (layer: ViewerLayer | null): string =>
  layer?.kind === 'noise-map' ? 'noise map' : 'cleaned';

/** "Cleaned" is only said of a layer that is whole. */
export const layerLabel = (layer: ViewerLayer): string => {
  if (layer.kind === 'noise-map') return 'Noise map';
  return layer.complete ? 'Cleaned' : 'Partly cleaned';
};

export const residualLabel = (gain: number): string =>
  `Removed, × ${Number.isInteger(gain) ? gain : gain.toFixed(1)}`;

/** What a person who does not see the picture is told that it shows. */
export const pictureLabel = (about: {
  readonly name: string;
  /** What is really shown, see `effectiveMode`. */
  readonly mode: CompareMode;
  readonly layer: ViewerLayer | null;
  readonly holdOriginal: boolean;
  readonly gain: number;
}): string => {
  const { name, mode, layer } = about;
  const other = layer ? layerLabel(layer).toLowerCase() : null;
  if (mode === 'side')
    return other && !about.holdOriginal
      ? `${name}: original on the left, ${other} on the right`
      : `${name}: original in both panes`;
  if (!other || mode === 'original') return `${name}: original`;
  if (mode === 'residual') return `${name}: what was removed, amplified ${about.gain} times`;
  return `${name}: original left of the divider, ${other} right of it`;
};

/** @param noun what is right of the divider, see `layerNoun` */
export const dividerWords = (position: number, noun: string): string => {
  const left = Math.round(position * 100);
  return `original ${left} %, ${noun} ${100 - left} %`;
};
