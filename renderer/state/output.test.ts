import { expect, it } from 'vitest';
import { nameWith } from './output.ts';

it('names a result after its source, whatever the name of that holds', () => {
  const name = (template: string, source: string): string =>
    nameWith(template, source, 'png', { index: 3, inputs: 12 });
  expect(name('{name}-clean.{ext}', 'cat.jpg')).toBe('cat-clean.png');
  expect(name('{n} {name} {model}.{ext}', 'cat.jpg')).toBe('03 cat auto.png');
  expect(name('{name}-clean.{ext}', 'a $& $1.jpg')).toBe('a $& $1-clean.png');
  expect(name('{name}-clean.{ext}', 'a {ext} {n}.jpg')).toBe('a {ext} {n}-clean.png');
});
