/** What shared says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('shared', {
  // admission
  doesNotExist: '{path} does not exist.',
  canNotRead: '{path} can not be read.',
  notFile: '{path} is not a file.',
  requestNamesFileNotOpened: 'The request names a file that was not opened in this window.',
  dropFileOnWindowOr: 'Drop the file on the window, or choose it in the open dialog.',

  // json
  expectedAtMostLevelsObjects:
    'Expected at most {mostLevels} levels of objects and lists in {name}, and it has more.',

  // page-door
  thereNoCommand: 'There is no command "{command}".',
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

  // grouping
  groupingLostFilesOrTaken: 'A grouping has lost files, or taken some twice.',

  // walk
  neitherFileNorFolder: '{input} is neither a file nor a folder.',
  inputDoesNotExist: '{input} does not exist.',
  noFileMatches: 'No file matches {input}.',
  inputCanNotRead: '{input} can not be read: {reason}.',
});
