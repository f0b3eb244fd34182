/** What host says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../app/contract/sentences/index.ts';

export const say = defineSentences('host', {
  // web-bridge
  hostAnsweredWithStatus: 'The host answered with status {status}.',
  hourglassDoesNotAnswerAny: 'Hourglass does not answer any more.',
  probablyStoppedStartAgainAnd:
    'It was probably stopped. Start it again and open the address that it prints.',
  couldNotSentToHourglass: '{name} could not be sent to Hourglass.',
  checkFileStillWhereAnd:
    'Check that the file is still where it was and that Hourglass still runs.',

  // delivery
  notWrittenIntoFolder: '{name} could not be written into the folder “{folder}”.',
  checkFolderAndRoom:
    'Check that the folder is still there, that you may write into it, and that the disk has room; then export the photo again.',
});
