import { expect, it } from 'vitest';
import { cleanedKind, noiseMapKind } from '../workspaces/clean/layers.ts';
import { compressedKind, peerKind } from '../workspaces/compress/layers.ts';
import type { LayerKind } from './types.ts';
import {
  dividerWords,
  layerLabel,
  layerNoun,
  pictureLabel,
  residualLabel,
  shownLabel,
} from './words.ts';

/** As a workspace would word it that nothing else knows of. */
const inverted: LayerKind = {
  id: 'inverted',
  whole: 'Inverted',
  partly: 'Partly inverted',
  noun: 'inverted',
  picture: 'inverted picture',
  difference: { label: 'Turned', words: 'what was turned' },
};
const layer = { id: 'clean', kind: cleanedKind, version: 3, complete: true };
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
  const map = { ...layer, kind: noiseMapKind };
  expect(layerLabel(map)).toBe('Noise map');
  expect(pictureLabel({ ...about, layer: map })).toBe(
    'a.jpg: original left of the divider, noise map right of it',
  );
  expect(dividerWords(0.5, layerNoun(map))).toBe('original 50 %, noise map 50 %');
});

it('names what a compressed picture is compared with, and calls its difference a change', () => {
  const compressed = { ...layer, kind: compressedKind };
  const jpeg = { ...layer, kind: peerKind('jpeg') };
  expect(pictureLabel({ ...about, layer: compressed, base: jpeg })).toBe(
    'a.jpg: JPEG left of the divider, compressed right of it',
  );
  expect(pictureLabel({ ...about, layer: compressed, mode: 'residual', base: jpeg })).toBe(
    'a.jpg: what was changed, amplified 4 times',
  );
  expect(residualLabel(4, compressed)).toBe('Changed, × 4');
  expect(dividerWords(0.5, 'compressed', 'JPEG')).toBe('JPEG 50 %, compressed 50 %');
});

it('calls a layer of any workspace as it calls itself, with its facts once it is whole', () => {
  const toy = { ...layer, kind: inverted, facts: '12 kB' };
  expect(layerLabel(toy)).toBe('Inverted 12 kB');
  expect(layerLabel({ ...toy, complete: false })).toBe('Partly inverted');
  expect(shownLabel(toy, { best: 'source', worst: 'source' })).toBe(
    'Original, until the inverted picture is there',
  );
  expect(pictureLabel({ ...about, layer: toy, mode: 'residual' })).toBe(
    'a.jpg: what was turned, amplified 4 times',
  );
  expect(residualLabel(2, toy)).toBe('Turned, × 2');
});

it('says the divider and the gain in words', () => {
  expect(dividerWords(0.333, 'cleaned')).toBe('original 33 %, cleaned 67 %');
  expect(residualLabel(4, layer)).toBe('Removed, × 4');
  expect(residualLabel(2.55, layer)).toBe('Removed, × 2.5');
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
  const jpeg = { ...layer, kind: peerKind('jpeg') };
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
