/** What the Batch workspace says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../../app/contract/sentences/index.ts';

export const say = defineSentences('batch', {
  invitation: 'Clean a whole folder',
  becomes: 'opened in the film strip',

  // BatchEmpty
  about:
    'Every picture in it and in the folders below is cleaned into a folder beside it. The originals are never touched; a journal beside the results lets the run go on after a power cut. A folder can also be watched: what comes into it is cleaned by itself.',
  chooseFolder: 'Choose a folder…',
  noFolders:
    'A browser shows a page no folders, so a run over one is made, and a folder watched, in Hourglass’ window or on the command line:',
  commandLine: 'hourglass denoise FOLDER --out CLEANED/ --report report.html',
  commandLineWatch: 'hourglass watch FOLDER --out CLEANED/',
  noFoldersElse:
    'Files that you drop here are opened in the film strip, where Export all writes them.',
  cutOff:
    'The run over {folder} was cut off. Nothing was lost: {left} of {all} left{failed, plural, =0 {} other {, # failed}}.',
  openFolderInStrip: 'Open a folder in the film strip…',
  reading: 'Reading the folder: {count, plural, one {# picture} other {# pictures}} so far…',
  stopReading: 'Stop reading',
  nothingInIt: 'There are no pictures in {folder}.',
  noneFits: 'No picture in {folder} fits.',
  otherFiles: '{count, plural, one {# other file} other {# other files}} left alone.',

  // ChoiceFields
  include: 'Only',
  includePlaceholder: 'all pictures',
  includeTitle:
    'Only files that fit a glob: *.jpg by name, day-1/** by place. Several are parted by semicolons.',
  exclude: 'Without',
  excludePlaceholder: 'nothing',
  excludeTitle:
    'No files, and no folders, that fit a glob: *-draft.jpg, rejected. Several are parted by semicolons.',
  unchosen: '{count, plural, one {# left out} other {# left out}}',

  // BatchHead
  folder: 'Folder',
  results: 'Results',
  otherFolder: 'Other folder…',
  change: 'Change…',

  // BatchHead: what is true now
  readyWords: '{count, plural, one {# picture} other {# pictures}}. Nothing has been started.',
  planning: 'Looking at what is done already: {looked}…',
  running: '{ended} of {all} · {failed} failed',
  paused: 'Paused. The file that was begun is finished; no other one begins.',
  endedDone: 'Done: {done} cleaned, {failed} failed, {skipped} skipped.',
  endedCancelled:
    'Cancelled: {done} cleaned, {failed} failed. What is written is whole, and Resume goes on.',
  watching: 'Watching: waiting for pictures. {done} cleaned, {failed} failed since it began.',
  watchArriving:
    'Watching: waiting until {count, plural, one {# picture is} other {# pictures are}} whole.',
  watchAway: 'Watching: {path} is not there, and is waited for.',
  endedWatch:
    'Not watched any more: {done} cleaned, {failed} failed. Watched again, nothing is done twice.',
  pace: '{speed} MP/s',
  timeUnknown: 'measuring how long it takes',
  progressLabel: 'Files that are through',
  interrupted:
    'A run over this folder was begun before: {done} done, {failed} failed, {left} left.',

  // BatchTable
  table: 'Pictures of the folder',
  name: 'Name',
  state: 'State',
  before: 'Before',
  after: 'After',
  seconds: 'Time',
  filterLabel: 'Show',
  all: 'All {count}',
  waiting: 'Waiting {count}',
  done: 'Done {count}',
  failed: 'Failed {count}',
  skipped: 'Skipped {count}',
  noneOfThese: 'No picture of this list is in that state.',
  nothingYet: 'No pictures yet. What comes into {folder} appears here.',
  byJournal: 'So says the journal of the last run; it is looked at again when the next one begins.',
  stateWaiting: 'Waiting',
  stateRunning: 'Cleaning {percent}',
  stateDone: 'Done',
  stateFailed: 'Failed: {reason}',
  stateSkipped: 'Skipped',
  stateCancelled: 'Cancelled',
  secondsShort: '{seconds} s',

  // BatchPanel
  settings: 'Settings',
  run: 'Run',
  strengthShare: 'Strength',
  shareWords: '{share} % of what is suggested for each picture',
  detail: 'Detail',
  chroma: 'Chroma',
  usual: 'usual',
  model: 'Model',
  automatic: 'Automatic per picture',
  written: 'Written as',
  countsNextRun: 'This run keeps what it was started with; what is changed here is for the next.',
  skipExisting: 'Leave out what is done with these settings',
  start: '{count, plural, one {Clean # picture} other {Clean # pictures}}',
  startChosen: '{count, plural, one {Clean # chosen} other {Clean # chosen}}',
  resume: 'Resume: {left, plural, one {# left} other {# left}}',
  retryFailed: 'Try {failed, plural, one {# failed} other {# failed}} again',
  pause: 'Pause',
  goOn: 'Go on',
  cancel: 'Cancel',
  watch: 'Watch this folder',
  watchWords:
    'Cleans what is in the folder and, as soon as it is whole, what comes into it, until you stop it.',
  stopWatching: 'Stop watching',
  keepsSettings:
    'Resume, trying again and watching go on with the settings that the run was begun with.',
  report: 'Report',
  reportHtml: 'Page to print',
  reportCsv: 'Table (CSV)',
  reportJson: 'JSON',
  selectedFile: 'Picture',
  open: 'Try the settings on it',
  openResult: 'Open the result',
  openResultWords: 'The file that was written, read back, beside its original.',

  // a result beside its source
  writtenLabel: 'Written file',
  writtenNoun: 'the written file',
  writtenFacts: '{format}, {size}',
  changedLabel: 'Changed since:',
  changedNoun: 'the file that was changed since',
  difference: 'Difference',
  differenceWords: 'what differs between the original and the file',
  noResultHere: 'The batch has written nothing of this picture that was opened here.',
  readingResult: 'Reading {name} back…',
  resultFailed: '{name} can not be shown beside its original.',
  writtenResult: '{name} as it was written and read back: {format}, {size}.',
  changedResult: '{name} as it is now: {format}, {size}.',
  changedSince: '{name} is not what the run wrote: it was changed since.',
  sourceChangedSince:
    '{name} was changed after it was cleaned: the result is of what it was before.',
  stretched:
    'The file has {file} pixels and the original {source}; it is shown as large as the original.',
  stripResult: 'Written',
  stripChanged: 'Changed',
  stripRefused: 'Not opened',
  result: 'Result',
  resultName: 'File',
  resultSize: 'Size',
  resultPixels: 'Pixels',
  sizeOf: '{after} ({percent} of {before})',
  backToList: 'Back to the list',
  sizeChange: '{before} before, {after} after ({percent})',

  levelOf: 'Noise level of a series',
  levelOfSlice: 'Each slice',
  levelOfSliceHint: 'Each slice of a series is cleaned at the noise that is measured in it.',
  levelOfSeries: 'The series',
  levelOfSeriesHint:
    'All slices of a series are cleaned at one level: the median of what is measured in nine of them at the most, evenly spaced.',
});
