/** What runtime says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../contract/sentences/index.ts';

export const say = defineSentences('runtime', {
  // card
  mustPlainFileName: 'must be a plain file name',
  modelCard: 'The model card {path} {what}.',
  canNotRead: 'can not be read',
  notValidJson: 'is not valid JSON',
  wholeFile: '(whole file)',
  wrongField: 'has a wrong field {path}: {message}',
  idWhichNotNameFolder: 'has the id “{id}”, which is not the name of its folder',
  outputCellDoesNotDivide: 'has an output.cell that does not divide input.multipleOf',

  // checks
  answeredWithValuesNotNumbers: 'answered with values that are not numbers',
  answeredWithOneValueFor: 'answered with one value for the whole tile',

  // choose
  notCheckedYet: 'Not checked yet.',
  modelDoesNotExistIn:
    'The model {id} does not exist in 8 bits; choose the precision auto or fp32 for it.',
  autoOrFp32OnDevice: 'auto or fp32 on the device {device}',
  deviceCanNotUsed: 'The device {choice} can not be used: {reason}',
  deviceDoesNotExistHere: 'The device {choice} does not exist here; there are {known}.',
  noDeviceCanUsed: 'No device can be used: {known}',

  // cpu
  cpu: 'CPU ({count, plural, one {# core} other {# cores}})',
  cpuNamed: 'CPU ({name}, {count, plural, one {# core} other {# cores}})',

  // agreement
  computesOtherwise: 'computes {id} otherwise than the processor does (by {levels} of 255 levels)',

  // inference
  triedFirstAndLeftBecause: '{label} was tried first and left because it {reason}.',
  afterPartResultHadBeen: ', after part of the result had been delivered',
  partResultHadBeenDelivered: '{label} {message}; part of the result had been delivered already.',
  modelFileCanNotLoaded: 'The model file {path} can not be loaded: {message}.',

  // model-store
  modelMadeForNotOne: 'The model {id} is made for {madeFor}; it is not one network from pixels.',
  modelNotMadeFor: 'The model {id} is not made for {madeFor}.',
  thereNoModelInstalled: 'There is no model “{id}”; installed are: {list}.',
  added: '{id} (added)',
  addedModelNotUsedId:
    'The added model {id} is not used: its id {id} is that of a model of Hourglass.',
  removeFolderAndAddNetwork: 'Remove its folder, and add the network again under another id.',
  folderModelsCanNotRead: 'The folder of models {folder} can not be read.',
  modelFileCanNotRead: 'The model file {path} can not be read.',
  modelFileDoesNotMatch:
    'The model file {path} does not match its card: its SHA-256 begins with {actual}, the card says {sha256}.',

  // pipeline
  tileOn: 'Tile {done} of {length} on {label}',
  failedOutMemoryForBuffers: 'failed: out of memory for the buffers of a tile',
  tileChosenNotWaiting: 'A tile was chosen that is not waiting.',
  didNotAnswerForTile:
    '{label} did not answer for tile {index} of {length} ({side} × {side} pixels)',
  failed: 'failed: {error}',
  failedMessage: 'failed: {message}',

  // probe/check-model
  codecGivesOther:
    'A drawn picture does not come back from its latents: at least {least} dB are expected.',
  codecShape: 'Its {network} gives [{found}] where [{wanted}] is expected.',
  onnxRuntimeCanNotRun: 'ONNX Runtime can not run it: {error}.',
  weightsLieInOtherFiles:
    'Its weights lie in other files (external data). Export it as one file, or join them with onnx.save_model(onnx.load(…), …).',
  whiteNoiseOnDrawnPicture: 'White noise on a drawn picture: {gains}.',
  pixelStillMattersAwayWhich: 'A pixel still matters {halo} away, which is as far as was looked.',
  withBorderTilesDifferFrom:
    'With a border of {halo}, tiles differ from the whole picture by at most {levels} of 255 levels.',
  cleansAboutMegapixelsPerSecond:
    'It cleans about {megapixelsPerSecond} megapixels per second on this processor.',
  addedByYouHourglassRun:
    'Added by you: Hourglass has run it on a drawn picture with white noise; how well it cleans photographs was not measured.',
  takesNoNoiseMapDecides: 'It takes no noise map: it decides itself how much to clean.',
  looksFartherThanWhereTiles:
    'It looks farther than {halo}: where tiles meet, steps of up to {levels} of 255 levels are possible.',
  takesPictures:
    'It takes {channels, plural, =3 {colour} other {one-tone}} pictures {noiseMap, select, true {with a noise map} other {and nothing else: it decides itself how much to clean}}.',
  takesPicturesAnySize: 'It takes pictures of any size.',
  takesSidesMultiplesPicturesMirrored:
    'It takes sides that are multiples of {multipleOf}; pictures are mirrored to fit.',
  pixels: '{count, plural, one {# pixel} other {# pixels}}',
  inputChannelsSoLastOne:
    'Its input “{input}” has {channels} channels, so the last one should be a noise map, but it changes nothing. Export it with {imageChannels}.',
  doesNotCleanDrawnPicture:
    'It does not clean: a drawn picture with white noise of {sigma} of 255 levels has {before} dB, and {after} dB after it. It must take and return pictures from 0 to 1{noiseMap, select, true {, with the noise level on the same scale,} other {}} and return the cleaned picture, not the noise.',
  levelsDb: '{sigma} levels {before} → {after} dB',

  // probe/check
  itDid: 'It {problem}.',
  answerDiffersFromCpusBy: 'Its answer differs from the CPU’s by {worst}; {tolerance} is allowed.',
  passedCheck: 'Passed its check.',
  answersLikeCpuLargestDifference: 'Answers like the CPU: the largest difference is {worst}.',
  noGraphicsAdapterWithWorking: 'No graphics adapter with a working driver was found.',
  onnxRuntimesPartForNot: 'ONNX Runtime’s part for {device} is not installed.',
  failedCheck: 'It failed its check: {words}.',

  // probe/model-ports
  expectedOneInputFloat32N:
    'Expected is one input, float32 [N, channels, height, width] with 1 or 3 channels of a picture from 0 to 1, and one more where it takes a noise map, and one output with the cleaned picture.',
  inputTakesPicturesAtOnce:
    'Its input “{name}” takes {batch} pictures at once ({input}); export it for one.',
  openNumber: 'an open number of',
  inputChannelsExpected1One:
    'Its input “{name}” has {count} channels ({input}); expected are 1 (one tone), 3 (colour), 2 or 4 (the same with a noise map){seems, select, last {; it seems to have its channels last, and they must come second} other {}}.',
  inputTakesPicturesOneSize:
    'Its input “{name}” takes pictures of one size only ({input}). Export it with open height and width (dynamic axes).',
  hasPorts: 'It has {count} {what, select, input {inputs} other {outputs}}{named}. {expected}',
  type: 'of type {type}',
  noTensor: 'no tensor',
  expectedFloat32: 'Its {what} “{name}” is {found}; expected is float32.',
  dimensionsExpectedFourNChannels:
    'Its {what} “{name}” has {length} dimensions ({port}); expected are four: [N, channels, height, width].',

  // graphs
  graphFailed: 'A step of the training failed: {reason}.',
  graphHung: 'a step of the training was not answered in time',

  // probe/subject
  outputMustPictureInputsSize:
    'Its output “{output}” must be a picture of the input’s size: for one of {wanted} it gave {shape}.',
  onnxRuntimeCanNotRunOn: 'ONNX Runtime can not run it on pictures of {side} × {side}: {error}.',
  outputMustPictureInputsSizeFor:
    'Its output “{output}” must be a picture of the input’s size: for {side} × {side} pixels it gave {shape}.',

  // tensors
  colourPictureCanNotRead: 'A colour picture can not be read as one plane.',

  // thread-call
  decodingTookTooLong: 'Decoding {name} took longer than {seconds} seconds.',
  noMemoryToDecode: 'There is not enough memory to decode {name}.',
  decoderBrokeOff: '{name} is damaged: its decoder broke off.',

  // throw-away
  checkDidNotEndWithin: 'Its check did not end within {seconds} seconds.',
  checkEndedUnexpectedly: 'Its check ended unexpectedly ({reason}).',

  // tiling
  picturePixelsCanNotTiled: 'A picture of {width} × {height} pixels can not be tiled.',
  multipleAtLeast: 'a multiple of {multipleOf} of at least {request}',

  // words
  withoutReason: 'without a reason',

  // training-data/words
  unlike:
    'This picture is unlike what “{title}” learnt from: {how}. How well it does here was not tried: compare with the original.',
  unlikeSome:
    '{count} of {of, plural, one {# picture that was looked at now is} other {# pictures that were looked at now are}} unlike what “{title}” learnt from: {how}. What is said of them was not tried.',
  sawImages: '{count, plural, one {# image} other {# images}}',
  sawTones: '{tones, select, both {gray and in colour} gray {gray} other {in colour}}',
  sawPhotos: 'photos',
  sawScans: 'scans',
  sawScansOf: 'scans ({kinds})',
  sawNoise: 'noise of up to {to} levels',
  unlikeTones:
    '{tones, select, 1 {it is gray, and pictures in colour were learnt from} other {it is in colour, and gray pictures were learnt from}}',
  unlikeFamily:
    '{family, select, scan {its values were measured, as those of a scan, and photos were learnt from} other {it is a photo, and scans were learnt from}}',
  unlikeModality: 'it is {modality}, and {known} were learnt from',
  unlikeBits: 'it has {bits} bits a sample, and at least {from} were learnt from',
  unlikeNoise: 'its noise is about {noise} levels (read or given), and up to {to} were learnt',
  unlikePixelSize: 'a pixel of it is {size} mm wide, and {from} to {to} mm were learnt from',
  unlikeLooks: 'as a whole it looks otherwise ({how})',
  looksMixture: 'in the mixture of its brightness, contrast and structure',
  looksDarker: 'darker',
  looksBrighter: 'brighter',
  looksFlatter: 'less contrast',
  looksHarder: 'more contrast',
  looksMuchBlack: 'much that is black',
  looksMuchWhite: 'much that is white',
  looksFewShades: 'few shades',
  looksRim: 'darker in the middle',
  looksMiddle: 'brighter in the middle',
  looksEmptyRim: 'nothing along the rim',
  looksUnchanging: 'areas without any change',
  looksStraight: 'upright and level lines',
  looksPlainer: 'fewer structures',
  looksBusier: 'more structures',
  looksEdges: 'change in few places',
});
