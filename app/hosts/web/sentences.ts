/** What web says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('web', {
  // event-stream
  eventsMissed: 'Events were missed.',

  // guard
  hostHeaderDoesNotName: 'The Host header {host} does not name this server.',
  originNotPage: 'The origin {origin} is not this page.',
  requestMadeByAnotherSite: 'The request was made by another site (Sec-Fetch-Site {fetchSite}).',
  launchCodeUnknownUsedAlready: 'The launch code is unknown, was used already, or is too old.',
  tokenInAddressMissingOr: 'The token in the address is missing or wrong.',

  // main
  integerFrom0To65535: 'an integer from 0 to 65535',
  forAnotherPage: 'For another page: {address}',

  // browser-window
  browserDidNotStart: 'The browser did not start: {reason}',
  profileNotRemoved: '{profile} could not be removed.',

  // main
  noBrowserOpen: 'There is no browser to open it with; open the address yourself.',
  noDisplayOpen: 'There is no display here; open the address yourself.',
  editNamesFiles: 'a file to edit',

  // server
  remembersNoPhotos: 'This session remembers no settings of photos.',
  trainsNothing: 'This session trains no networks.',
  exploresNothing: 'This session explores no pictures.',
  editsNothingInPlace: 'This session edits nothing in place.',
  requestNotAllowed: 'This request is not allowed.',
  thereNothingAtAddress: 'There is nothing at this address.',
  addressOpensHourglassOnceAnd:
    'This address opens Hourglass once, and was used already or is too old.\nOpen the latest one that Hourglass has printed.\n',

  addressLacksSession:
    'This is Hourglass, but the address lacks the part that lets you in, or is that of an earlier session.\nUse the address that Hourglass printed when it was started, or start it again.\n',

  listIds: 'a list of ids',

  // archives
  noArchiveAtAddress: 'No exports of this session were put together under this address.',
  exportPhotosAgain: 'Export the photos again.',
});
