/** What shared says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('shared', {
  // admission
  doesNotExist: '{path} does not exist.',
  canNotRead: '{path} can not be read.',
  notFile: '{path} is not a file.',
  requestNamesFileNotOpened: 'The request names a file that was not opened in this window.',
  dropFileOnWindowOr: 'Drop the file on the window, or choose it in the open dialog.',

  // edit-session
  notFileOfSession: 'This file was not opened to be saved in place.',
  exportInstead: 'Open it in Hourglass itself and export it.',
  saveRequest: 'a request to save a file of this session',
  isBeingSaved: '{name} is being saved already.',

  // edited-file
  notWrittenInPlace: '{name} is a {label}, which Hourglass does not write.',
  editTiffCopyInstead:
    'Let the other program hand over a TIFF copy (16 bits), or clean it into a new file: `hourglass denoise {name}`.',
  isWriteProtected: '{name} is write-protected.',
  takeProtectionAway: 'Take the protection away, or edit a copy of it.',
  folderTakesNoFile: '{name} can not be saved: its folder may not be written to.',
  saveNeedsFolder:
    'Hourglass writes the new file beside the old one before it takes its place. Copy the file to another folder and edit it there.',
  changedMeanwhile: '{name} was changed by another program after it was opened here.',
  openItAnew: 'Nothing was written. Close this page and open the file again.',
  ownerNotKept: '{name} belongs to another owner or group, which can not be kept when it is saved.',
  editCopy: 'Edit a copy of it.',

  // grouping
  moreOfSeries:
    '{count, plural, one {One more notice} other {# more notices}} of series: `hourglass info FOLDER` says all.',

  // json
  expectedAtMostLevelsObjects:
    'Expected at most {mostLevels} levels of objects and lists in {name}, and it has more.',

  // photo-memory
  photoSettingsNotSaved: 'The settings of photos can not be saved to {path}.',
  settingsOfPhotos: 'a list of photos with their settings',

  // page-door
  thereNoCommand: 'There is no command "{command}".',
  onlyCommandLine: 'The command "{command}" belongs to the command line alone.',
  object: 'an object',
  tileAddress: 'a tile address',
  listIds: 'a list of ids',

  // preferences
  expectedObjectForPreferences: 'Expected an object for preferences.',
  preferencesTooLongToKept: 'The preferences are too long to be kept.',
  preferencesCanNotSavedTo: 'The preferences can not be saved to {path}.',

  // private-folder
  folderSessionCanNotWritten: 'The folder of this session, {path}, can not be written to any more.',

  // real-place
  resultWouldWrittenToWhich:
    'The result would be written to {real}, which was not chosen for exports.',
  chooseFolderAgainInExport:
    'Choose the folder again in the export settings, and a name without folders.',

  // folder-run
  folderRunBusy: 'Something is done with this folder already. Wait for it, or cancel it.',
  noResultKnown: 'The journal names no result of {name} in the folder of the results.',
  resultGone: 'The result of {name} is gone: there is no {path} any more.',
  resultGoneRemedy: 'Clean the picture again, or put the result back where it was.',
  folderRunRequest: 'a request of a run over a folder',
  chooseFolderFirst: 'Choose a folder first.',
  noRunToGoOnWith: 'There is no run to go on with.',
  noRunToReport: 'There is no run to report: nothing was started yet.',
  notOverFolders: 'The command "{command}" makes no files of a folder.',
  doneBefore: 'Done before, with these settings.',
  isResult: 'A result of an earlier run.',
  watchKeepsSettings:
    'The run in this journal goes on, with the settings that it was begun with and not with those that are shown. For others choose another folder for the results.',

  // session-results
  resultChanged: '{name} was changed by another program after it was written.',

  // sending
  sendingBusy: 'Something is being sent already. Wait for it, or cancel it.',
  nothingToSend: 'No DICOM file was exported of this in this session.',
  exportAsDicom:
    'Export it as DICOM first, or as it is: what is sent are the files that were written.',
  storedThere:
    'stored{warning, select, none {} other {; the archive changed something of it (warning {warning})}}',
  noCertificatesIn: '{name} holds no certificates in PEM (-----BEGIN CERTIFICATE-----).',
  sendingRequest: 'a request to send results to an archive',
  theToken: 'the field for the token',

  // training
  trainingRequest: 'a request of a training',
  trainingPointThere: 'one of the held-back pictures whose codes are kept',
  generatedName: '{name} generated {number}',
  trainingBusy: 'A training is under way already. Wait for it, or stop it.',
  chooseImagesFirst: 'Choose a folder or photos to learn from first.',
  noFoldersHere: 'A browser shows a page no folders.',
  noSuchTraining: 'There is no such training any more.',
  trainingRuns: '{name} is being trained. Stop it first.',
  trainingNotStopped: '{name} has ended: there is nothing to go on with.',
  noTrainingRuns: 'No training runs.',
  photosOfStrip: '{count, plural, one {# photo} other {# photos}} of the film strip',
  photosName: '{count, plural, one {# photo} other {# photos}}',
  noPicturesIn: 'There are no pictures in {folder}.',
  folderWithPictures: 'Choose a folder with pictures in it, or in the folders below it.',
  trainingsNotWritable: 'The training can not be kept in {folder}.',

  // exploring
  exploringRequest: 'a request of exploring',
  exploringBusy: 'Pictures are being looked at already. Wait for it, or cancel it.',
  picturesOfThese: '{count, plural, one {# of these pictures} other {# of these pictures}}',
  fineNeedsFolder: 'Choose a folder of good pictures first: what is fine is remembered beside it.',
  chooseToExploreFirst: 'Choose a folder or photos to explore first.',

  // grouping
  groupingLostFilesOrTaken: 'A grouping has lost files, or taken some twice.',

  // walk
  neitherFileNorFolder: '{input} is neither a file nor a folder.',
  missingOfSet:
    '{of, plural, =0 {{input} names no files.} other {{input} names {of, plural, one {# file} other {# files}}, and {count, plural, one {one is} other {# are}} not beside it: {list}{more, plural, =0 {} other { and # more}}.}}',
  copyWholeSet: 'Copy the whole medium, with its folders, and open the DICOMDIR there.',
  inputDoesNotExist: '{input} does not exist.',
  noFileMatches: 'No file matches {input}.',
  inputCanNotRead: '{input} can not be read: {reason}.',

  // downloads
  exportWrittenOutsideFolder: 'The export was written outside its folder.',
  noExportSessionAddress: 'No export of this session has this address.',
  exportPhotoAgain: 'Export the photo again.',
  exportNotThereAnyMore: 'The export {name} is not there any more.',
  somebodyEmptiedCachesProgramExport:
    'Somebody has emptied the caches of this program. Export the photo again.',

  // uploads
  fileAtMostBytes: 'a file of at most {fileBytes} bytes',
  canNotTaken: '"{name}" can not be taken: {why}.',
  removeFilesFromStripDone:
    'Remove files from the strip that are done with, and drop this one again.',
  filesSessionWouldMoreThan: 'the files of this session would be more than {sessionBytes}',
  onlyFreeOnDisk: 'only {free} are free on the disk of {path}',
  gb: '{bytes} GB',
  uploadCutShort: 'The upload of "{name}" was cut short.',
  canNotTakenDiskFull: '"{name}" can not be taken: the disk is full.',
  canNotStoredForSession: '"{name}" can not be stored for this session.',

  // http-parts
  portFree: 'a port that is free',
  hostOfMachine: 'an address of this machine',
  atMostBytes: 'at most {bodyLimitBytes} bytes',

  // page-door
  measuresNothing: 'Sizes of files that are not written are not measured here.',
});
