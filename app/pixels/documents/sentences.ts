/** What is said of open documents, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('documents', {
  // memory
  needsMemory: '{what} needs {needed} of memory; pictures on the screen may hold {most}.',
  needsMemoryBeside:
    '{what} needs {needed} of memory beside {held} that are on the screen; pictures on the screen may hold {most}.',
  closeOthers:
    'Close other pictures, or export this one without looking at the result: that needs far less.',
  megabytes: '{size} MB',
  shownOf: 'What is shown of {name}',
  layerOf: 'The {layer} of {name}',

  // what is not there
  closedMeanwhile: '{name} was closed meanwhile.',
  notOpen: 'There is no open document {id}.',
  layerNotThere: 'The layer {layer} of {name} is not there (any more).',
  noTile: '{name} has no tile {column}, {row} at level {level}.',
  changedOnDisk: '{name} was changed on the disk after it was opened.',
  openAgain: 'Open it again to work on the file as it is now.',

  otherShape:
    '{other} has another shape ({otherWidth} × {otherHeight} pixels) than {name} ({width} × {height}), so they can not be compared.',

  // facts
  iso: 'ISO {iso}',
});
