/** What jobs say, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../contract/sentences/index.ts';

export const say = defineSentences('jobs', {
  // open
  readingSlice: 'Reading slice {done} of {total}',

  // info
  describesNo: '{name} is not described: it is {what}.',
  describesThese: '`info` describes latent files, DICOM, NIfTI and folders of DICOM files.',

  // readBack
  writtenPicture: 'written picture',
  writtenHasNoPage: '{name} holds no page {page}.',

  // the end of an engine
  engineEnded: 'The engine ended unexpectedly ({reason}).',
  engineEndedOver: '{name} could not be finished: the engine ended unexpectedly ({reason}).',
  notOpenedAgain:
    '{name} is not opened again: the engine ended unexpectedly twice while decoding it.',
  endedEngineTwice: 'it ended the engine twice',
  unknownReason: 'unknown',
  hadEnded: 'it had ended',
  wasStopped: 'it was stopped',
  deviceHangs: '{device} hangs: {detail}',
  didNotStop: 'it did not stop when it was told to',
  didNotAnswer: 'it did not answer for {seconds, plural, one {# second} other {# seconds}}',
  couldNotBeStarted: 'it could not be started: {reason}',
  killed: 'killed by SIGKILL; the system does that when memory runs out',
  endedBySignal: 'ended by {signal}',
  endedWithCode: 'ended with code {code}',
  endedWithUnknownCode: 'ended with code unknown',
  endedSaying: '{how}: {line}',

  // the life of an engine
  programEnding: 'The program is ending.',
  engineStarting: 'The engine is starting.',
  engineReady: 'The engine is ready.',
  renewedAfterHang: 'The engine was renewed because a file hung in its decoder.',
  renewedForMemory: 'The engine was renewed because it held {megabytes} MB.',

  // program
  hungInWork: 'It hung in the middle of work: {detail}',
  leftForThisRun: '{label} hung and was left for this run.',
  jobRunning: 'The job {id} is running already.',
  noCommand: 'There is no command {command}.',
  noCommandButNear: 'There is no command {command}; did you mean {near}?',
  programEnded: 'the program was ended',

  // engine
  pixelOutside:
    'Expected a pixel inside {width} × {height} for x, y but received {x}, {y} of type number.',

  // user-models
  freeId: 'an id that no other model has',
  ownId: 'the id of a model that you added',
  noSuchModel: 'You have added no model “{id}”.',
  copyingModel: 'Copying {name}',
  translatingModel: 'Translating {name} and comparing it with TensorFlow.js',
  noCodecThere: '{folder} holds no codec that could be added.',
  whatCodecsAre:
    'Expected is the folder of a training of the kind convolutional that has ended (of depth 3 at most), or the folder latent/… in it. A network that cleans is added by its file, model.onnx or model.json.',
  codecCardWrong: '{path} is no card of a codec: {field}: {message}.',
  codecFileOther: '{path} is not the file that its card names.',
  copyCodecAgain: 'Copy the folder again, or train anew.',
  codecGivesBack: 'A drawn picture comes back at {psnr} dB from latents that are not rounded.',
  idOfTask: 'an id that begins with {task}-',
  tryingModel: 'Trying {name} on pictures whose noise is known',
  addingModel: 'Adding {name}',
  cardGone: 'The card of {id} has gone.',
  licenceNotStated:
    'Its licence was not stated: whether you may pass results on is for you to know.',
  modelUnsuitable: '{name} can not be added. {words}',
  whatModelsMustBe: 'The manual says what a network must be like, under “Your own networks”.',
  modelsNotWritable: 'The folder of models {folder} can not be written to.',
  fileNotThere: '{name} does not exist.',
  fileNotReadable: '{name} can not be read.',
  notAFile: '{name} is not a file.',
  fileEmpty: 'The file is empty.',
  fileTooLarge: 'It has {size} MiB; at most {most} are accepted.',
  fileGrew: 'It grew while it was read.',
  addedPurpose: 'A denoiser that you added.',
});
