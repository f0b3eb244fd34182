import { expect, it } from 'vitest';
import {
  dividerWords,
  layerLabel,
  layerNoun,
  pictureLabel,
  residualLabel,
  shownLabel,
} from './words.ts';

const layer = { id: 'clean', version: 3, complete: true };
const about = { name: 'a.jpg', mode: 'split', layer, holdOriginal: false, gain: 4 } as const;

it('names the file and what is really shown', () => {
  expect(pictureLabel(about)).toBe('a.jpg: original left of the divider, cleaned right of it');
  expect(pictureLabel({ ...about, layer: null })).toBe('a.jpg: original');
  expect(pictureLabel({ ...about, mode: 'side' })).toBe(
    'a.jpg: original on the left, cleaned on the right',
  );
  expect(pictureLabel({ ...about, mode: 'side', holdOriginal: true })).toBe(
    'a.jpg: original in both panes',
  );
  expect(pictureLabel({ ...about, mode: 'residual' })).toBe(
    'a.jpg: what was removed, amplified 4 times',
  );
});

it('calls an unfinished layer unfinished', () => {
  expect(layerLabel({ ...layer, complete: false })).toBe('Partly cleaned');
  expect(layerLabel(layer)).toBe('Cleaned');
});

it('never calls a noise map cleaned', () => {
  const map = { ...layer, kind: 'noise-map' } as const;
  expect(layerLabel(map)).toBe('Noise map');
  expect(pictureLabel({ ...about, layer: map })).toBe(
    'a.jpg: original left of the divider, noise map right of it',
  );
  expect(dividerWords(0.5, layerNoun(map))).toBe('original 50 %, noise map 50 %');
});

it('names what a compressed picture is compared with, and calls its difference a change', () => {
  const compressed = { ...layer, kind: 'compressed' } as const;
  const jpeg = { ...layer, kind: 'jpeg' } as const;
  expect(pictureLabel({ ...about, layer: compressed, base: jpeg })).toBe(
    'a.jpg: JPEG left of the divider, compressed right of it',
  );
  expect(pictureLabel({ ...about, layer: compressed, mode: 'residual', base: jpeg })).toBe(
    'a.jpg: what was changed, amplified 4 times',
  );
  expect(residualLabel(4, compressed)).toBe('Changed, × 4');
  expect(dividerWords(0.5, 'compressed', 'JPEG')).toBe('JPEG 50 %, compressed 50 %');
});

it('says the divider and the gain in words', () => {
  expect(dividerWords(0.333, 'cleaned')).toBe('original 33 %, cleaned 67 %');
  expect(residualLabel(4)).toBe('Removed, × 4');
  expect(residualLabel(2.55)).toBe('Removed, × 2.5');
});

it('calls what stands in by its own name', () => {
  const own = { best: 'own', worst: 'own' } as const;
  expect(shownLabel(layer, own)).toBe('Cleaned');
  expect(shownLabel(layer, { best: 'own', worst: 'source' })).toBe(
    'Original, until the cleaned picture is there',
  );
  expect(shownLabel(layer, { best: 'coarse', worst: 'coarse' })).toBe(
    'Coarse, until the cleaned picture is there',
  );
  const jpeg = { ...layer, kind: 'jpeg' } as const;
  expect(shownLabel(jpeg, { best: 'earlier', worst: 'earlier' })).toBe(
    'Earlier result, until the JPEG is there',
  );
  const partly = { ...layer, complete: false };
  expect(shownLabel(partly, { best: 'own', worst: 'source' })).toBe('Partly cleaned');
  expect(shownLabel(partly, { best: 'source', worst: 'source' }, 'Decoded')).toBe(
    'Decoded, until the cleaned picture is there',
  );
  // Nothing is claimed before the first frame.
  expect(shownLabel(layer, null)).toBe('');
});
