/** What the Learn workspace says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../../app/contract/sentences/index.ts';

export const say = defineSentences('learning', {
  invitation: 'Train a network on your own pictures',
  becomes: 'opened in the film strip',

  // LearnView
  about:
    'An autoencoder learns what your pictures have in common: to clean pictures like them, or to describe them by a short code. It learns on this computer, without labels, and nothing leaves it.',
  chooseFolder: 'Choose a folder…',
  useStrip:
    '{count, plural, one {Use the # photo of the film strip} other {Use the # photos of the film strip}}',
  noFolders:
    'A browser shows a page no folders: open photos in the film strip first, and come back. A folder is learnt from in Hourglass’ window, or on the command line:',
  commandLine: 'hourglass train FOLDER --kind denoising --out models/mine',
  noTraining:
    'Networks are trained in Hourglass’ own window, not while files of another program are edited.',
  walking: 'Reading the folder…',
  cancel: 'Cancel',

  // Setup
  setup: 'New training',
  learnFrom: 'Pictures',
  learnFromWords: '{count, plural, one {# picture} other {# pictures}}: {from}',
  fewPictures:
    'So few pictures are learnt by heart. Twenty or more would teach the network what they have in common.',
  tooFewPictures:
    'At least two pictures are needed: one is held back, to see what was really learnt.',
  kind: 'What it learns',
  groupClean: 'To clean',
  groupDescribe: 'To describe by a short code',
  denoising: 'Clean pictures like yours',
  denoisingAbout:
    'Your pictures are clean; noise is added to them, and the network learns to take it away. Offered in Clean.',
  noise2void: 'Clean without clean pictures',
  noise2voidAbout:
    'Your pictures are noisy, and clean ones there are none: pixels are hidden, and the network learns to find them from those around. Offered in Clean.',
  convolutional: 'Convolutional code',
  convolutionalAbout: 'Whole pictures through a few channels of a quarter of the size.',
  linear: 'Linear code',
  linearAbout:
    'Small squares through a few numbers, by sums alone: it can reach principal components and not pass them.',
  basic: 'Basic code',
  basicAbout: 'The same with a hidden layer: a code that sums can not find.',
  sparse: 'Sparse code',
  sparseAbout:
    'Many numbers, of which few may be on at a time: the parts that pictures are made of.',
  variational: 'Variational code',
  variationalAbout:
    'The code is blurred, and each bit of it has a price: neighbours in the code look alike, and new pictures can be made from it.',
  siamese: 'Code that finds pictures again',
  siameseAbout:
    'Two views of a whole picture, in other light, colours and parts, shall have one code, and other pictures others.',

  // settings
  settings: 'Settings',
  moreSettings: 'More settings',
  name: 'Name',
  minutes: 'Time',
  minutesUnit: 'min',
  minutesHelp:
    'More time, a better network, until held-back pictures see nothing better: then it ends by itself.',
  computedBy: 'Computed by',
  computedByHelp: 'Another device is used only after its first step agreed with the processor’s.',
  stopEarly: 'End when it gets no better',
  width: 'Width',
  widthHelp: 'Numbers in the code: more keep more of the picture, and say less about it.',
  widthOfSquare:
    '{fits, select, both {A square has {gray} values, in colour {colour}: of those these are {share} %.} colour {A gray square has {gray} values: of gray pictures nothing would be left out.} other {A square has {gray} values, in colour {colour}: nothing would be left out.}}',
  widthByHeart:
    '{learnt, plural, one {# picture is} other {# pictures are}} learnt from: as many numbers or more can tell them apart by heart. Fewer show what they have in common.',
  widthChannelsHelp: 'Channels of the code: more keep more of the picture, and say less about it.',
  sigma: 'Noise',
  levels: 'levels',
  sigmaHelp:
    'In the middle of what it learns to clean, from none to twice that: more for high sensitivities.',
  sparsity: 'Sparsity λ',
  sparsityHelp: 'Weight of the code’s mean: more leaves fewer numbers on at a time.',
  beta: 'Weight β',
  betaHelp: 'Price of the code’s information: more gives a plainer code and a coarser picture.',
  augment: 'Views',
  augmentHelp:
    'How much two views of a picture differ in part, light, colours, sharpness and noise, from 0 to 1: more learns to overlook more.',
  temperature: 'Temperature',
  temperatureHelp: 'Less looks harder at the pictures that are nearly as alike as the right one.',
  scope: 'Seen',
  scopeHelp:
    'Squares as they are tell of surfaces; whole pictures made small tell of what is in them, where all show the same kind of thing.',
  scopeSquares: 'Squares of pictures',
  scopeWhole: 'Whole pictures, made small',
  channels: 'Channels',
  channelsHelp: 'How much the network can know: twice as many learn more, in four times the time.',
  depth: 'Depth',
  depthHalvingsHelp: 'Halvings of the picture: more look farther.',
  depthLayersHelp: 'Hidden layers before the code: more find what is less plain.',
  patch: 'Squares',
  pixels: 'px',
  patchHelp:
    'Side of the squares that are learnt from: larger ones show more at once and take longer.',
  batch: 'At once',
  batchHelp: 'Squares in one step: more make steadier, slower steps.',
  rate: 'Rate',
  rateHelp: 'How far each step goes: too much comes to nothing, too little takes for ever.',
  seed: 'Seed',
  seedHelp: 'The same seed on the same pictures gives the same network.',
  loss: 'Error',
  lossHelp: 'What counts as wrong: squares punish large errors, absolute ones keep edges.',
  lossMse: 'Squared',
  lossL1: 'Absolute',
  lossBce: 'As probabilities',
  blind: 'Hidden',
  blindHelp:
    'Single pixels where the noise of neighbours is independent. Where it is blurred, more of its own noise (gray pictures), or half the size, at the cost of detail.',
  blindAuto: 'As measured',
  blindPixel: 'Single pixels',
  blindRecorrupted: 'More of its own noise',
  blindHalf: 'At half the size',
  startWith: 'Begin as',
  startWithHelp: 'From principal components it is there at once; at random one sees how it learns.',
  startRandom: 'Random',
  startPca: 'Principal components',
  usual: 'usual: {value}',
  start: 'Start training',

  // Run
  training: 'Training',
  phaseReading: 'Reading pictures: {done} of {of}',
  phaseHeld: 'Paused. It can wait as long as you like.',
  phaseFinishing: 'Measuring the best network, and writing it…',
  phaseTrying:
    'It learnt. Now it is tried on a clean picture with known noise, like a network from elsewhere…',
  begun: 'It has begun. The first figures are on their way.',
  learning: 'Still learning: the error on held-back pictures falls.',
  learningAbove:
    'Still learning: the error on held-back pictures falls, and is {times} times that of principal components.',
  atFloor: 'As good as it gets: the error is the noise itself, which nobody can find.',
  asComponents: 'As good as principal components of the same width, or better.',
  memorising:
    'Learning by heart: the error on held-back pictures rises while the other falls. The best network before that is kept.',
  waiting:
    'Nothing better for {count, plural, one {# step} other {# steps}}. It ends by itself when that lasts; the best is kept.',
  learntFrom:
    '{learnt, plural, one {# picture} other {# pictures}} learnt from, {heldBack, plural, one {# held back} other {# held back}}',
  leftOut: '{count, plural, one {# picture is left out} other {# pictures are left out}}',
  leftOutOne: '{name}: {reason}',
  stepOf: 'Step {step}{of, select, 0 {} other { of {of}}}',
  atMostLeft: '{left} at most',
  progressLabel: 'Steps that are done',
  hold: 'Pause',
  goOn: 'Go on',
  finish: 'Stop and keep the best',
  discardReading: 'Cancel',
  giveUp: 'Stop, to go on later',

  // CurveChart
  curve: 'Error',
  curveWords:
    'Error on a logarithmic scale, over {steps} steps: on held-back pictures {heldBack} now, {best} at best; on pictures that are learnt from {loss}.',
  lineLoss: 'Learnt from',
  lineHeldBack: 'Held back',
  lineFloor: 'Noise itself',
  lineComponents: 'Principal components',
  steps: 'Steps',
  besideWords: '{name}, beside it: {best} at best on held-back pictures.',
  lineBeside: '{name}, held back',
  compareWith: 'Compare with',
  compareNone: 'None',
  compareError: 'Lowest error on held-back pictures',
  compareSteps: 'Steps',
  compared:
    '{sameHeldBack, select, true {Both were measured on the same held-back pictures.} other {They were measured on different held-back pictures: which of them is better is not said by these figures.}}{sameError, select, true {} other { Their errors are of different kinds, so that their curves are not laid over each other.}}',
  exportTraining: 'Export…',
  exportWords:
    'The whole training as a folder: its state, network and card. No picture is in it, and no name of one.',
  importTraining: 'Import a training…',
  importWords:
    'The folder of a training, as exporting or hourglass train has written it, becomes one of these.',
  noCurve: 'The curve begins with the first figures.',
  asTable: 'As a table',
  tableStep: 'Step',

  // SquaresView
  squares: 'Held-back pictures',
  rowShown: 'Shown',
  rowGiven: 'Given back',
  rowDifference: 'Difference',
  squaresScale:
    'Difference to the original: middle gray is none, white and black are {levels} of 255 levels and more.',
  squaresScaleHidden:
    'Difference to the noisy picture, which is what is taken away: middle gray is none, white and black are {levels} of 255 levels and more.',
  rowView: 'One view',
  rowTaken: 'Taken for its twin',
  rowTwin: 'Its twin',
  squaresViews:
    'Two views of a picture shall find each other: the second row is the one that the network finds most like the first, of all in the batch.',
  squareWords: '{row}, picture {number}, at step {step}',

  // CodesView
  codes: 'The code',
  codesMap: 'Held-back pictures by their code',
  codesMapWords:
    '{count} held-back squares laid out by their code on its two strongest directions, which have {share} % of its variance.',
  codesMapLegend:
    'What lies close together has a similar code. Both directions: {share} % of the variance.',
  codesUnits: 'Units of the code',
  codesRates: 'Nats of each unit, the strongest first; a unit of less than 0.01 is not used',
  codesSpreads: 'Standard deviation of each unit, the strongest first',
  codesUsed: '{used} of {all} units are used',
  codesUnused: 'Not used: {units}',
  codesUnitsWords:
    '{all} units: the strongest is {first} with {most}, the weakest {last} with {least}.',
  unit: 'Unit',
  unitRate: 'Nats',
  unitSpread: 'Deviation',

  // GenerateView
  generate: 'Make new pictures',
  generateAbout:
    'From codes that no picture had: nothing of it was photographed, which a file of it says too.',
  generateWay: 'What is made',
  waySamples: 'Samples',
  wayBetween: 'The way between two pictures',
  wayUnit: 'One unit moved',
  wayFrom: 'From',
  wayTo: 'To',
  wayAt: '{share} % of the way',
  unitAt: 'Unit at {value} deviations',
  unitNotUsed: '{unit} (not used)',
  heldBackNumber: 'Held-back square {number}',
  sampleTemperatureHelp: 'Less makes more usual pictures, more stranger ones.',
  withNearest: 'The nearest learnt picture below each',
  make: 'Make them',
  makeFile: 'Save as a file…',
  making: 'Making pictures…',
  sampleNumber: 'Sample {number}, generated',
  nearestOf: 'Nearest learnt picture to sample {number}: {name}',
  levelsAway: '{distance} levels away',
  typicalAway:
    'Held-back pictures are {distance} levels from the nearest, in the middle: a sample that is much nearer was learnt by heart.',
  frameOf: 'Generated picture {number} of {count}',
  madeFile: 'Saved as {file}, marked as generated.',

  // Result
  result: 'Result',
  stateRunning: 'Learning now',
  stateStopped: 'Stopped at step {steps}',
  stateFailed: 'Cut off at step {steps}',
  stateDone:
    '{how, select, plateau {It got no better, and ended after} stopped {Stopped after} other {Ended after}} {steps} steps, {took}',
  seconds: '{count} s',
  minutesTook: '{count} min',
  qualityNetwork: 'This network',
  qualityCaption: 'Held-back pictures: {measure} ({unit})',
  offered:
    'It is offered in {codec, select, true {Compress} other {Clean}}, and on the command line as {id}.',
  openClean: 'Clean with it',
  notOffered: 'It is not offered in Clean.',
  codecMade:
    'Latent files can be made with its network, which whoever opens them needs too. How large they are beside those of the general codec stands above.',
  offerCodec: 'Offer it in Compress',
  openCompress: 'Compress with it',
  offerClean: 'Offer it in Clean',
  offerAgain: 'Try it once more',
  describes:
    'It describes pictures by a code: in Explore they can be compared by it{rebuilds, select, true {, and judged by what it can not give back} other {}}. The network is an ONNX file like any other.',
  reveal: 'Show its files',
  resume: 'Go on with it',
  another: 'New training',

  // TrainingList
  trainings: 'Trainings',
  noTrainings: 'None yet.',
  errorAtBest: 'error {error}',
  onDisk: '{size} on disk',
  show: 'Show {name}',
  remove: 'Delete {name}',
  removeQuestion:
    '{offered, select, clean {Deletes the training and its network, which is then no longer offered in Clean.} codec {Deletes the training and its codec: latent files that were made with it can then not be opened any more.} other {Deletes the training and its network.}} The pictures stay.',
  removeNow: 'Delete',
  keep: 'Keep',
});
