/** What entropy says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('entropy', {
  // coder
  wholeNumberFromTo: 'a whole number from {low} to {high}',
  lengthY: 'the length of y',
  deviceGaveLatentsNoNumbers:
    'The device gave latents that are no numbers; they can not be compressed.',

  // model
  endsAtByte: 'it ends at byte {at}',
  bytesFollowEnd: '{left} bytes follow its end',
  entropyModelEntropyBinCan: 'The entropy model (entropy.bin) can not be used: {reason}.',
  whereToAllowed: '{what} is {value} where {low} to {high} is allowed',
  declaresInstead: '{name} declares {declared} instead of {wanted}',
  outputCouldOverflowNotBelow: 'output {o} of {name} could overflow ({bound} is not below 2^31)',
  doesNotBeginWithHgen: 'it does not begin with "HGEN"',
  version: 'its version',
  numberChannels: 'the number of channels',
  numberGroups: 'the number of groups',
  sizeGroup: 'the size of group {g}',
  groupsHoldChannels: 'its groups hold {sum} of {channels} channels',
  widthState: 'the width of the state',
  widthHiddenLayers: 'the width of the hidden layers',
  firstCodedScale: 'the first coded scale',
  reservedByte: 'a reserved byte',
  reservedField: 'a reserved field',
  parityChannel: 'the parity of channel {c}',
  layerGroup: 'layer {i} of group {group}',

  // pool
  latentCoderClosed: 'The latent coder was closed.',

  // rans
  canNotBytes: 'it can not have {bytes} bytes',
  streamLatentsDamaged: 'A stream of latents is damaged: {reason}.',
  symbolTooLarge: 'a symbol is too large',
  endsTooEarly: 'it ends too early',
  goesOnAfterEnd: 'it goes on after its end',
  endDoesNotFit: 'its end does not fit',

  // tables
  tableSymbolFrequency0: 'table {index} has a symbol of frequency 0',
  frequenciesTableSumToNot: 'the frequencies of table {index} sum to {sum}, not to 65536',

  // thread
  thereNoMemoryForLatents: 'There is no memory for the latents of a tile.',
});
