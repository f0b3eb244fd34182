/** What learn says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../contract/sentences/index.ts';

export const say = defineSentences('learn', {
  // settings
  nothingOfKind: 'nothing, because a {kind} network has no such option,',
  oneOf: 'one of {values}',
  multipleOf: 'a multiple of {step} of at least {least}',
  asBegun:
    'This training was begun with {name} {begun}, and can not go on with {value}: it would be another one.',
  beginAnother: 'Leave the option out, or begin another training in another folder.',

  // images
  sameAs: 'Its content is that of {twin}.',
  tooSmall: 'It has {width} × {height} pixels; squares of {side} pixels are learnt from (--patch).',
  nothingInIt: 'All of its pixels have the same value.',
  tooFewImages:
    'Expected at least two images of {side} × {side} pixels or more to learn from, one of which is held back, but found {count}.',
  firstLeftOut: 'The first one that was left out is {name}: {reason}',
  moreImages: 'Name a folder with more images.',
  fewImages:
    'There are only {count} images: a network learns so few by heart. Twenty or more would teach it what they have in common.',
  ofPatients:
    'There are DICOM images among them. A network can hold traces of the images that it learnt from: treat it as you treat them.',
  grayAmongColour:
    '{count, plural, one {# gray image is} other {# gray images are}} shown in three equal channels, because others are in colour.',
  someOfMany: 'Of {count} images {most} are used, chosen by the seed: more do not fit into memory.',

  // together
  heldTogether:
    '{kind, select, patient {Scans of one patient} study {Scans of one study} series {Slices of one series} other {Photos of one burst}} are much alike, and held back or learnt from together: of {count} {kind, select, patient {{count, plural, one {patient} other {patients}}} study {{count, plural, one {study} other {studies}}} series {series} other {{count, plural, one {burst} other {bursts}}}} {heldBack, plural, =0 {none is held back} one {# is held back ({images, plural, one {# image} other {# images}})} other {# are held back ({images, plural, one {# image} other {# images}})}}.',
  allOfOne:
    'All images are of one {kind, select, patient {patient} study {study} series {series} other {burst}}, so that nothing else can be held back: images of it that were held back are much like those that are learnt from, and the error on them is lower than it will be on others.',
  fewGroups:
    'There are only {count} groups of images that are not of one patient, study, series or burst: what held-back ones tell hangs on few of them.',
  heldApart:
    'This training was begun when images of one patient, study, series or burst were not yet held back together. It goes on with the same ones held back, and the error on them is lower than it will be on others.',

  // trainer
  training: 'Step {step}',
  cameToNothing:
    'The training has come to nothing at step {step}: its error is no number any more.',
  smallerRate: 'Begin again with a lower --rate, {rate} for example.',

  // checkpoint
  stateNotReadable: 'The state of the training can not be read: {path}.',
  stateDamaged: '{path} is no state of a training, or is cut short.',
  useACopy: 'Nothing can be made of it any more: take a copy of the training, or begin another.',

  // learn
  isOver: 'This training has ended after {steps} steps.',
  moreSteps: 'To go on, ask for more with --steps or --minutes.',
  nothingToResume: 'There is no training in {out} that could go on.',
  withoutResume: 'Leave out --resume to begin one, or name the folder of another.',
  folderTaken: 'There is a training or a network in {out} already.',
  resumeOrOther: 'Go on with it with --resume, or name another folder.',
  folderInUse: 'Another training is being written to {out} at this moment.',
  waitOrOther: 'Wait until it has ended, or name another folder.',
  notWritable: 'The training can not be written to {out}.',
  otherImages:
    'The images are not those that this training was begun with: {fresh} are new or changed, {gone} are gone.',
  sameImages: 'Give it the same images, or begin another training in another folder.',
  noiseFound:
    'Neighbouring pixels share their noise with a correlation of {correlation}: {way, select, recorrupted {two images are made of each, with more of its own noise} half {the four images of half the size are learnt from} other {single pixels are hidden}}.',
  noSpectrum:
    'pixel or half, because {tones, plural, one {too few places of the images are calm enough to measure the noise in, or it is blurred too far} other {the images have colours}},',

  otherDevice:
    'It goes on on {device}, and was computed by {before} before: not bit for bit what it would have been there.',
  deviceAgrees:
    'Computed by {device}: its first step differs from the processor’s by {difference} of the gradient.',
  deviceDiffers:
    'The first step on {device} differs from the processor’s by {difference} of the gradient or the loss, and at most {most} is rounding: nothing is trained on it.',
  deviceFails: 'The first step on {device} has failed: {reason}',
  trainOnCpu: 'Train on the processor (leave out --device), or try again with a newer driver.',

  // quality
  cleaned: 'white noise of {sigma} levels, cleaned',
  recorrupted: 'noise that is taken away, as one noisy image tells of the other',
  hiddenPixels: 'hidden pixels of the noisy images, found from those around them',
  psnr: 'PSNR, dB',
  decoded: 'images decoded from their code',
  noisy: 'not cleaned',
  blur: 'the best Gaussian blur ({sigma} pixels)',
  noiseFloor: 'the noise itself, which nobody can find',
  pca: 'principal components ({width})',
  noBetterThan:
    'On held-back images {name} reaches {value} {unit, select, percent {%} other {dB}}, this network {network} {unit, select, percent {%} other {dB}}.',
  percent: '%',
  twins: 'views of images that find the other view of the same image among the {views} of a batch',
  small: 'the views themselves, made as small as 8 × 8 pixels',
  unusedUnits: '{count} of {of} units of the code are not used (less than 0.01 nats): {units}.',
  activeUnits: '{share} % of the units of the code are on at a time.',
  memorised:
    'It began to learn the images by heart: the error on held-back ones rose after step {step}, whose network was kept.',

  // latents
  codeTooCoarse:
    'A number of its code stands for {side} × {side} pixels; latent files can be made where that is 8 × 8 at most (depth 3).',
  codeTooWide:
    'Its code has {codes} numbers for 8 × 8 pixels; a codec for latent files is made where there are {most} at most.',
  tooSmallForCodec:
    'The images are too small for a codec of their own: squares of {side} pixels are wanted.',
  makingCodec: 'Making a codec of it',
  noCodecMade: 'No codec could be made of it: {reason}',
  codecPurpose: 'Compresses images like those that it learnt from into latent files (.hgl).',
  colourInSquares:
    'It learnt from gray images: of colour it keeps the means of squares of 8 × 8 pixels.',
  asLatentFiles: 'the held-back images as latent files of {bytes} bytes together',
  generalCodec: 'the general codec at this size',
  codecBeside:
    '{larger, plural, =0 {As latent files these images are smaller by this network than by the general one, at every size that was tried.} other {The general codec gives more at {larger} of {of} sizes that were tried: for these images this network’s latent files are larger.}}',

  // sample
  noTrainingThere: 'There is no training in {training} that something could be made with.',
  hasNoCode: 'A network of the kind {kind} cleans pictures, and has no code to compare them by.',
  contents:
    'A training of Hourglass, kind {kind}. training.bin: its weights, settings and curve, with which it goes on where the same pictures are at hand{ended, select, true {; model.onnx and card.json: its network, and what it came to} other {}}{codec, select, true {; latent: a codec made of it} other {}}. No picture is in it, and no name of one: of the {learnt, plural, one {# picture} other {# pictures}} that were learnt from and the {heldBack, plural, one {# that was} other {# that were}} held back it holds the SHA-256, by which who has one can tell that it was among them. A network can hold traces of what it learnt from.',
  rebuildsNothing:
    'A network of the kind {kind} gives no picture back through a code, so that nothing is told by what it can not give back.',
  needsWayBack:
    'Name a training of the kind convolutional, linear, basic, sparse or variational, on good pictures.',
  needsCode: 'Name a training of another kind; siamese learns what is alike.',
  makesNothing:
    'A {kind} network makes no new pictures: its codes follow no distribution that could be drawn from.',
  needsVariational: 'Train one of the kind variational.',
  twoEnds: 'two pictures, or none',
  unitOrWay: 'either a unit that is moved or two pictures between which the way is gone',
  asPng: 'a name that ends in .png',
  unitOf: 'a unit from 1 to {width}',
  endTooSmall:
    '{name} has {width} × {height} pixels; the network describes squares of {side} pixels.',
  noneLearnt: 'None of these pictures was learnt from: nothing nearest can be shown.',
  giveLearnt: 'Name the folder that the training learnt from.',
  sampleThere: '{path} is there already.',
  nameAnother: 'Name another file.',
  sampleNotWritable: '{path} can not be written.',
  madeSamples: 'generated by a variational network, seed {seed}, temperature {temperature}',
  madeWay: 'generated by a variational network, the way between two codes',
  madeUnit: 'generated by a variational network, unit {unit} moved',
  withNearest: '{made}; below each row the nearest pictures that were learnt from',

  // result-card
  purpose:
    '{task, select, denoise {Cleans images like those that it learnt from} other {Describes images like those that it learnt from by a short code}} ({kind}).',
  ownLicence: 'not stated',
  heldBackSet: 'images that were held back',
  rangeRule:
    'From black (0) to white (1) of the file’s scale; measured values of more than 8 bits from their percentile 0.1 to 99.9.',
  learntFrom:
    'Learnt from {count, plural, one {# image} other {# images}} of its maker: on others nobody has measured it. It can hold traces of them.',

  // export-tfjs
  noTraining: '{folder} holds no training: expected is a folder that train has written.',
  whatTrainWrites: 'Name the folder of a training, with training.bin in it.',
  modelThere: '{path} is there already.',
  otherFolder: 'Name another folder with --out.',
  noSuchLayer:
    'A network of the kind siamese can not become a layers model: TensorFlow.js has no layer that makes a vector of length 1.',
  useItsOnnx: 'Its network is in model.onnx, for other programs too.',
});
