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
    'The code is blurred, and each bit of it has a price: neighbours in the code look alike.',

  // settings
  settings: 'Settings',
  moreSettings: 'More settings',
  name: 'Name',
  minutes: 'Time',
  minutesUnit: 'min',
  minutesHelp:
    'More time, a better network, until held-back pictures see nothing better: then it ends by itself.',
  stopEarly: 'End when it gets no better',
  width: 'Width',
  widthHelp: 'Numbers in the code: more keep more of the picture, and say less about it.',
  widthChannelsHelp: 'Channels of the code: more keep more of the picture, and say less about it.',
  sigma: 'Noise',
  levels: 'levels',
  sigmaHelp:
    'In the middle of what it learns to clean, from none to twice that: more for high sensitivities.',
  sparsity: 'Sparsity λ',
  sparsityHelp: 'Weight of the code’s mean: more leaves fewer numbers on at a time.',
  beta: 'Weight β',
  betaHelp: 'Price of the code’s information: more gives a plainer code and a coarser picture.',
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
    'Single pixels where the noise of neighbours is independent; half the size where it is blurred, at the cost of detail.',
  blindAuto: 'As measured',
  blindPixel: 'Single pixels',
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
  squareWords: '{row}, picture {number}, at step {step}',

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
  offered: 'It is offered in Clean, and on the command line, as {title}.',
  openClean: 'Clean with it',
  notOffered: 'It is not offered in Clean.',
  offerAgain: 'Try it once more',
  describes:
    'It describes pictures by a code. What codes are good for in Hourglass is still to come; the network is an ONNX file like any other.',
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
    '{offered, select, true {Deletes the training and its network, which is then no longer offered in Clean.} other {Deletes the training and its network.}} The pictures stay.',
  removeNow: 'Delete',
  keep: 'Keep',
});
