/** What latent says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../contract/sentences/index.ts';

export const say = defineSentences('latent', {
  // card
  networksDoNotGoFrom: 'has networks that do not go from three planes of pixels to three',
  synthesisDoesNotTakeWhat:
    'has a synthesis that does not take what its analysis gives, and the step',
  cellDoesNotDivideInput: 'has a cell that does not divide input.multipleOf',

  // codec
  partsModelDoNotFit:
    'The parts of the model {id} do not fit together: its networks have {channels} latent channels, its entropy model {modelChannels}.',

  // own
  codecNotWritable: 'The codec can not be written to {folder}.',
  heldBackPictures:
    '{count, plural, one {# picture that was held back} other {# pictures that were held back}}',
  inAll: '{bytes} bytes in all',
  psnrUnit: 'PSNR, dB',

  // decode
  opening: 'Opening {name}',
  expectedPartPictureWhichPixels:
    'Expected a part of the picture, which has {width} × {height} pixels, for region but received {region}.',

  // encode
  writing: 'Writing',

  // encode-picture
  encodedAs: '{format}, encoded anew',

  // info
  checkedTile: 'Checked tile {done} of {total}',
  tileDamaged:
    'The tile in column {column}, row {row} is damaged{state, select, preview {; its preview can be read} other {}}.',
  notByteForByteWhat: '{name} is not, byte for byte, what was written.',

  // latent-store
  temporaryData: 'Temporary data',
  latentsTileNotKept: 'The latents of tile {index} were not kept.',
  fileKeptLatentsCutShort: 'The file of the kept latents was cut short.',
  picture: 'The picture',

  // layers
  compressedPicture: 'compressed picture',
  pictureInAnotherFormat: 'picture in another format',

  // open-picture
  scanCompressedWithLossValues:
    '{name} is a scan that was compressed with a loss: its values are not those of the original.',
  latentOfScan: 'the file says that it is a scan',
  columnRow: 'column {column}, row {row}',
  gray: 'gray',
  coarse: 'coarse',
  coarseOrGray: 'coarse or gray',
  damagedTilesShown: '{name} is damaged: {damaged} of {tiles} tiles are shown {how} ({places}).',

  // peer
  trying: 'Trying {format}',

  // rate-curve
  quality: 'Quality {quality}',
  measuredOnPartsPictureSizes:
    'Measured on {length} parts, {sampled} % of the picture; sizes are estimates.',

  // source
  storesNegativeValuesWhichLatent:
    '{name} stores negative values in colours or beside transparency, which a latent file can not hold.',
  exportPngAndCompress: 'Export it as PNG, and compress that.',
  storedInFloats: 'stored in floats',
  scan: 'a scan ({reason})',
  whoseValuesLatentFileDoes: '{name} is {what}, whose values a latent file does not keep exactly.',
  allowWithScansIfPicture:
    'Allow it (`--scans`) if a picture to look at is enough; keep the original.',
  holdsValuesLatentFileDoes:
    '{name} holds values that a latent file does not keep exactly; the file is marked as lossy. Keep the original.',
  storesBitsPerSample:
    '{name} stores {bits} bits per sample; a latent keeps of them what the quality allows, about 8 to 10, and decodes to {decoded}.',

  valuesThatAreNoNumbers:
    '{name}: {count, plural, one {# value is no number or is infinite: it becomes} other {# values are no numbers or infinite: they become}} the nearest that there is.',

  // write-tiles
  largerThanSource: 'The file is larger than its source ({bytes} against {sourceBytes} bytes).',
  codingTile: 'Coding tile {index} of {total}',
});
