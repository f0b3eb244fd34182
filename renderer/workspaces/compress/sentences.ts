/** What compress says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../../app/contract/sentences/index.ts';

export const say = defineSentences('compress', {
  pastedSettings: 'settings pasted',
  resetSettings: 'settings reset',
  consentWords: 'loss of accuracy',
  settingsInWords:
    '{way, select, size {at most {size}} other {quality {quality}}}{clean, select, off {} auto {, cleaned first as suggested} other {, cleaned first at {strength} %}}{codec, select, usual {} other {, network “{title}”}}',

  // ChartPanel
  sizeByQuality: 'Size by quality',
  pictureBeforeMeasuredAnew: 'Of the picture before. It is measured anew.',
  sizesOnChartEstimatesFrom: 'Sizes on the chart are estimates from {percent} of the picture.',
  tryAgain: 'Try again',
  measuringSizesForChart: 'Measuring sizes for the chart…',
  measureSizesForChart: 'Measure sizes for the chart',
  chartFollowsWhenPictureMade: 'The chart follows when the picture is made.',

  // CleanFirstPanel
  off: 'Off',
  pictureWithNoise: 'The picture as it is, with its noise',
  suggested: 'Suggested',
  stronglyNoiseSuggests: 'As strongly as its noise suggests',
  percent: 'Percent',
  byPercentMeasuredNoise: 'By percent of the measured noise',
  cleanFirst: 'Clean first',
  strength: 'Strength',
  percentMeasuredNoise: '{strength} percent of the measured noise',
  noiseStoredLikeDetailCleaning:
    'Noise is stored like detail. Cleaning first keeps it out, so the file becomes smaller at the same quality.',
  noiseRemovedBeforePictureStored:
    'The noise is removed before the picture is stored and can not be had back. The difference shows both, what was cleaned and what was lost.',

  // ComparePanel
  originalChoice: 'Original',
  compareWith: 'Compare with',
  format: 'Format',
  size: 'Size',
  psnr: 'PSNR',
  latentQuality: 'Latent, quality {quality}',
  peerQuality: '{format}, quality {quality}',
  twoPsnrNotComparableMeasured:
    'The two PSNR are not comparable: {format} is measured against the original, the latent file against the cleaned picture.',
  makingSameSize: 'Making {wanted} of the same size…',
  followsWhenSizeKnown: '{wanted} follows when the size is known.',
  exportPeer: 'Export this {format} ({size})',
  peerOff:
    '{format} has whole steps of quality only: the nearest is {percent} % {way, select, smaller {smaller} other {larger}}.',
  makeSameSize: 'Make {wanted} of the same size',

  // CompressBar
  allOtherTilesTheyWritten:
    'All other tiles are as they were written. Try to get the file again from its source.',
  resume: 'Resume',

  // DecodePanel
  exportPicture: 'Export as a picture',

  // EncodePanel
  export: 'Export',
  latentFileHglWhichHourglass:
    'A latent file (.hgl), which Hourglass opens on any machine{own, select, true { that has this network} other {}}. Colour profile, metadata, transparency and dates are kept.',
  latentChoice: 'Latent (.hgl)',
  otherFileFormat:
    '{way, select, size {The best {format} of at most {size}} other {{format} of quality {quality}}}, which other programs open. The picture on the screen is the latent file; “Compare with” shows a {format} beside it.',
  photoNotLookedAtGets:
    'A photo that was not looked at gets the best quality within its own limit, here {size}.',

  // LatentFacts
  allIntact: '{all}, all intact',
  intact: 'intact',
  lost: 'lost',
  someDamaged: '{damaged} of {all, plural, one {# tile} other {# tiles}} damaged',
  coarseOnly: 'coarse only',
  notChecked: 'not checked',
  floatDepth: '32 bit float',
  depth: '{bits} bit',
  madeFromDepth: '{depth}, {tones, select, 1 {gray} other {colour}}',
  notCleaned: 'No',
  latentFile: 'Latent file',
  scanStoredWithLossBecause:
    'A scan, stored with a loss because that was allowed. Do not measure on it.',
  madeForWhichNotInstalled: 'It was made for {id} {version}, which is not installed here.',
  qualityFact: 'Quality',
  bitsPerPixel: '{bytes}, {bitsPerPixel} bits per pixel',
  madeFrom: 'Made from',
  cleaned: 'Cleaned',
  model: 'Model',

  // CodecPanel
  codec: 'Network',
  ownCodecNeeded:
    'A network of your own: whoever opens these latent files needs it too. How it does beside the general one stands with its training, in Learn.',

  // codecs
  usualCodec: 'General, came with Hourglass',
  codecGone: '{id} (no longer there)',
  tiles: 'Tiles',
  tilesNotChecked: '{tiles}, not checked',
  kept: 'Kept',
  writtenBy: 'Written by',
  sha256AllLatentsSame: 'SHA-256 of all latents, the same on every machine',
  fingerprint: 'Fingerprint',
  notKnown: 'Not known',
  sizeEachTile: 'Size of each tile',
  columnRow: 'Column, row',
  share: 'Share',
  state: 'State',
  compressedAlreadyDoingAgainWould:
    'It is compressed already: doing it again would only lose more, so there is no quality to choose.',
  fileCouldNotOpened: 'The file could not be opened.',
  checkingFile: 'Checking the file…',

  // QualityPanel
  qualityDecidesSizeFollows: 'The quality decides, the size follows',
  sizeLimitBestQualityFound: 'The size is the limit, the best quality is found',
  whatDecides: 'What decides',
  sizeExample: '500 KB',
  quality: 'Quality',
  qualityInWords: 'quality {quality} of 100',
  usual: 'Usual',
  typeLargestSize: 'Type the largest size that the file may have.',
  typeLargestSizeNow: 'Type the largest size that the file may have; it has {size} now.',
  lookingForBestQuality: 'Looking for the best quality…',
  useTheseSettingsForAll:
    'Use these settings for all {photos, plural, one {# photo} other {# photos}}',
  resetToUsualSettings: 'Reset to the usual settings',

  labelWords:
    '{size}, quality {quality}{clean, select, yes {, cleaned first} other {}}{codec, select, usual {} other {, {title}}}',
  makingKept: 'Making the kept result again',
  keptChoice: 'Kept',
  keptBeside: 'The result that you kept: {words}.',

  peersOnChart:
    'The other formats are drawn as they were measured for “Compare with”, each at the quality of a latent file with the same PSNR: below the line they are smaller.',
  noPeersOnChart: 'No other format was measured yet: what “Compare with” makes is drawn here too.',
  peersNotComparable:
    'Other formats are not drawn while the picture is cleaned first: their PSNR is measured against another picture.',
  peerRow: '{format} {quality}',
  peerMark: '{format}, {size}, {psnr}',

  // RateChart
  pointed: 'Quality {quality}: {size}',
  pointedPsnr: 'Quality {quality}: {size}, {psnr}',
  about: 'about {value}',
  qualityOnChartSizes: 'Quality, on the chart of sizes',
  qualityAxis: 'quality',
  source: 'source',
  table: 'As a table',

  // ResultPanel
  compressed: 'Compressed',
  result: 'Result',
  nothingCompressedBeforeYouAllow: 'Nothing is compressed before you allow it.',
  beingMade: 'Being made…',
  useQualityWhichShouldSmaller: 'Use quality {quality}, which should be smaller',
  noQualityMakesSmallerKeep: 'No quality makes it smaller: keep the file that you have.',
  sourceBytes: 'Of the source, {bytes}',
  bitsPerPixelTitle: 'Bits per pixel',
  peakSignalToNoiseRatio: 'Peak signal-to-noise ratio in 8 bits, red, green and blue together',
  profileAndMetadata: 'Profile and metadata',
  cleanedFirstPsnrMeasuredAgainst:
    'Cleaned first: {cleaned}. The PSNR is measured against the cleaned picture.',

  largestError: 'Largest error',
  largestErrorMeans:
    'The largest difference of a value from the one that was measured; padding, which is kept, does not count',
  lossless: 'Lossless instead',
  losslessMeans:
    'The same pixels as JPEG-LS, which loses nothing: Clean exports them at strength 0 as DICOM with JPEG-LS',

  // LatentFacts
  valuesFact: 'Values',

  // ScanConsent
  scan: 'Scan',
  looksLikeScanValuesMay:
    'This looks like a scan ({depth}): its values may have been measured, and compressing changes them.',
  floats: 'Floats',
  storedInFloats:
    'This picture is stored in {depth}: compressing does not keep its values exactly.',
  allowLoss: 'Allow loss for this {what, select, scan {scan} other {picture}}',
  fileThenMarkedLossyKeep:
    'The file is then marked as lossy, and the largest error is said. Keep the original for measuring and for diagnosis; lossless is JPEG-LS, whose size stands beside the result.',

  // desk
  dropPhotosHereAndSee: 'Drop photos here and see how small they become',
  difference: 'Difference',
  becomesCompressed: 'compressed',
  makingOtherFormat: 'Making the other format',
  measuringSizes: 'Measuring sizes',
  compressing: 'Compressing',
  compressingPercent: 'Compressing, {percent}',
  switchOnAllowLoss:
    'Switch on “Allow loss for this {what, select, scan {scan} other {picture}}” if a picture to look at is enough.',

  // layers
  changed: 'Changed',
  whatWasChanged: 'what was changed',
  partlyDecoded: 'Partly decoded',
  compressedPicture: 'compressed picture',

  // words
  decibels: '{psnr}\u00a0dB',
  through: ', {share}',
  damaged: 'Damaged',
  opening: 'Opening…',
  originalNotCompressedYet: 'Original, not compressed yet.',
  compressedOnWayToScreen: 'Compressed; on its way to the screen…',
  finalAtQualityWhatYou: 'Final at quality {quality}: what you see is what the file decodes to.',
  originalOnlyWhenAllowed:
    'Original. A {what, select, scan {scan} other {picture of floats}} is compressed only when you allow it.',
  originalAlone: 'Original.',
  cancelled: 'Cancelled. {shown}',
  failed: 'Failed. {shown}',
  lookingForBestQualityWithin: 'Looking for the best quality within {size}{through}…',
  showingPreviousResultWhileNew: 'Showing the previous result while the new one is made{through}.',
  showingQualityWhileMade: 'Showing quality {shown} while {quality} is made{through}.',
  compressingAtQuality: 'Compressing at quality {quality}{through}…',
  original: 'This is the original.',
  partDecodedRestOriginal: 'A part is decoded; the rest is the original.',
  resultBefore: 'This is the result before.',
  resultAtQuality: 'This is the result at quality {quality}.',
  checkingTilesLatentFile: 'Checking the tiles of this latent file…',
  decodedFileCouldNotChecked: 'Decoded. The file could not be checked.',
  decodedFromLatentFile: 'Decoded from a latent file.',
  decodedTilesDamagedNamedAbove: 'Decoded; the tiles that are damaged are named above.',
  modelCouldCheckLatentFile: 'The model that could check this latent file is not installed.',
  decodedFromLatentFileEvery: 'Decoded from a latent file; every checksum is right.',
  decodedSomethingElseThanTiles: 'Decoded; something else than its tiles is damaged.',
  colourProfile: 'colour profile',
  exif: 'EXIF',
  xmp: 'XMP',
  iptc: 'IPTC',
  resolution: 'resolution',
  transparency: 'transparency',
  padding: 'padding',
  pngColour: 'PNG colour',
  scanHeader: 'scan header',
  noteCleaning: 'note of cleaning',
  fileDate: 'file date',
  noMetadata: 'No metadata',
  tileAt: 'column {column}, row {row} ({state, select, preview {coarse} other {gray}})',
  tilesDamaged:
    '{damaged} of {tiles, plural, one {# tile} other {# tiles}} {damaged, plural, one {is} other {are}} damaged: {named}.',
  tilesDamagedMore:
    '{damaged} of {tiles, plural, one {# tile} other {# tiles}} {damaged, plural, one {is} other {are}} damaged: {named}; and {more} more.',
  largeSource: 'As large as the source, {sourceBytes}.',
  largerThanSourceWhich: 'Larger than the source, which has {sourceBytes}.',
  qualityBestFits: 'Quality {quality} is the best that fits.',
});
