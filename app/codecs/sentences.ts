/** What codecs says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../contract/sentences/index.ts';

export const say = defineSentences('codecs', {
  damaged: '{name} is damaged or cut short.',
  noMemory: 'There is not enough memory to decode {name}.',
  colourNotSupported:
    '{name} is stored in the colour space {space}, which is not supported in such files.',
  samplesNotSupported:
    '{name} stores {channels, plural, one {# channel} other {# channels}} of {bits} bits{kind, select, signed { with a sign} palette { that are indices of a palette} other {}}, which is not supported in such files.',
  channelsNotSupported:
    '{name} stores {channels, plural, one {# channel} other {# channels}}{alpha, select, yes {, one of them opacity} other {}}, which is not supported in such files.',
  samplesOfDifferentSizes:
    '{name} stores {channels, plural, one {# channel} other {# channels}} of different sizes, which is not supported in such files.',
  shifted:
    'The picture in {name} does not begin at the origin of its grid, which is not supported in such files.',
  exportFirst: 'Export it as a TIFF or PNG in RGB from another program.',
  firstOfSeveral: '{name} holds {count} frames; only the first was read.',
});
