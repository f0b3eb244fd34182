/** The viewer's sentences and labels. Numbers for a person, never for a log. */
import type { DocumentInfo } from '../../app/contract/index.ts';
import type { Stands } from './scene.ts';
import type { CompareMode, LayerKind, Stand, ViewerLayer } from './types.ts';

/** Each kind when it is whole, while it is not, and in a sentence. */
const kinds: Readonly<
  Record<LayerKind, { readonly whole: string; readonly partly: string; readonly noun: string }>
> = {
  cleaned: { whole: 'Cleaned', partly: 'Partly cleaned', noun: 'cleaned' },
  'noise-map': { whole: 'Noise map', partly: 'Noise map', noun: 'noise map' },
  compressed: { whole: 'Compressed', partly: 'Partly decoded', noun: 'compressed' },
  jpeg: { whole: 'JPEG', partly: 'JPEG', noun: 'JPEG' },
  webp: { whole: 'WebP', partly: 'WebP', noun: 'WebP' },
  avif: { whole: 'AVIF', partly: 'AVIF', noun: 'AVIF' },
};
const kindOf = (layer: ViewerLayer | null) => kinds[layer?.kind ?? 'cleaned'];

/** What stands against the original. */
export const layerNoun = (layer: ViewerLayer | null): string => kindOf(layer).noun;

/** "Cleaned" is only said of a layer that is whole. */
export const layerLabel = (layer: ViewerLayer): string =>
  kindOf(layer)[layer.complete ? 'whole' : 'partly'];

const standing: Readonly<Record<Exclude<Stand, 'own' | 'source'>, string>> = {
  coarse: 'Coarse',
  earlier: 'Earlier result',
  nothing: 'Nothing',
};

/**
 * What a part of the screen really shows where a layer is to be seen: its label, or what stands in.
 * @param stands as the last frame found it; null: there was none yet
 */
export function shownLabel(layer: ViewerLayer, stands: Stands | null, source = 'Original'): string {
  if (!stands) return '';
  const { best, worst } = stands;
  // Of an incomplete layer the unfinished part is expected to be the original.
  if (worst === null || worst === 'own' || (!layer.complete && best === 'own'))
    return layerLabel(layer);
  return `${worst === 'source' ? source : standing[worst]}, until ${awaited(layer)} is there`;
}

const awaited = (layer: ViewerLayer): string => {
  const noun = layerNoun(layer);
  return layer.kind === undefined || layer.kind === 'cleaned' || layer.kind === 'compressed'
    ? `the ${noun} picture`
    : `the ${noun}`;
};

/** What a file itself is: a latent file shows what was decoded, not the original. */
export const sourceLabel = (document: Pick<DocumentInfo, 'format'>): string =>
  document.format === 'hgl' ? 'Decoded' : 'Original';

/** What stands left of the divider. @param source see `sourceLabel` */
export const baseLabel = (
  base: ViewerLayer | null,
  stands: Stands | null,
  source = 'Original',
): string => (base ? shownLabel(base, stands, source) : source);
export const baseNoun = (base: ViewerLayer | null, source = 'Original'): string =>
  base ? layerNoun(base) : source.toLowerCase();

/** What the difference of original and layer is: cleaning removes on purpose, compressing changes. */
const differenceWords = (layer: ViewerLayer | null): string =>
  layer?.kind === 'compressed' ? 'what was changed' : 'what was removed';

export const residualLabel = (gain: number, layer: ViewerLayer | null = null): string =>
  `${layer?.kind === 'compressed' ? 'Changed' : 'Removed'}, × ${Number.isInteger(gain) ? gain : gain.toFixed(1)}`;

/** What a person who does not see the picture is told that it shows. */
export const pictureLabel = (about: {
  readonly name: string;
  /** What is really shown, see `effectiveMode`. */
  readonly mode: CompareMode;
  readonly layer: ViewerLayer | null;
  readonly base?: ViewerLayer | null;
  /** See `sourceLabel`. */
  readonly source?: string;
  readonly holdOriginal: boolean;
  readonly gain: number;
}): string => {
  const { name, mode, layer } = about;
  const base = baseNoun(about.base ?? null, about.source);
  const original = baseNoun(null, about.source);
  const other = layer ? layerInWords(layer) : null;
  if (mode === 'side')
    return other && !about.holdOriginal
      ? `${name}: ${base} on the left, ${other} on the right`
      : `${name}: ${original} in both panes`;
  if (!other || mode === 'original') return `${name}: ${original}`;
  if (mode === 'residual')
    return `${name}: ${differenceWords(layer)}, amplified ${about.gain} times`;
  return `${name}: ${base} left of the divider, ${other} right of it`;
};

const layerInWords = (layer: ViewerLayer): string =>
  layer.complete ? layerNoun(layer) : kindOf(layer).partly.toLowerCase();

/**
 * @param noun what is right of the divider, see `layerNoun`
 * @param left what is left of it
 */
export const dividerWords = (position: number, noun: string, left = 'original'): string => {
  const share = Math.round(position * 100);
  return `${left} ${share} %, ${noun} ${100 - share} %`;
};
