/** What the toy says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../../app/contract/sentences/index.ts';

export const say = defineSentences('invert', {
  dropPhotosHere: 'Drop photos here and see their negatives',
  becomesInverted: 'inverted',

  // The layer
  inverted: 'Inverted',
  partlyInverted: 'Partly inverted',
  invertedNoun: 'inverted',
  invertedPicture: 'inverted picture',
  changed: 'Changed',
  whatWasChanged: 'what was changed',

  // InvertBar
  difference: 'Difference',
  thereIsNone: 'There is no negative.',
  inverting: 'Inverting…',
  final: 'Final: brightness {after}.',

  // InvertPanel
  negative: 'Negative',
  onlyLeftHalf: 'Only the left half',
});
