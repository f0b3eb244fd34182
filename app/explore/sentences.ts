/** What exploring says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../contract/sentences/index.ts';

export const say = defineSentences('explore', {
  // card
  axesOfOtherSize: 'Expected the axes of describe-looks in {path}, but its size is another.',

  // similar
  notRemembered: 'What was seen could not be remembered, and will be read again: {reason}',
  fewPictures:
    'There {count, plural, =0 {is no picture} one {is only # picture} other {are only # pictures}} in the folder: how alike two pictures are is said by the other pairs of the folder, and so few say little.',
});
