/** What runs and their journals say, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('runs', {
  // plan
  outputIsInput: 'The output of {path} would overwrite {original}, which is an input too.',
  nameIsNoText:
    'The name of {path} holds bytes that are no text (UTF-8), and can not be opened by it.',
  renameIt: 'Rename the file or its folder.',

  // take-up
  resultOfOther:
    '{path} is a result of another file, of other settings or of another network. Allow it to be replaced with --overwrite, or choose another name.',
  resultChanged: '{path} was changed after it was written.',
  noResultOfOurs:
    '{path} is there already, and no journal says that it was made with these settings.',

  // room
  littleRoom:
    'The results may need {needed} MB; {folder} has {free} MB free. What does not fit fails by name.',

  // report
  reportCanNotWritten: 'The report {path} can not be written: {reason}.',

  // report-page
  reportTitle: 'Hourglass: report of {command}',
  reportCounts: '{done} done, {failed} failed, {left} left.',
  reportFrom: 'Pictures',
  reportTo: 'Results',
  reportSizes: 'Size',
  reportSizesAre: '{before} before, {after} after, of what was done',
  reportBy: 'Made by',
  reportSettings: 'Settings',
  reportFailures: 'What failed',
  reportCrops: 'Before and after: the middle of some pictures at 100 %',
  reportAll: 'All files',
  reportFile: 'File',
  reportReason: 'Reason',
  reportState: 'State',
  reportResult: 'Result',
  reportBefore: 'Before',
  reportAfter: 'After',
  reportSeconds: 'Seconds',
  reportDone: 'done',
  reportFailed: 'failed',
  reportLeft: 'left',
  reportElements:
    'De-identified: what became of the elements of {count, plural, one {# file} other {# files}}',
  elementTag: 'Tag',
  elementName: 'Attribute',
  elementBecame: 'What became of it',
  elementFiles: 'Files',
  elementRemoved: 'removed',
  elementEmptied: 'emptied',
  elementReplaced: 'replaced',
  elementKept: 'kept',
  elementPrivate: 'private or unknown',
  reportKilobytes: '{number} kB',
  reportMegabytes: '{number} MB',

  // record
  resultGone: '{path} was removed as soon as it was written.',
  resultFolderGone: '{path} was written, and its folder is not there any more.',
  inputChangedAtWork: '{path} was changed while it was worked on.',
  inputReplaced: '{path} was changed after the run had begun.',
  folderVanished: '{folder}, where results of this run were written, is not there any more.',
  resumeMakesAnew:
    'When it is back, run again with --retry-failed: what is missing there is made again.',
  resumeTakesIt: 'Run again with --retry-failed, which takes the file as it is then.',

  // batch
  nothingToResume: 'There is no run to go on with: {path} does not exist.',
  nameItsJournal: 'Name its journal with --journal, or start without --resume.',
  otherRun:
    'The run in {path} was started with other settings: {differences}. Go on with the same ones, or start another run with another --journal.',
  otherCommand: 'The run in {path} is one of {then}, not of {now}.',
  inputsNotFound:
    '{count, plural, one {# file of the run was} other {# files of the run were}} not found this time: {names}.',
  settingDiffers: '{name} was {then} and is {now}',
  linesLeftOut:
    '{path}: {count, plural, one {# line} other {# lines}} could not be read and count for nothing ({numbers}).',
  lineTorn: '{path}: its last line was cut off and counts for nothing.',

  // batch, over folders that are watched
  sameOutput:
    '{second} would become {output} as {first} does; tell them apart with {dir}, {ext} or {n} in --out.',

  // limits
  tookTooLong: 'It took longer than {seconds} seconds.',
  tookTooMuchMemory: 'It took more than {megabytes} MB of memory.',
  memoryLimitReached: 'its memory grew beyond {megabytes} MB',

  // journal
  journalInUse:
    'Another run is writing {path} (process {process} of {machine, select, here {this machine} other {another machine}}).',
  waitOrOtherJournal: 'Wait until it has ended, or name another file with --journal.',
  noJournalThere: '{path} is no journal of Hourglass; nothing was written to it.',
  nameOtherJournal: 'Name another file with --journal.',
  journalIsNewer:
    '{path} was written by a newer Hourglass (version {version} of journals, this one reads {known}).',
  useNewerHourglass: 'Use that one, or name another file with --journal.',
  journalCanNotRead: 'The journal {path} can not be read: {reason}.',
  journalCanNotWritten: 'The journal {path} can not be written: {reason}.',
  journalElsewhere: 'Name a file in a folder that may be written to with --journal.',
  journalChanged: 'Another run has written to {path} meanwhile.',
  startAgain: 'Start again.',
  seriesLevelWatched:
    'Slices come into a folder that is watched one by one: what their series has in common is not known when the first is cleaned.',
  seriesLevelWatchedHint: 'Clean each at its own level (--level-of slice), or give one (--sigma).',
});
