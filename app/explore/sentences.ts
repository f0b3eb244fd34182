/** What exploring says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../contract/sentences/index.ts';

export const say = defineSentences('explore', {
  // card
  axesOfOtherSize: 'Expected the axes of describe-looks in {path}, but its size is another.',

  // similar
  notRemembered: 'What was seen could not be remembered, and will be read again: {reason}',
  fewPictures:
    'There {count, plural, =0 {is no picture} one {is only # picture} other {are only # pictures}} in the folder: how alike two pictures are is said by the other pairs of the folder, and so few say little.',

  onlyLooksTell:
    'nothing where a folder is compared with itself, because only looks tell which pictures are one,',
  partWithin: 'a part that lies within the picture',

  // map
  map: 'the map',
  placing: 'laying out the map',
  fewToPlace:
    'With {count, plural, one {only # picture} other {only # pictures}} nothing is a neighbourhood: the map is by principal components.',
  notPlaced:
    'The map is by principal components: laying neighbours together broke off, as it does where memory is short.',

  // unusual
  tooFewGood:
    'Expected at least two good pictures to learn from, but {count, plural, =0 {none} other {only #}} could be read.',
  moreGood: 'Name a folder with more good pictures; twenty or more let false alarms be promised.',
  tooFewToPromise:
    'Pictures are listed without a verdict: {count, plural, one {# good picture was} other {# good pictures were}} judged, and {falseAlarms} % of false alarms can be promised from {needed} on.',
  templateUnchecked:
    'Differences of more than a tenth of the range are called unusual, and how many good pictures that flags is not known: {count, plural, =0 {none has} one {only # has} other {only # have}} a near copy among the others, and {needed} would be needed.',
  byItself: 'auto where a network judges (by)',
  learntFromGood:
    'The network learnt from {count, plural, one {# of the good pictures, which does} other {# of the good pictures, which do}} not count for the false alarms: it gives them back better than fresh ones.',
  noFolder: 'Expected a folder for the overlays, but {folder} is none that can be read.',
  overlaysOccupied: 'Expected a new or empty folder for the overlays, but {folder} holds files.',
  overlaysNotWritable: 'The overlays can not be written to {folder}.',
  overlaysElsewhere: 'Name another folder in --overlays, or empty it.',
});
