/** What networks saw in their training, and what is unlike it. */
export { appearanceOf, numberNames, type Appearance, type Looked } from './appearance.ts';
export { UnlikeCount } from './count.ts';
export { factsOf, learntOf, type Made, type Seen } from './facts.ts';
export {
  sawOf,
  sawSchema,
  unlikeIn,
  type Facts,
  type Learnt,
  type Saw,
  type SawFile,
  type Unlike,
} from './saw.ts';
export { inWords, unlikeNotice } from './words.ts';
