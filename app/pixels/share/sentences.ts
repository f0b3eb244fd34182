/** What is said of pictures made ready for others, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('share', {
  leftOut: 'Left out of the file: {list}.',
  places: 'places',
  makerNotes: 'maker notes',
  attachedData: 'attached data',
  noLocationToLeaveOut: 'Nothing in the metadata says where the picture was taken.',
  scanSaysPlace:
    '{name} is a scan and keeps its whole header, with what it says of institution, station and place. De-identifying a DICOM file takes that out.',
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
  doesNothing: '{list}: nothing came of it, for {name} is {format}, which has no such thing.',
  doesNothingForSources:
    '{list}: nothing came of it, for {name} is {format} and holds bits, colours and values as its source does. Another format takes it: --format png, tiff or jpeg.',
  nothingToInvert: 'Light and dark were to be swapped, but no window says what is light.',
  giveWindow: 'Add --window or --preset, or leave --invert out.',
  twoWindows: 'A window and the name of one were given: a picture is seen through one.',
  giveOneWindow: 'Give --window or --preset.',
  widthAboveZero: 'level/width with a width above 0, such as 40/400',
  windowHasEightBits: 'What is seen through a window has 8 bits, but 16 were asked for.',
  storedForSixteen:
    'Leave the window out: the values that are stored are written with all of their bits.',
  noWindowIn:
    '{name} can not be written as it is seen through a window: {format} holds the values of its source.',
  windowAsPicture: 'Choose a picture: --format png, tiff or jpeg.',
  noWindowOf: '{name} has no window: only scans of one tone have one.',
  withoutWindow: 'Leave --window and --preset out: it is written as it is.',
  noHounsfield: '{name} has no Hounsfield units, which the window “{preset}” is one of.',
  giveOwnWindow: 'Give a window of its own values: --window level/width, or --preset file.',
  seenThroughWindow:
    '{name} shows what is seen through the window {words}{unit, select, none {} other { {unit}}}{inverted, select, yes { with light and dark swapped} other {}}, in 8 bits: values beyond it are black or white, and none can be measured in it any more.',
  leaveColoursAsTheyAre: 'Leave the colours as they are: the profile goes along with the file.',
});
