/** What cli says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('cli', {
  // tables, scan-info
  deviceColumns: 'DEVICE | NAME | STATE | SPEED | WHY',
  tileColumns: 'COLUMN | ROW | BYTES | PREVIEW | STATE',
  tagColumns: 'TAG | VR | NAME | VALUE',

  // commander-words
  usageTitle: 'Usage:',
  argumentsTitle: 'Arguments:',
  optionsTitle: 'Options:',
  commandsTitle: 'Commands:',
  examplesTitle: 'Examples:',
  unknownOption: "Unknown option ''{option}''.",
  missingArgument: "Missing required argument ''{argument}''.",
  optionWithoutValue: "Option ''{option}'' argument missing.",
  tooManyArguments:
    "Too many arguments for ''{command}''. Expected {expected, plural, one {# argument} other {# arguments}} but got {got, number}.",
  didYouMean: '(Did you mean {several, select, yes {one of {near}} other {{near}}}?)',

  // report
  noRunInJournal: 'No run has begun in {journal}.',
  noSuchJournal: '{journal} does not exist.',

  // completion
  completionHead: 'Completion of hourglass for {shell}: its place is {place}',

  // streams
  diskFull: 'the disk is full',
  quotaDiskUsedUp: 'the quota of the disk is used up',
  deviceReportedError: 'the device reported an error',
  resultsCanNotPrintedAny:
    'The results can not be printed any more: {reason}. Files are written all the same; this run counts as failed.',

  // files
  noLatentFiles: 'There are no latent files in {files}.',
  noImages: 'There are no images in {files}.',
  planned: '{from} → {to}',
  plannedThere: '{from} → {to} (exists already)',
  interrupted: 'Interrupted: {summary}',
  elementsBecame:
    '{action, select, removed {removed} emptied {emptied} replaced {replaced} other {kept}}: {names}',
  otherElements:
    '{count, plural, one {# private or unknown one} other {# private or unknown ones}}',
  elementsElsewhere:
    'What became of each element of the de-identified files: `--json` says it of each, `--report FILE` of all together.',
  bothBecome:
    '{first} and {second} would both become {output}; tell them apart with {dir}, {ext} or {n} in --out.',

  // train
  similarWantsFolder:
    'Expected a folder to look through after {query}, or a folder to be compared with itself. Example: hourglass similar {query} photos/',
  trainingKind: 'Kind',
  trainingSteps: 'Steps',
  trainingError: 'Lowest error on held-back pictures',
  trainingMeasure: '{measure} ({unit})',
  trainingsCompared:
    '{sameHeldBack, select, true {Both were measured on the same held-back pictures.} other {They were measured on different held-back pictures: which of them is better is not said by these figures.}}{sameError, select, true {} other { Their errors are of different kinds, and can not be compared.}}',
  similarWantsQuery:
    'Expected a folder to look through after {query}: --by and --part are of a picture that is looked for in it.',
  similarCsvOrJson: '--csv and --json can not both be printed to stdout: choose one.',
  similarNothing: 'There is no picture in {folder}.',
  similarLeftOut: 'Left out: {source}: {reason}',
  similarCompared:
    '{images, plural, one {# picture} other {# pictures}} compared, {read} of them read now{gone, plural, =0 {} other {, # forgotten that are gone}}{leftOut, plural, =0 {} other {, # left out}}.',
  similarTo: '{source}:',
  similarNone: '  nothing in the folder is more alike than {cutoff} % of its pairs.',
  similarMore: '  {more, plural, one {# more is} other {# more are}} above the cutoff (--count).',
  similarSame: 'the same picture',
  similarLooks: 'similar',
  similarMirrored: '{kind}, mirrored',
  similarPercent: '{percent} %',
  similarGroups:
    '{groups, plural, =0 {No picture is there twice.} one {# group of pictures that are one, in other sizes, crops or edits:} other {# groups of pictures that are one, in other sizes, crops or edits:}}',
  similarGroup: 'Group {number}',
  similarInterrupted:
    'Interrupted. What was read is remembered: the same command goes on from there.',
  mapCompared:
    '{images, plural, one {# picture} other {# pictures}} on the map, {read} of them read now{leftOut, plural, =0 {} other {, # left out}}.',
  mapCluster: 'Cluster {number}: {size, plural, one {# picture} other {# pictures}}, like {centre}',
  unusualOverlaysInside:
    'Expected a folder for the overlays outside of {folder}: there they would be judged as pictures the next time.',
  unusualLearnt:
    '{good, plural, one {# good picture} other {# good pictures}} {learnt, select, now {looked at} other {remembered}}; judged by {mode, select, template {what differs from near copies} reconstruction {what the network can not give back} other {small parts and what they look like}}.',
  unusualFine:
    '{fine, plural, one {# of them was called fine before, or now} other {# of them were called fine before, or now}} (--forget-fine forgets that).',
  unusualPromise:
    'Unusual is what scores above {threshold}: {flagged} of {checked} good pictures do, each judged by the others. You asked for {falseAlarms} %; in nine of ten such folders between {low} and {high} % of fresh good ones are flagged.',
  unusualJudged:
    '{judged, plural, one {# picture} other {# pictures}} judged{promised, select, true {, {flagged} of them unusual} other {}}{leftOut, plural, =0 {} other {, # left out}}.',
  unusualOverlays: 'Overlays in {folder}: the colours mean the same in all of them.',
  unusualVerdict:
    '{verdict, select, unusual {unusual} usual {usual} unmatched {no near copy} other {–}}',
  unusualPlaces: '{count, plural, =0 {} one {# place} other {# places}}',
  unusualInterrupted: 'Interrupted. Overlays that were written stay.',
  leftOutOfTraining: '{source} is left out. {reason}',
  learning:
    'Learning from {learnt, plural, one {# image} other {# images}}; {heldBack, plural, one {# is} other {# are}} held back.',
  trainingPoint:
    'step {step}{of, select, 0 {} other { of {of}}}: error {loss}, on held-back images {heldBack}{floor, select, none {} other { (noise {floor})}}{best, select, true {} other {, no better}}',
  trained:
    '{out}: {kind}, {parameters} weights, of step {best}. {ended, select, plateau {It no longer got better and ended} other {It ended}} after {steps} steps ({seconds} s).',
  trainedQuality: 'On held-back images ({measure}): {network} ({unit})',
  trainedBeside: '  {name}: {value}',
  trainedCodec: 'To compress with it: hourglass add-model {out}',
  trainedNext: 'To clean with it: hourglass add-model {model}',
  generated:
    '{count, plural, one {# picture was} other {# pictures were}} made by the network: {out}, marked as generated.',
  generatedNearest: '  {number}: {distance} levels from the nearest that was learnt from, {name}',
  generatedTypical:
    'Held-back pictures are {distance} levels from the nearest, in the middle: what is much nearer than that was learnt by heart.',
  trainingInterrupted:
    'The training was interrupted. The same command with --resume goes on from where it was, if it had begun ({out}).',

  // progress-line
  fewSeconds: 'a few seconds',
  aboutSeconds: 'about {seconds} s',
  aboutMinutes: 'about {minutes} min',
  aboutHours: 'about {hours} h',
  percent: '{percent} %',
  timeLeft: '{time} left',

  // main
  noWorkingFolder:
    'The folder that you are in is not there any more. Go to another one and try again.',

  // watch
  folderDoesNotExist: 'There is no folder {input}.',
  notAFolder: '{input} is not a folder; only folders can be watched.',
  watchNeedsJournal: 'What a watch has done is known from its journal: leave out --journal none.',
  watching: 'Watching {folders}. Ctrl-C ends it.',
  doneBefore: '{done, plural, one {# file was} other {# files were}} done before.',
  failedBefore:
    '{failed, plural, one {# file} other {# files}} failed before and did not change since; --retry-failed tries again.',
  waitingFor: '{path} is not there any more; waiting until it is back.',
  backAgain: '{path} is there again.',

  // edit
  editedSaved: '{source} saved',
  editedLeft: '{source} is as it was',

  // tables
  speedIn8Bits: '{words} (8 bits: {speed})',
  used: 'used',
  notUsed: 'not used',
  addedByYou: 'added by you',
  learntFrom: 'Learnt from: {what}',
  alsoIn8Bits: 'also in 8 bits',
  licence: 'licence: {licence}',
  sizeAndBits: '{size} ({bits} bits per pixel)',
  fromBitsPerSample:
    '{width} × {height}, {tones, plural, =1 {gray} other {colour}}{alpha, select, true { with transparency} other {}}, from {bits} bits per sample',
  step: '{quality} (step {step})',
  modelFact: '{id} {version}{installed, select, true {} other {, not installed here}}',
  size: 'size',
  picture: 'picture',
  qualityFact: 'quality',
  model: 'model',
  writtenBy: 'written by',
  format: 'format',
  cleaned: 'cleaned',
  no: 'no',
  profile: 'profile',
  latentsFact: 'latents',
  state: 'state',
  version: 'version {version}',
  noneSrgb: 'none (sRGB)',
  alsoHolds: 'also holds',
  notCheckedModelNotInstalled: 'not checked: the model is not installed',
  valuesFact: 'values',
  windowFact: 'window',
  scanCompressedWithLossValues: 'A scan, compressed with a loss: its values are not exact.',
  tilesIntact:
    '{tiles, plural, one {# tile} other {# tiles}}, {wrong, plural, =0 {{tiles, plural, one {intact} other {all intact}}} other {# not intact}}',
  removed: 'Removed.',

  seriesOf: 'Series {at}: {files, plural, one {# file} other {# files}}',
  firstSlice: 'first slice',
  andOthers: '{value} (other slices: others)',
  item: 'item {at}',
  items: '{count, plural, one {# item} other {# items}}',

  // send
  tokenInTheOpen:
    '{host} is asked without encryption (http): whoever sees the network sees the token and the files.',
  authorityFileReadable: 'a file with certificates in PEM that can be read',
  tokenFileReadable: 'a file that can be read',
  notDicom: '{path} is no DICOM file: an archive takes nothing else.',
  stored:
    '{source} stored{warning, select, none {} other {; the archive changed something of it (warning {warning})}}',
  sendSummary:
    '{host}: {stored, plural, one {# file} other {# files}} stored{failed, plural, =0 {} other {, # failed}}{left, plural, =0 {} other {, # not sent}}. All are on the disk as they were.',

  // piped
  oneFromInput: '"-" stands for the one file that comes through standard input.',
  oneToOutput: 'Several files can not go to standard output; name a folder or a template in --out.',
  formatForOutput: 'Say with --format what goes to standard output.',
  outputIsTerminal:
    'A file would go to the terminal; say where with --out, or send standard output to a file or program.',
  tooMuchInput: 'a file of at most {bytes} bytes through standard input',

  // usage
  exitCodes: '\nExit codes: 0 all good, 1 some files failed, 2 wrong usage, 130 interrupted.',
  editExitCodes:
    '\nExit codes: 0 saved, 1 something could not be saved, 2 wrong usage, 3 closed and nothing saved, 130 interrupted.',
  filesToEdit: 'The files to edit',
  cleansAndCompressesImagesWith:
    'Cleans and compresses images with autoencoders, on your own machine, offline.',
  printVersion: 'Print the version',
  printHelp: 'Print this help',
  foldersToWatch: 'Folders to watch, with the folders in them',
  watchShort: 'Cleans or compresses what comes into folders, until it is ended.',
  watchSummary:
    'Does with every image that is in a folder, or comes into it, what denoise, encode or decode does (denoise, where none is named), as soon as it is whole, until Ctrl-C. Started again it goes on: what is done is known from the journal. A folder called like a command is written ./encode.',
  thereNoCommandDidYou: 'There is no command "{first}"; did you mean "{near}"?',
  thereNoCommandCommands: 'There is no command "{first}"; the commands are {commands}.',
  filesFoldersWalkedAndGlobs: 'Files, folders (walked) and globs (quoted)',
  printJsonLinesToStdout: 'Print JSON lines to stdout, also on a terminal',
  printWhatWouldWrittenAnd: 'Print what would be written, and write nothing',
  reportEndings: 'A report is a file that ends with .json, .csv or .html.',
  reportNeedsJournal: 'A report is made from the journal: leave out --journal none.',
  default: '{description} (default: {default})',

  // files
  lookingAtResults: 'Looking at earlier results: {looked} of {of}.',

  // words
  bytes: '{count} bytes',
  kilobytes: '{size} kB',
  megabytes: '{size} MB',
  gigabytes: '{size} GB',
  estimateOf: '{files, plural, one {# file} other {# files}}, {size}:',
  estimateKnown:
    '{time}{isFast, select, yes { at {speed} megapixels per second} other {}}, results of about {size}, as earlier files took on this machine.',
  estimateUnknown:
    'how long they take and how large the results get is not known, because nothing like them was done with these settings on this machine yet.',
  estimateWithout:
    'Without {files, plural, one {# file} other {# files}} of a kind that was not done yet ({kinds}).',
  estimateFree: 'Free where the results go: {size}.',
  noEnding: 'no known ending',
  speed: '{speed} MP/s',
  intact: 'intact',
  damaged: 'damaged',
  tileCount: '{count, plural, one {# tile} other {# tiles}}',
  noiseMeasured: 'noise measured',
  noiseAboutLevels: 'noise about {sigma} levels',
  noiseLevelGiven: 'noise level {sigma} as given',
  leftAsItIs: '{noise}, left as it is',
  sizeOfSource: '{size} ({share} % of the source)',
  quality: 'quality {quality}',
  bitsPerPixel: '{bits} bits per pixel',
  stepMore: '{bytes} bytes, the best that fits: quality {quality} would have {more}',
  db: '{psnr} dB',
  largestError: 'largest error {error}',
  losslessSize: 'lossless (JPEG-LS) {size}',
  cleanedWith: 'cleaned with {cleaned}',
  latents: 'latents {hash}',
  andMoreJsonNamesThem: '… and {more} more; --json names them all.',
  filesDone: '{done, plural, one {# file} other {# files}} done',
  themBefore: '{before} of them before',
  themDamaged: '{damaged} of them damaged',
  failed: '{failed} failed',
  notDone: '{left} not done',
  inFoldersLeftAlone:
    '{ignored, plural, one {# other file} other {# other files}} in the folders left alone',
  hiddenPassedBy:
    '{count, plural, one {One hidden file or folder was} other {# hidden files and folders were}} passed by.',
  leftOutByGlobs:
    '{count, plural, one {# file or folder is} other {# files and folders are}} left out by --include and --exclude.',
  linksFollowed: '{count, plural, one {# link was} other {# links were}} followed.',
  linksDead:
    '{count, plural, one {# link leads} other {# links lead}} nowhere, or back to a folder that was seen, and {count, plural, one {is} other {are}} left out.',
  ofKind: '{count} {kind}',
  withoutExtension: '{count} without an extension',
  nothingToRead:
    'Nothing was read: {ignored, plural, one {# file} other {# files}} left alone{kinds}.',
  summary: '{parts} ({seconds} s).',
});
