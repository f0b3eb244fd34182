/** What ui says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../app/contract/sentences/index.ts';

export const say = defineSentences('ui', {
  mixed: 'mixed',
  mixedOne: 'mixed; in front {value}',
  // Dialog
  close: 'Close',

  // Slider
  suggested: 'Suggested',
  number: '{label}, number',
});
