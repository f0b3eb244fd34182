/** The viewer's sentences and labels. Numbers for a person, never for a log. */
import type { CompareMode, ViewerLayer } from './types.ts';

/** "Cleaned" is only said of a layer that is whole. */
export const cleanedLabel = (layer: ViewerLayer): string =>
  layer.complete ? 'Cleaned' : 'Partly cleaned';

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
  const cleaned = layer ? cleanedLabel(layer).toLowerCase() : null;
  if (mode === 'side')
    return cleaned && !about.holdOriginal
      ? `${name}: original on the left, ${cleaned} on the right`
      : `${name}: original in both panes`;
  if (!cleaned || mode === 'original') return `${name}: original`;
  if (mode === 'residual') return `${name}: what was removed, amplified ${about.gain} times`;
  return `${name}: original left of the divider, ${cleaned} right of it`;
};

export const dividerWords = (position: number): string => {
  const left = Math.round(position * 100);
  return `original ${left} %, cleaned ${100 - left} %`;
};
