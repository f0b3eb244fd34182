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

  // errors
  workCancelled: 'The work was cancelled.',
  expectedForButReceivedType: 'Expected {expected} for {name} but received {shown} of type {type}.',
});
