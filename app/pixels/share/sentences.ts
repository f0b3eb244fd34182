/** What is said of pictures made ready for others, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('share', {
  leftOut: 'Left out of the file: {list}.',
  places: 'places',
  makerNotes: 'maker notes',
  attachedData: 'attached data',
  noLocationToLeaveOut: 'Nothing in the metadata says where the picture was taken.',
  noMetadataToLeaveOut: 'There is no metadata to leave out.',
  resizedTo:
    'The file has {width} × {height} pixels: its longest side was to be at most {maxSide, number}.',
  convertedToSrgb: 'The colours were converted from {profile} to sRGB.',
  unnamedProfile: 'an unnamed profile',
  extraSamplesNotResized:
    'The samples that are neither colour nor opacity are left out of a picture that is made smaller.',
  onlyIntegersShared:
    '{name} stores floats or signed samples, which can not be made smaller or converted to sRGB.',
  chooseEightOrSixteenBits: 'Choose 8 or 16 bits for it.',
  headerStays:
    '{name} can not be written without metadata: a scan keeps what its source says of it.',
  deidentifyInstead: 'De-identify it: --deidentify takes out what says who the patient is.',
  keepMetadata: 'Keep the metadata, or choose another format.',
  dngIsNotSrgb: '{name} is a DNG, which holds the camera’s own colours and not sRGB.',
  profileNotConverted: 'The colours of {name} ({profile}) can not be converted to sRGB.',
  leaveColoursAsTheyAre: 'Leave the colours as they are: the profile goes along with the file.',
});
