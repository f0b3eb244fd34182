/** What contract says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from './sentences/index.ts';

export const say = defineSentences('contract', {
  // command
  outputNotNamedBeforeWork: 'The output was not named before the work began.',
  oneOfParameters: 'one of the parameters {names}',
  oneOf: 'one of {values}',
  integer: 'an integer',
  number: 'a number',
  fromTo: '{kind} from {minimum} to {maximum}',
  atLeast: '{kind} of at least {minimum}',
  trueOrFalse: 'true or false',
  textSuch: 'text such as {examples}',
  textMatches: 'text that matches {pattern}',
  text: 'text',
  or: '{one} or {other}',
  values: 'values',
  list: 'a list of {items}',
  object: 'an object of {fields}',
  anyObject: 'an object',

  // preset-file
  noPresetFile: '{name} was not read as presets: {why}',
  presetFileHint: 'Choose a file that “Save presets as a file…” in the settings has written.',
  noSettingsFile: '{name} was not read as settings: {why}',
  settingsFileHint: 'Choose a file that “Save settings as a file…” in the settings has written.',
  ownFileTooLong: 'it is far larger than such a file can be.',
  ownFileNotJson: 'it is not JSON, or not whole.',
  ownFileNoMark: 'it is JSON of something else.',
  ownFileNewer: 'it is of version {version}, which a newer Hourglass has written.',
  ownFileField: 'what it has at {at} is missing, or not what it must be.',

  // archive
  archiveAddress:
    'The address of the archive must begin with https:// or http://, and have no password, no ? and no # in it.',
  archiveToken:
    'What {name} holds is no token: one line, or a scheme, a blank and what belongs to it.',

  // latent-words
  valuesOfScan:
    '{sign, select, yes {with a sign} other {without a sign}}, × {slope} {way, select, less {−} other {+}} {intercept}{unit, select, none {} other { {unit}}}{padding, select, yes {; padding kept} other {}}',
  windowOfScan: 'level {center}, width {width}',

  // errors
  workCancelled: 'The work was cancelled.',
  expectedForNotGiven: 'Expected {expected} for {name}, which was not given.',
  expectedForButReceivedType: 'Expected {expected} for {name} but received {shown} of type {type}.',
});
