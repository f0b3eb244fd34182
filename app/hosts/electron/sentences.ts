/** What electron says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('electron', {
  // main
  hourglassCanNotStart: 'Hourglass can not start',
  photosStillBeingExported: 'Photos are still being exported.',
  filesNotFinishedNotWritten: 'Files that are not finished are not written.',
  keepExporting: 'Keep exporting',
  folderStillWatched: 'A folder is still being watched.',
  watchGoesOnLater:
    'What comes into it is not cleaned while Hourglass is closed. Watch it again later: what is done is not done twice.',
  keepWatching: 'Keep watching',
  stillTraining: 'A network is still being trained.',
  trainingGoesOnLater: 'What it has learnt is saved; it goes on later, where it is.',
  keepTraining: 'Keep training',
  stillSending: 'Files are still being sent to an archive.',
  unsentStayHere: 'Those that are not sent yet stay here; the same ones can be sent again.',
  keepSending: 'Keep sending',
  stopAndClose: 'Stop and close',

  // send-dialogs
  sendTo: 'Send {objects, plural, one {one DICOM file} other {# DICOM files}} to {host}?',
  whatIsSent:
    '{objects, plural, one {{first}} =2 {{first} and {last}} other {{first} … {last}}}, {megabytes} MB. What they say of a patient leaves this machine with them.',
  sentInTheOpen:
    'The way to {host} is not encrypted: others on it can read the files{token, select, yes { and the token} other {}}.',
  sentEncrypted: 'Files stay here as they are.',
  doNotSend: 'Do not send',
  send: 'Send',
  certificatesPem: 'Certificates (PEM)',

  // updates
  askForUpdate: 'Ask {host} for a newer version of Hourglass?',
  whatIsAsked:
    'It is asked for the number of the newest version. It learns what whoever is asked for a file learns, the network address of this machine, and that Hourglass asks, for which system. Nothing of your pictures, of you or of this copy is sent. Nothing is downloaded before you are asked again.',
  doNotAsk: 'Do not ask',
  ask: 'Ask',
  downloadUpdate: 'Download Hourglass {version}?',
  whatIsDownloaded:
    '{size, select, known {{megabytes} MB from {host}.} other {From {host}.}} It is believed only with the signature of whoever published this copy, and installed when Hourglass is closed.',
  notNow: 'Not now',
  download: 'Download',
  updateDownloading: 'Hourglass {version} is being downloaded.',
  updateDownloaded: '{percent} % of it is there.',
  keepDownloading: 'Keep downloading',
  stopDownloading: 'Stop downloading',
  newestVersion: 'This is the newest version.',
  newestThere: 'This is Hourglass {version}; {host} has nothing newer for it.',
  updateReady: 'Hourglass {version} is ready.',
  installedAtQuit: 'It is installed when Hourglass is closed.',
  noUpdateFetched: 'There is no newer version from there.',
  updateReason: 'Nothing was changed. What went wrong: {reason}',
  updateNotSigned:
    'What {host} says is not signed by whoever published this copy of Hourglass. It is not believed, and nothing was changed.',
  updateElsewhere:
    '{host} sends Hourglass on to {other}, which you were not asked about. Nothing was fetched from there.',
  updateInCircles: '{host} sends Hourglass round in circles. Nothing was changed.',
  updateTooLong: 'What {host} says of its newest version is too long to be that.',
  noUpdateHere: 'This copy of Hourglass is not brought up to date by itself.',
  updateOfCheckout: 'It runs from its sources. Nothing was asked for.',
  updateOfSystem:
    'It came as a package of the system, which brings newer versions with its own updates. Nothing was asked for.',
  updateOfFolder:
    'It runs where it was unpacked, and nothing can replace it there but you: a newer version comes the way this one came. Nothing was asked for.',
  updateNoAddress:
    'Whoever built it named no address to ask for newer versions. A newer version comes the way this one came. Nothing was asked for.',
  updateUnusableAddress:
    'The address for newer versions that it was built with can not be used. A newer version comes the way this one came. Nothing was asked for.',
  ok: 'OK',

  // menu
  openRecent: 'Open recent',
  clearList: 'Clear the list',

  // outputs
  namesNoFileForResult: '"{out}" names no file for the result.',
  folderNotChosenForExports: 'The folder "{folder}" was not chosen for exports.',
  chooseFolderAgainInExport: 'Choose the folder again in the export settings.',
  fileNotWrittenInSession: 'This file was not written in this session.',

  // page-requests
  images: 'Images',
  networksOnnx: 'Networks (ONNX, TensorFlow.js)',
  fileNotWritten: '{path} can not be written: {reason}.',
  tooLargeToPasted: '"{name}" is too large to be pasted.',
  droppedFileNoWholePath: 'A dropped file has no whole path.',
  noPictureToDrag: '{name} has no picture to drag.',

  // protocol
  addressNotAllowed: 'This address is not allowed.',
  thereNothingAtAddress: 'There is nothing at this address.',
  addressMalformed: 'This address is malformed.',

  // validated-ipc
  requestNotAllowed: 'This request is not allowed.',
  notOneKnownRequests: 'It is not one of the known requests.',
  inputMalformed: 'The input of "{name}" is malformed: {error}.',
  doesNotComeFromOur: 'It does not come from our window.',
  frameGone: 'Its frame is gone.',
  comesFromFrameInsidePage: 'It comes from a frame inside the page.',
  comesFrom: 'It comes from {origin}.',
});
