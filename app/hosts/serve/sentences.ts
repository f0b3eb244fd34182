/** What serve says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('serve', {
  // jobs
  noSuchJob: 'There is no job {id}.',
  jobMayBeGone: 'Ended jobs are kept for {minutes} minutes after they were last asked for.',
  tooManyJobs: '{jobs} jobs wait or run already.',
  waitForJobs: 'Ask again when one has ended.',
  noResultFile: 'The job {id} has no file: it is {state}.',
  serviceStops: 'The service is being stopped.',

  // service
  tokenMissing: 'The token is missing or wrong.',
  sendToken: 'Send it as `Authorization: Bearer TOKEN`; it is printed when the service starts.',
  noPages: 'Requests of web pages are not answered.',
  jobRequest: 'an object with command and input',
  notServed: 'The service has no command {command}. It has: {commands}.',
  nothingHere: 'There is nothing at this address. /openapi.json says what there is.',
  fileName: 'the name of the file, with its ending',
  noSuchSetting: 'one of: {names}',
  waitSeconds: 'a number of seconds from 0 to {most}',

  // openapi
  nameOfFile: 'Name of the file, with its ending',
  itFailed: 'It failed; the error says what to do',
  fileMade: 'The file that was made; the header Hourglass-Job names the job',
  whatCommandSays: 'What the command says',
  idOfJob: 'Id of the job',
  whetherThere: 'Whether the service is there',
  isThere: 'It is there',
  sendFile: 'Send a file that jobs may then name',
  fileTaken: 'The file was taken',
  takeFileAway: 'Take a file away',
  fileAnswered: 'The `file` that was answered',
  fileGoes: 'The file goes when no job works on it',
  allJobs: 'All jobs that are kept',
  jobsOldestFirst: 'Jobs, oldest first',
  beginJob: 'Begin a job',
  jobBegun: 'The job waits or runs',
  howJobIs: 'How a job is',
  secondsToWait: 'Seconds to wait for its end',
  theJob: 'The job',
  cancelJob: 'Cancel a job, or forget one that has ended',
  jobCancelled: 'The job was cancelled or forgotten',
  fileOfJob: 'The file that a job has made',
  theFile: 'The file',

  // main
  tokenAtLeast: 'a file whose first line is a token of at least {least} characters',
  listening: 'Hourglass listens on {address}; {address}/openapi.json describes it.',
  tokenIs: 'Token: {token}',
  reachable:
    'Other machines reach this address, and what they send and get is not encrypted: put a server with TLS before it.',
});
