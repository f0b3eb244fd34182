/**
 * Pages of languages that go from right to left are laid out so by CSS (logical properties). What follows the pointer or the arrow keys along
 * a line of the page asks here. The picture, what lies over it, sliders and charts stay as they are: left in a picture is left.
 */

export const goesLeft = (): boolean => document.documentElement.dir === 'rtl';

/** An arrow key as it would be on a page that goes from left to right; other keys stay. */
export function arrowAlong(key: string): string {
  if (!goesLeft()) return key;
  return key === 'ArrowLeft' ? 'ArrowRight' : key === 'ArrowRight' ? 'ArrowLeft' : key;
}
