/** What is said of files that are not decoded, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../contract/sentences/index.ts';

export const say = defineSentences('pixels', {
  // afford
  moreThanIsFree:
    '{name} ({size}, {width} × {height} pixels) would take {peak} of memory to decode, more than is left for one picture: {most} of the {free} that are free.',
  outOfProportion:
    '{name} ({size}, {width} × {height} pixels) would take {peak} of memory to decode, which is out of all proportion to its size: files that are made to fill the memory look like this.',
  allowIfTrusted:
    'If you trust the file, let it be decoded all the same (`--allow-memory` on the command line).',
  bytes: '{count, plural, one {# byte} other {# bytes}}',

  // header
  inksConverted:
    '{name} is stored in CMYK, the colours of a printing press; they were converted to sRGB, and its profile of the press is left out.',
  inksNotSupported:
    '{name} is stored in CMYK with more than 8 bits or more than four inks, which is not supported.',
  exportAsRgb: 'Export it as RGB from another program.',
  oldJpeg:
    '{name} is a TIFF with JPEG in the old way (compression 6), which was never well defined and is not supported.',
  convertOldJpeg:
    'Open it in the program that made it, and save it as TIFF with another compression.',
});
