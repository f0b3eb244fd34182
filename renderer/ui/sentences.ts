/** What ui says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../app/contract/sentences/index.ts';

export const say = defineSentences('ui', {
  mixed: 'mixed',
  mixedOne: 'mixed; in front {value}',
  // Dialog
  close: 'Close',

  // LoadingPart
  loadingPart: 'Loading …',
  partNotLoaded: 'This part of the program could not be loaded.',
  partNotLoadedHint:
    'Hourglass may have been ended meanwhile. Try again; if that does not help, start it anew.',
  tryAgain: 'Try again',

  // Slider
  suggested: 'Suggested',
  number: '{label}, number',
});
