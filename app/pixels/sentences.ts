/** What is said of files that are read and written, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../contract/sentences/index.ts';

export const say = defineSentences('pixels', {
  // afford
  moreThanIsFree:
    '{name} ({size}, {width} × {height} pixels) would take {peak} of memory to decode, more than is left for one picture: {most} of the {free} that are free.',
  outOfProportion:
    '{name} ({size}, {width} × {height} pixels) would take {peak} of memory to decode, which is out of all proportion to its size: files that are made to fill the memory look like this.',
  allowIfTrusted: 'If you trust the file, let it be decoded all the same (`--allow-memory`).',
  bytes: '{count, plural, one {# byte} other {# bytes}}',

  // decode
  noVolume: '{name} is no volume: it has no {plane} plane.',

  // header
  inksConverted:
    '{name} is stored in CMYK, the colours of a printing press; they were converted to sRGB{profile, select, yes {, and its profile of the press is left out} other {}}.',
  inksNotSupported:
    '{name} is stored in CMYK with more than 8 bits or more than four inks, which is not supported.',
  exportAsRgb: 'Export it as RGB from another program.',
  oldJpeg:
    '{name} is a TIFF with JPEG in the old way (compression 6), which was never well defined and is not supported.',
  convertOldJpeg:
    'Open it in the program that made it, and save it as TIFF with another compression.',
  notDeveloped:
    '{name} is a camera raw file, which Hourglass does not develop; export it as TIFF first.',
  tooManyPixels:
    '{name} has {width} × {height} pixels ({megapixels} megapixels); the limit is {limit}.',
  onlyFromSource:
    '{name} can not be written: slices become {format} again only where they come from such a file.',
  sourceNotResized:
    '{name} can not be written: slices of a scan keep the size that they have there.',
  samplesNotSupported:
    '{name} stores samples of type {type} in the colour space {space}, which is not supported.',
  signedNotSupported:
    '{name} stores signed samples in {count, plural, one {# channel} other {# channels}}; one is supported.',
  channelsNotSupported:
    '{name} has {count, plural, one {# channel} other {# channels}}; up to 4 (red, green, blue, alpha) are supported.',
  tooManySamples:
    '{name} has {count, plural, one {# sample} other {# samples}} per pixel; up to {most} are supported.',
  declaresTooMuch: '{name} is cut short: it declares more pixels than its bytes can hold.',

  // sniff: what such a file is, in the sentence `otherKind`
  niftiPair: 'a NIfTI scan of two files (.hdr and .img)',
  pdf: 'a PDF document',
  photoshop: 'a Photoshop document',
  x3f: 'a camera raw file (X3F)',
  openExr: 'an OpenEXR image',
  radiance: 'a Radiance HDR image',
  fits: 'a FITS image',
  gimp: 'a GIMP document',
  dds: 'a DDS texture',
  qoi: 'a QOI image',
  icon: 'an icon file',
  cursor: 'a cursor file',
  pcx: 'a PCX image',
  metafile: 'a Windows metafile',
  bpg: 'a BPG image',
  flif: 'a FLIF image',
  heic: 'an HEIC image',
  dicomWithoutMeta: 'a DICOM data set without its file meta information',
  writeWithMeta:
    'Export it as a DICOM file from the program that it is from. If it is an image, dcmtk makes a file of it: dcmconv -f IN OUT.',
  riff: 'a sound or video file (RIFF)',
  bmp: 'a BMP image',
  pnm: 'a PNM image',
  svg: 'an SVG drawing',
  container: 'a video or another container file',

  // identify
  isFolder: '{name} is a folder, not an image file.',
  notRegular: '{name} is not a regular file and is not read.',
  isEmpty: '{name} is empty (0 bytes).',
  otherKind: '{name} is {what}, which Hourglass does not open as a photo.',
  unknownKind: '{name} is not an image that Hourglass knows.',
  notThere: '{name} does not exist.',
  canNotBeRead: '{name} can not be read ({reason}).',
  unknownReason: 'unknown reason',

  // decode
  notOneOfSeveral:
    '{name} is one picture, not one of {count, plural, one {# file} other {# files}} that belong together.',
  allowDamaged:
    'Try to get the file again from its source, or take what can be read of it (`--allow-damaged`).',
  readInPart: '{name} is damaged. What could be read of it is shown; the rest is missing or wrong.',
  onlyOnePage:
    '{name} holds {count, plural, one {# page} other {# pages}}; only {page, plural, =1 {the first} other {page #}} was read.',
  onlyFirstFrame:
    '{name} holds {count, plural, one {# frame} other {# frames}}; only the first was read.',
  otherChannels: 'The decoder delivered other channels than the header declares.',
  profileDamaged: 'The colour profile of {name} is damaged and is left out; sRGB is assumed.',
  holdsHdr: '{name} holds HDR colours ({colour}); the screen shows them tone-mapped.',
  animated: '{name} is animated; only its first frame was read.',
  halfFloats: '{name} stores 16-bit floats; they are handled as 32-bit floats.',

  // wholeness
  damagedBecause: '{name} is damaged or cut short: {why}.',
  pngEndMissing: 'its last part, IEND, is missing',
  jpegEndMissing: 'its last part, the end marker, is missing',
  gifEndMissing: 'its last part, the trailer, is missing',
  scanNotAsLong: 'its scan holds more than the picture, or less',
  blocksBrokenOff: 'its blocks are broken off',
  partBeyondEnd:
    '{part, select, tile {tile} other {strip}} {number} of {count} lies beyond its end',
  partChanged:
    '{part, select, tile {tile} other {strip}} {number} of {count} is not what was written',

  // vips
  decodingTookLonger:
    'Decoding {name} took longer than {seconds, plural, one {# second} other {# seconds}}.',
  decodingTookTooLong: 'Decoding {name} took too long.',
  noMemoryToDecode: 'There is not enough memory to decode {name}.',
  morePixelsThanLimit: '{name} has more pixels than the limit.',
  mayNotBeRead: '{name} may not be read.',
  damaged: '{name} is damaged or cut short.',
  bitDepthNotSupported:
    '{name} stores samples of a bit depth that is not supported, 12 bits for example.',
  variantNotSupported: '{name} is of a variant that is not supported.',
  labNotSupported: '{name} is stored in Lab colour, which is not supported.',

  // readers
  noReader: '{name} is a {format}, and nothing is here that decodes such files.',

  // associated-alpha
  dividedByOpacity:
    '{name} stores its colours multiplied by their opacity (associated alpha). They were divided by it, and results store them so; multiplied again they are what was stored.',
  beyondOpacity:
    'In {count, plural, one {# pixel} other {# pixels}} of {name} colours are brighter than their opacity allows, as light without a surface; what is beyond it was cut off.',

  // extra-samples
  extraSamples:
    '{name} holds {count, plural, one {# sample} other {# samples}} per pixel besides its colours that are not transparency (infrared or a mask, perhaps). They are not cleaned; only TIFF results keep them.',
  extraSamplesLost:
    '{format} can not hold the {count, plural, one {# sample} other {# samples}} per pixel that the original has besides its colours; they were left out. TIFF keeps them.',

  // naming
  textWithoutZeros: 'text without zero bytes',
  nameOfPicture: 'a name of a picture; latent files are made by `encode`',
  nameEndingWith: 'a name that ends with .{extension} for the format {format}',
  outputIsOriginal: 'The output of {name} would be the original itself.',
  templateOf: 'a template of {placeholders}, not {found}',
  templateForSeveral: 'a template with {one} or {other}, because there are several files',
  fileFolderOrTemplate:
    'a file name ending with {endings}, an existing folder, a new folder ending with /, or a template',
  folderOrTemplate: 'a folder or a template, because there are several files',
  writtenAs: '{name} is a {format}; the result is written as {becomes}.',
  nameShortened: 'The name {name} is too long with its addition and was shortened.',

  // output-plan
  bits: '{count, plural, one {# bit} other {# bits}}',
  bitsWithSign: '16 bits with a sign',
  floats: '32-bit floats',
  tooLargeForFormat:
    '{format} holds at most {most} pixels a side; {name} needs {width} × {height}.',
  noTransparency: '{name} has transparent parts, and {format} can not hold transparency.',
  fewerBits: '{name} stores {stored} per sample; the original has {original}.',
  tenBits: '{name} stores 10 bits per sample, the most that AVIF readers share.',
  rangeWritten:
    'The original uses its values from {low} to {high} only: in {name} these are black to white, as on the screen.',
  lightIsDark:
    '{name} has light and dark swapped: the values of its source are written as they are stored, where small ones are bright (MONOCHROME1). --preset file writes what is seen.',
  noNegativeValues:
    '{name} stores no negative values: {black} became 0 and {white} the largest value, and what lies beyond them is cut off.',

  // output-colour
  noGrayProfile: '{format} can not hold a gray image with its profile ({profile}).',
  unnamed: 'unnamed',
  hdrNotTold:
    '{format} can not say that its values are HDR ({colour}): they are kept as they are, and a profile shows them tone-mapped. AVIF and PNG keep HDR.',
  toldByProfile:
    'The original tells its colours by {told} ({colour}); the {format} file tells them by a profile.',
  chooseFormat: 'Choose {formats} for this image.',

  // size-search
  sizeNotMet:
    '{name} can not be as small as {limit, plural, one {# byte} other {# bytes}}: the smallest, at quality {quality}, has {bytes}.',

  // write
  noSizeOfLossless: '{format} keeps every pixel and has no quality to fit a size with.',

  // output-place
  wouldOverwrite: 'The output would overwrite the original {name}.',
  outputIsFolder: '{path} is a folder; an output needs a file name.',
  existsAlready: '{name} exists already in {folder}.',
  canNotBeWritten: '{name} can not be written: {reason}.',
  diskFull: 'the disk is full (temporary files go to {folder}, or where HOURGLASS_TEMP says)',
  quotaUsedUp: 'the quota of the disk is used up',
  folderNotWritable: 'the folder may not be written to',
  diskReadOnly: 'the disk is read-only',
  nameTooLong: 'the name is too long',
  partOfPathIsFile: 'a part of its path is a file, not a folder',

  // temporaries
  noTemporarySpace:
    '{what} needs {needed} MB of temporary space in {folder}, where {free} MB are free.',
  freeTemporarySpace: 'Free some space there, or let HOURGLASS_TEMP name a folder on another disk.',

  // colour/description
  codePoints: 'code points',
  gammaAndPrimaries: 'gAMA and cHRM',

  // content
  eightBits: '8 bits per sample',
  profileSaysHow: 'a colour profile says how its values shall look',
  hasColours: 'it has colours',
  oneDeepTone: 'one tone of more than 8 bits, without a colour profile',

  // display-range
  signedRange:
    'The values have a sign; the screen shows {low} to {high} as black to white. Files keep their stored values.',
  floatRange:
    'The values are not those of a picture from 0 to 1; the screen shows {low} to {high} as black to white. Files keep their stored values.',
  bitsRange:
    '{bits, plural, one {# bit of the 16 stored is} other {# bits of the 16 stored are}} used; the screen shows {low} to {high} as black to white. Files keep their stored values.',
});
