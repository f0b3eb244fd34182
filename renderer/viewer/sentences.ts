/** What viewer says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../app/contract/sentences/index.ts';

export const say = defineSentences('viewer', {
  // Divider
  dividerBetweenAnd: 'Divider between {left} and {noun}',

  // ViewerMessage
  graphicsDriverResetPictureComes:
    'The graphics driver was reset. The picture comes back in a moment.',
  whatRemovedAppearsHerePart: 'What is removed appears here part by part.',
  loadingPicture: 'Loading the picture…',
  loadingDetail: 'Loading detail…',
  pictureCanNotDrawnBrowser:
    'The picture can not be drawn: this browser offers neither WebGL nor canvas drawing.',
  turnOnHardwareAccelerationOr:
    'Turn on hardware acceleration or update the browser. Exports are not affected.',
  pictureCouldNotLoaded: 'The picture could not be loaded.',
  partPictureCouldNotLoaded: 'A part of the picture could not be loaded.',
  tryAgain: 'Try again',

  // tile-fetch
  tileInBytesExpectedWith:
    'Tile {level}/{column}/{row} of {layer} is {width} × {height} in {byteLength} bytes; expected {expectedWidth} × {expectedHeight} with {bytes} bytes a pixel.',
  picturesTilesCouldNotRead: 'The picture’s tiles could not be read (answer {status}).',

  // words
  coarse: 'Coarse',
  approximate: 'Approximate',
  earlierResult: 'Earlier result',
  nothing: 'Nothing',
  original: 'Original',
  originalNoun: 'original',
  until: '{shown}, until the {picture} is there',
  residual: '{difference}, × {gain}',
  nameAndPicture: '{name}: {picture}',
  decoded: 'Decoded',
  onLeftOnRight: '{name}: {base} on the left, {other} on the right',
  inBothPanes: '{name}: {base} in both panes',
  amplifiedTimes: '{name}: {layer}, amplified {gain} times',
  leftDividerRight: '{name}: {base} left of the divider, {other} right of it',
  dividerShares: '{left} {leftShare} %, {noun} {share} %',
});
