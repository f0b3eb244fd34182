/** What container says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('container', {
  // alpha
  bitsPerSample: 'has {bits} bits per sample',
  rowWithUnknownFilter: 'has a row with an unknown filter',

  // bytes
  endsEarly: 'ends early',
  numberNotInShortForm: 'has a number that is not in its short form',
  numberTooLarge: 'has a number that is too large',
  textBytesAtMostAllowed: 'has a text of {length} bytes, at most {most} are allowed',
  textNotUtf8: 'has a text that is not UTF-8',
  textWithControlCharacters: 'has a text with control characters',

  // chunks
  packedInUnknownWay: 'is packed in an unknown way',
  declaresBytesAtMostAllowed: 'declares {length} bytes; at most {most} are allowed',
  declaresMoreBytesThanCan: 'declares more bytes than it can hold',
  canNotUnpacked: 'can not be unpacked',
  unpacksToAnotherLengthThan: 'unpacks to another length than it declares',

  // directory
  directoryDoesNotMatchChecksum: 'its directory does not match its checksum',
  directory: 'its directory',
  partNotKnownHere: 'it has a part “{type}” that is not known here',
  declaresChunksForWhichNo: 'declares {chunkCount} chunks, for which it has no room',
  listsChunkWithoutProperType: 'lists a chunk without a proper type',
  listsChunksForRows: 'lists {bands} chunks “{type}” for {rows} rows of tiles',
  noRoomForTilesPixels: 'has no room for the {count} tiles of {width} × {height} pixels',
  declaresStreamTileLargerThan:
    'declares a stream of tile {index} that is larger than its pixels can need',
  longerThanEntries: 'is longer than its entries',

  // header
  canNotHoldWhatHeader: 'can not hold what its header should say',
  cutShortInsideHeader: 'it is cut short inside its header',
  formatVersion: 'it has format version {version}',
  headerFormatVersion0: 'its header has format version 0',
  usesFeatureNotKnownHere: 'it uses a feature that is not known here',
  header: 'its header',
  headerHoldsMoreThanKnown: 'its header holds more than is known here',
  headerDoesNotMatchChecksum: 'its header does not match its checksum',
  declares: 'declares {what}',
  unknownTypeSamples: 'an unknown type of samples',
  pixels: '{width} × {height} pixels',
  tilePixels: 'tiles of 2^{tileBits} pixels',
  quantiserStep: 'the quantiser step {step}',
  quality: 'the quality {quality}',
  bitDepth: '{bitDepth} bits per sample',
  narrow: '{bitDepth} used bits in samples that can not have fewer than all',
  orientation: 'the orientation {orientation}',
  networkWithoutProperName: 'a network without a proper name',
  valuesOfNoScan: 'measured values of a picture that is no scan of one tone',

  // measured
  valuesOfVersion0: 'has a part about measured values of version 0',
  valuesContradict: 'says of measured values what can not be',

  // metadata
  colourProfile: 'colour profile',
  exifData: 'EXIF data',
  xmpData: 'XMP data',
  iptcData: 'IPTC data',
  headerScan: 'header of the scan',
  resolution: 'resolution',
  date: 'date',
  colourDescription: 'colour description',
  recordCleaning: 'record of cleaning',
  tooLong: 'is too long',
  wrongLength: 'has a wrong length',
  outRange: 'is out of its range',
  doesNotMatchChecksum: 'does not match its checksum',
  damagedAndLeftOut: 'The {what} of {name} is damaged and is left out.',

  // problems
  notLatentFileDoesNot: '{name} is not a latent file: it does not begin as an .hgl file does.',
  checkRightFileAndNot:
    'Check that it is the right file, and that it was not changed on its way (as text).',
  madeByNewerHourglassOne:
    '{name} was made by a newer Hourglass: {what}. This one reads format version 1.',
  updateHourglassToOpen: 'Update Hourglass to open it.',
  damaged: '{name} is damaged: {what}.',
  needsNetworkWhichNotInstalled: '{name} needs the network {needs}, which is not installed.',
  updateHourglassOrInstallNetwork:
    'Update Hourglass, or add that network: the codec of a training comes with a copy of the training.',
  needsNetworkWithFingerprintOne:
    '{name} needs the network {needs} with the fingerprint {fingerprint}; the one installed has the same version but other weights ({installed}).',
  installHourglassAgainOrNetwork:
    'Add the network with which the file was made; where it came with Hourglass, install Hourglass again.',
  madeByNewerHourglassNeeds:
    '{name} was made by a newer Hourglass: it needs the network {needs}, and {version} is installed.',
  needsNetworkAndOnlyInstalled:
    '{name} needs the network {needs}, and only {version} is installed.',
  installVersionNetworkBeside: 'Install version {version} of the network beside it.',

  // read
  cutShort: '{name} is cut short: {missingBytes} bytes are missing.',
  cutShortTiles:
    '{name} is cut short: {missingBytes} bytes are missing, and with them parts of {hurt} of {tiles} tiles.',
  file: 'The file',
  notRegularFileAndNot: '{name} is not a regular file and is not read.',
  empty0Bytes: 'it is empty (0 bytes)',
  noDirectory: 'it has no directory',
  cutShortInsideDirectory: 'it is cut short inside its directory',
  pixelsMegapixelsLimit:
    '{name} has {width} × {height} pixels ({megapixels} megapixels); the limit is {most}.',
  becameShorterWhileRead: 'it became shorter while it was read',
  noTile: '{name} has no tile {index}.',
  noBandOfRow: '{name} has no part {type} of row {tileRow}.',
  transparencyDamagedFromLineOn:
    'The transparency of {name} is damaged from line {tileRow} on, for {rows} lines; they are shown opaque.',
  paddingDamagedFromLineOn:
    'What {name} says of padding is damaged from line {tileRow} on, for {rows} lines; padding there has come out as measured values.',

  // spool
  temporaryData: 'Temporary data',
  temporaryFileBecameShorter: 'A temporary file became shorter.',

  // write
  latentFile: 'A latent file {message}.',
  tile: 'Tile',
  streamTileLongerThanBytes: 'A stream of tile {index} is longer than {most} bytes.',
  alphaOfRow: 'Alpha of row',
  paddingOfRow: 'Padding of row',
  expectedBandPixels: 'Expected values of {width} × {rows} pixels.',
  latentFileCameTwiceOr: '{what} {index} of a latent file came twice or is not one of it.',
  alphaRow: 'alpha of row',
  paddingRow: 'padding of row',
  latentFileFinishedTwice: 'A latent file was finished twice.',
  latentFileMissing: 'The {what} {index} of a latent file is missing.',

  // read
  oneByteHeaderOrDirectory:
    'One byte of the header or directory of {name} was damaged; it could be mended.',
  bytesAfterEndTheyNot: '{name} has {extraBytes} bytes after its end; they are not read.',
});
