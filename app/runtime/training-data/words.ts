/** What is said of a picture that is unlike what a network learnt from: one sentence with what differs. */
import type { Notice } from '../../contract/index.ts';
import { decimal } from '../../contract/sentences/index.ts';
import { say } from '../sentences.ts';
import type { NumberName } from './appearance.ts';
import { unlikeIn, type Facts, type Saw, type Unlike } from './saw.ts';

/**
 * @param facts of the picture; asked for where the card says what was learnt
 * @returns null: it differs in nothing of what is known, which is no promise; or the card does not say what was learnt
 */
export function unlikeNotice(
  { title, saw }: { readonly title: string; readonly saw?: Saw | undefined },
  facts: () => Facts,
): Notice | null {
  const found = saw ? unlikeIn(saw, facts()) : [];
  if (found.length === 0) return null;
  return { level: 'warning', text: say('unlike', { title, how: inWords(found) }) };
}

/** Each in a few words, one after another. */
export const inWords = (found: readonly Unlike[]): string => found.map(words).join('; ');

function words(unlike: Unlike): string {
  switch (unlike.what) {
    case 'tones':
      return say('unlikeTones', { tones: unlike.tones });
    case 'family':
      return say('unlikeFamily', { family: unlike.family });
    case 'modality':
      return say('unlikeModality', {
        modality: unlike.modality,
        known: unlike.known.join(', '),
      });
    case 'bits':
      return say('unlikeBits', { bits: unlike.bits, from: unlike.from });
    case 'noise':
      return say('unlikeNoise', {
        noise: decimal(Math.round(unlike.noise)),
        to: decimal(Math.round(unlike.to)),
      });
    case 'pixelSize':
      return say('unlikePixelSize', {
        size: millimetres(unlike.size),
        from: millimetres(unlike.from),
        to: millimetres(unlike.to),
      });
    case 'looks': {
      const said = [...new Set(unlike.most.flatMap(looksSaid))].slice(0, MOST);
      return say('unlikeLooks', { how: said.join(', ') || say('looksMixture') });
    }
  }
}

/** For people: how many images of which kind, and how much noise. */
export function sawInWords({ images, tones, families, modalities, noise }: Saw): string {
  const parts = [
    say('sawImages', { count: images }),
    say('sawTones', { tones: tones.length > 1 ? 'both' : tones[0] === 1 ? 'gray' : 'colour' }),
    ...families.map((family) =>
      family === 'photo'
        ? say('sawPhotos')
        : modalities.length > 0
          ? say('sawScansOf', { kinds: modalities.join(', ') })
          : say('sawScans'),
    ),
    ...(noise === null ? [] : [say('sawNoise', { to: decimal(Math.round(noise)) })]),
  ];
  return parts.join(' · ');
}

/** A picture that differs much differs in nearly all numbers. */
const MOST = 2;

const millimetres = (size: number): string => decimal(Number(size.toPrecision(2)));

type Side = () => string;
/** What less of a number means, and what more of it; null: nothing that a person could see by itself. */
const sides: Readonly<Record<NumberName, readonly [Side | null, Side | null]>> = {
  brightness: [() => say('looksDarker'), () => say('looksBrighter')],
  contrast: [() => say('looksFlatter'), () => say('looksHarder')],
  dark: [null, () => say('looksMuchBlack')],
  light: [null, () => say('looksMuchWhite')],
  skewness: [null, null],
  entropy: [() => say('looksFewShades'), null],
  middle: [() => say('looksRim'), () => say('looksMiddle')],
  rim: [() => say('looksEmptyRim'), null],
  flat: [null, () => say('looksUnchanging')],
  upright: [null, () => say('looksStraight')],
  busy: [() => say('looksPlainer'), () => say('looksBusier')],
  edges: [null, () => say('looksEdges')],
  busyHalf: [() => say('looksPlainer'), () => say('looksBusier')],
  edgesHalf: [null, () => say('looksEdges')],
  busyQuarter: [() => say('looksPlainer'), () => say('looksBusier')],
  edgesQuarter: [null, () => say('looksEdges')],
};

function looksSaid({
  name,
  deviations,
}: {
  readonly name: NumberName;
  readonly deviations: number;
}): string[] {
  const side = sides[name][deviations < 0 ? 0 : 1];
  return side ? [side()] : [];
}
