/** What is said of the elements of de-identified files, apart from what the first screen needs. */
import { defineSentences } from '../../../app/contract/sentences/index.ts';

export const say = defineSentences('element-fates', {
  title:
    'What became of the elements of {count, plural, one {the de-identified file} other {# de-identified files}}',
  removed: 'Removed',
  emptied: 'Emptied',
  replaced: 'Replaced',
  kept: 'Kept',
  others: '{count, plural, one {# private or unknown one} other {# private or unknown ones}}',
});
