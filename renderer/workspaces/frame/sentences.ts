/** What frame says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../../app/contract/sentences/index.ts';

export const say = defineSentences('frame', {
  // KeptNotice
  comparedWithKept: 'Compared with the result that you kept: {words}.',
  keptMadeAgain: 'The result that you kept ({words}) had to leave the memory and is made again…',
  keptFailed: 'The result that you kept ({words}) could not be made again. {why}',
  useKept: 'Use its settings',
  stopComparing: 'Stop comparing',

  keep: 'Keep',
  kept: 'Kept',

  // CameraPreview
  camerasPreview: 'Camera’s preview',
  camerasPreviewDeveloping: 'Camera’s preview. The picture itself is being developed.',

  // EmptyState
  openPhotos: 'Open photos…',
  openFolder: 'Open a folder',
  trySamplePhoto: 'Try with a sample photo',
  trySampleScan: 'Try with a sample scan',
  orPasteWith: 'or paste with {key}',
  with8Or16Bits: '{photoLabels}, with 8 or 16 bits, and latent files (.{extension}).',
  colourProfileMetadataAndDates:
    'Colour profile, metadata and dates are kept; the originals are never touched.',
  notOpened: 'Not opened: HEIC, PSD, PDF and videos.',
  readManual: 'Manual',
  nothingLeavesMachine: 'Nothing leaves this machine.',

  // TourStrip
  firstSteps: 'First steps',
  tourAt: '{at} of {of}',
  tourCompare:
    'Drag the line across the picture to compare. {original} shows the original while it is held, {zoom} goes to 100 %, where noise is judged.',
  tourAdjust:
    'The noise of this photo was measured, and the strength suggested by it is applied. Move Strength where too much or too little goes, Detail where fine structure should come back.',
  tourExport:
    'Export ({key}) writes what you see as a new file beside the original, which is never touched.',
  tourExportDownload:
    'Export ({key}) saves what you see as a new file, among your downloads. The original is never touched.',
  tourBack: 'Back',
  tourNext: 'Next',
  tourEnd: 'Done',
  tourDismiss: 'Do not show the first steps again',

  // LeftOvers
  goOn: 'Go on',
  forgetLeft: 'Leave it as it is',

  // ExportButtons
  exported: '{files, plural, one {Exported, {bytes}.} other {Exported, # files, {bytes}.}}',
  whatCameOfExport: 'What came of the export',
  downloadAgain: 'Download again',
  sendToArchive: 'Send to archive…',
  showInFolder: 'Show in its folder',
  filesOfSeries: '{count, plural, one {# file, {name}} other {# files, {name} …}}',
  exportSelected: 'Export {selected}',
  export: 'Export',
  exportSome: 'Export {able} of {selected}',
  canNotBeOpened:
    '{of, select, scans {{count, plural, one {# scan} other {# scans}}} mixed {{count, plural, one {# picture} other {# pictures}}} other {{count, plural, one {# photo} other {# photos}}}} can not be opened.',
  exportAll: 'Export all {all}',

  // ExactSize
  showExactSize: 'Show the exact size',
  exactSize: '{way, select, found {{size} at quality {quality}} other {{size}}}',
  oneStepMore: 'Quality {quality}: {size}',
  measuringSize: 'Measuring the size…',
  measuringSizeShare: 'Measuring the size: {percent} %',

  // ExportMessages
  notExported: 'Not exported. {message}',
  exportUnderAnotherName: 'Export under another name',
  overwriteExistingFile: 'Overwrite the existing file',
  tryAgain: 'Try again',
  dismiss: 'Dismiss',

  // FileProblem
  openAgain: 'Open again',
  showWhatCanRead: 'Show what can be read',
  openAllTheSame: 'Open all the same',
  removeFromFilmStrip: 'Remove from the film strip',
  inManualUnderFileItself: 'In the manual under “{code}”. The file itself was not changed.',

  // FilmStrip
  filmStrip: 'Film strip',
  photoCount:
    '{of, select, scans {{count, plural, one {# scan} other {# scans}}} mixed {{count, plural, one {# picture} other {# pictures}}} other {{count, plural, one {# photo} other {# photos}}}}',
  selected: '{size} selected',
  remove: 'Remove',
  photos: 'Photos',

  // Frame
  widthInspector: 'Width of the inspector',
  inspector: 'Inspector',
  editedTogether: 'are edited together. What is measured is of the one in front.',

  // FilmStripItem
  thumbnailOf: 'This is the {picture}, small.',
  partsOf: '{count} {of, select, volume {slices} frames {frames} other {pages}}',
  ownSettings: 'own settings',
  ownSettingsAre: 'Own settings: {settings}',

  // OutputFields
  usual: 'Usual',
  asFileFormat: 'As the file ({format})',
  asFile: 'As the file',
  asFileDepth: 'As the file ({depth} bit)',
  depth: '{bits} bit',
  format: 'Format',
  values: 'Values',
  storedValues: 'As stored',
  seenValues: 'As on the screen',
  depthLabel: 'Depth',
  onlyDepth: '{bits} bit, all that {format} holds',
  quality: 'Quality',

  // PictureFrame
  picture: 'Picture',

  // PixelReadout
  storedValuesOriginal: 'Stored values of the original',
  storedValuesPicture: 'Stored values of the {picture}',
  placeInBody: '({x}, {y}, {z}) mm',
  measuredValuesOriginal: 'Measured values of the original',
  measuredValuesPicture: 'Measured values of the {picture}',

  // PlaceFields
  name: 'Name',
  filledInForEachFile: "'{'name'}' '{'ext'}' '{'model'}' '{'n'}' are filled in for each file",
  folder: 'Folder',
  besideOriginal: 'Beside the original',
  choose: 'Choose…',

  // SharingFields
  asItIs: 'As it is',
  longestSide: 'At most {side} pixels',
  toSrgb: 'sRGB',
  allKept: 'All kept',
  withoutLocation: 'Without location',
  noneKept: 'None',
  forSharing: 'For sharing',
  size: 'Size',
  colours: 'Colours',
  metadata: 'Metadata',

  // Stage
  opening: 'Opening…',
  reading: 'Reading {percent} %',

  // StatusBar
  checked: '{label}, checked',
  checkingDevices: 'Checking devices…',
  devicesCouldNotChecked: 'Devices could not be checked',
  noDevicePassedCheck: 'No device passed its check',
  of: '{done} of {total}',
  failed: '{failed} failed',
  megapixelsPerSecond: '{speed} MP/s',
  exportedPhotos:
    '{of, select, files {{count, plural, one {# file} other {# files}}} other {{count, plural, one {# photo} other {# photos}}}} exported',
  exportedInto:
    '{of, select, files {{count, plural, one {# file} other {# files}}} other {{count, plural, one {# photo} other {# photos}}}} exported {way, select, zip {as one ZIP} other {into “{folder}”}}',
  notHandedOver: 'The ZIP was not made. {message} {hint}',
  cancelled: '{cancelled} cancelled',
  devicesAndWhatTheirCheck: 'Devices and what their check found',
  engineEndedUnexpectedlyAndStarted: 'The engine ended unexpectedly and is started again.',
  exportedFiles: 'Exported files',
  exporting: 'Exporting',
  cancel: 'Cancel',

  // SaveButtons
  savedInPlace: 'Saves in place as {label}, {depth}.',
  savedInPlaceLossy: 'Saves in place as {label}, {depth}, quality 95.',
  nothingSavedYet: 'Nothing was saved yet.',
  notSaved: 'Not saved; the file is as it was. {message}',
  saveAnyway: 'Save anyway',
  doNotSave: 'Do not save',
  saving: 'Saving…',
  savingTiles: 'Saving: {done} of {total} tiles.',
  cancelSaving: 'Cancel',
  save: 'Save',
  done: 'Done',
  closeWithoutSaving: 'Close without saving',

  atMost: 'At most',
  atMostBytes: 'at most {size}',
  bestThatFits: 'The best that fits {size}',
  noLimit: 'Any file size',
  typeSize: 'Type a size such as 500 KB or 1.5 MB; a bare number means bytes.',
  typeSizeOrNothing:
    'Type a size, for example 200 KB or 1.5 MB; a bare number means bytes, nothing means any size.',

  // PresetRow
  preset: 'Preset',
  noPreset: 'None',
  noPresetsYet: 'None saved yet',
  presetsDiffer: 'Mixed',
  savePreset: 'Save…',
  savePresetTitle: 'Save these settings as a preset',
  presetName: 'Name of the preset',
  saveIt: 'Save',
  replaceIt: 'Replace',
  leavePreset: 'Cancel',

  // TopBar
  srgbAssumed: 'sRGB assumed',
  alphaKept: 'alpha kept',
  showOrHide: 'Show or hide the {name}',
  workspaces: 'Workspaces',
  open: 'Open',

  // ViewerBar
  split: 'Split',
  side: 'Side',
  original: 'Original',
  compare: 'Compare',
  gain: 'Gain',
  times: '{gain} times',
  zoom: 'Zoom',
  fit: 'Fit',
  fullSize: '100 %',
  doubleSize: '200 %',
  zoomNow: 'Zoom now',
  pages: '{of, select, volume {Slices} frames {Frames} other {Pages}}',
  previousPage:
    '{of, select, volume {Previous slice} frames {Previous frame} other {Previous page}}',
  nextPage: '{of, select, volume {Next slice} frames {Next frame} other {Next page}}',
  pageOf: '{of, select, volume {Slice} frames {Frame} other {Page}} {page} of {count}',
});
