/**
 * The viewer's sentences and labels. What a layer is called comes with it (`LayerKind`). Numbers for a person,
 * never for a log.
 */
import type { DocumentInfo } from '../../app/contract/index.ts';
import { decimal, fixed, type SentenceId } from '../../app/contract/sentences/index.ts';
import type { Stands } from './scene.ts';
import { say } from './sentences.ts';
import type { CompareMode, Stand, ViewerLayer } from './types.ts';

/** What stands against the original. */
export const layerNoun = ({ kind }: ViewerLayer): string => kind.noun;

/** "Cleaned" is only said of a layer that is whole, and so are the facts of the whole. */
export const layerLabel = ({ kind, complete, facts }: ViewerLayer): string =>
  complete ? [kind.whole, facts].filter(Boolean).join(' ') : kind.partly;

const standing = {
  coarse: 'coarse',
  approximate: 'approximate',
  earlier: 'earlierResult',
  nothing: 'nothing',
} as const satisfies Record<Exclude<Stand, 'own' | 'source'>, SentenceId<typeof say>>;

/**
 * What a part of the screen really shows where a layer is to be seen: its label, or what stands in.
 * @param stands as the last frame found it; null: there was none yet
 */
export function shownLabel(
  layer: ViewerLayer,
  stands: Stands | null,
  source = say('original'),
): string {
  if (!stands) return '';
  const { best, worst } = stands;
  // Of an incomplete layer the unfinished part is expected to be the original.
  const partly = !layer.complete && best === 'own' && worst !== 'approximate';
  if (worst === null || worst === 'own' || partly) return layerLabel(layer);
  return say('until', {
    shown: worst === 'source' ? source : say(standing[worst]),
    picture: layer.kind.picture,
  });
}

/** What a file itself is: a latent file shows what was decoded, not the original. */
export const sourceLabel = (document: Pick<DocumentInfo, 'format'>): string =>
  document.format === 'hgl' ? say('decoded') : say('original');

/** What stands left of the divider. @param source see `sourceLabel` */
export const baseLabel = (
  base: ViewerLayer | null,
  stands: Stands | null,
  source = say('original'),
): string => (base ? shownLabel(base, stands, source) : source);
export const baseNoun = (base: ViewerLayer | null, source = say('original')): string =>
  base ? layerNoun(base) : source.toLowerCase();

export const residualLabel = (gain: number, { kind }: ViewerLayer): string =>
  say('residual', {
    difference: kind.difference.label,
    gain: Number.isInteger(gain) ? decimal(gain) : fixed(gain, 1),
  });

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
      ? say('onLeftOnRight', { name, base, other })
      : say('inBothPanes', { name, base: original });
  if (!layer || !other || mode === 'original')
    return say('nameAndPicture', { name, picture: original });
  if (mode === 'residual')
    return say('amplifiedTimes', { name, layer: layer.kind.difference.words, gain: about.gain });
  return say('leftDividerRight', { name, base, other });
};

const layerInWords = (layer: ViewerLayer): string =>
  layer.complete ? layerNoun(layer) : layer.kind.partly.toLowerCase();

/**
 * @param noun what is right of the divider, see `layerNoun`
 * @param left what is left of it
 */
export const dividerWords = (
  position: number,
  noun: string,
  left = say('originalNoun'),
): string => {
  const share = Math.round(position * 100);
  return say('dividerShares', { left, leftShare: share, noun, share: 100 - share });
};
