/** What workspaces says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../app/contract/sentences/index.ts';

export const say = defineSentences('workspaces', {
  // App
  savedInPlace: '{count, plural, one {The picture is} other {# pictures are}} saved.',
  closedUnsaved: 'Nothing was saved.',
  goBackToOtherProgram: 'Go back to the program that you came from. This page can be closed.',

  // AddNetwork
  notAdded: 'Not added',
  whatTried: 'What was tried',
  cancel: 'Cancel',
  useForPhoto: 'Use it for this photo',
  tryAgain: 'Try again',
  dismiss: 'Dismiss',
  addNetwork: 'Add a network…',

  // DropOverlay
  addToFilmStrip: 'Add {count, plural, =0 {files} one {# file} other {# files}} to the film strip',
  open: 'Open {count, plural, =0 {files} one {# file} other {# files}}',
  firstOneComesToFront:
    'The first one comes to the front and is {becomes}. The originals are not touched.',
  networkOnnxTriedAndAdded: 'A network (.onnx) is tried and added to the models.',

  // ModelFacts
  addedByYou: 'added by you',
  partHourglass: 'part of Hourglass',
  floatsOrInt8: '32-bit floats; 8-bit integers (int8) where the device is faster with them',
  floats: '32-bit floats',
  licenceQualityAndLimits: 'Licence, quality and limits',
  id: 'On the command line',
  licence: 'Licence',
  version: 'Version',
  size: 'Size',
  arithmetic: 'Arithmetic',
  measuredQuality: 'Measured quality',
  notMeasured: 'Not measured.',
  limits: 'Limits',
  learntFrom: 'Learnt from',
  learntFromUnknown: 'not known: pictures that are unlike it are not told apart',
  noneKnown: 'None are known.',

  // RemoveNetwork
  remove: 'Remove {title}',
  removeFromHourglassCopyHere:
    'Remove “{title}” from Hourglass? Its copy here is deleted; your own file stays where it is.',
  removeNetwork: 'Remove the network',
  keep: 'Keep',
  removeNow: 'Remove…',

  // SettingsDialog
  dark: 'Dark',
  light: 'Light',
  system: 'As the system',
  checked: 'Checked {when}',
  speed: 'the network alone: {speed} MP/s',
  int8Speed: 'in 8-bit integers: {speed} MP/s{precision, select, int8 {, which is used} other {}}',
  equalToCpu: 'equal to the CPU',
  differsFromCpuByLess: 'differs from the CPU by less than 0.001 %',
  differsFromCpuByAt: 'differs from the CPU by at most {share} %',
  settings: 'Settings',
  devices: 'Devices',
  checking: 'Checking…',
  checkAgain: 'Check again',
  eachDeviceCheckedByUsing:
    'Each device is checked by using it and comparing its result with that of the CPU. One that fails is not used.',
  deviceToCleanOn: 'Device to clean on',
  automatic: 'Automatic',
  fastestPassedCheck: 'The fastest that passed its check.',
  fastestPassedCheckNow: 'The fastest that passed its check: {device}.',
  passedCheck: 'Passed its check',
  notUsed: 'Not used',
  appearance: 'Appearance',
  theme: 'Theme',
  language: 'Language',
  languageOfSystem: 'The language of the system, from the next start on.',
  languageLater: '{language}, from the next start of Hourglass on.',
  languageBegun: 'This translation is begun: what is missing is said in English.',

  // ShortcutsDialog
  panPicture: 'Pan the picture',
  dragOrSpaceAndDrag: 'drag, or Space and drag',
  zoomAtPointer: 'Zoom at the pointer',
  wheelOrPinch: 'wheel or pinch',
  fitOr100: 'Fit or 100 %',
  doubleClickOnPicture: 'double click on the picture',
  sliderOneStepTenSteps: 'Slider: one step, ten steps',
  arrowsShiftAndArrows: 'arrows, Shift and arrows',
  sliderLargeStepEnds: 'Slider: large step, ends',
  pageUpPageDownHome: 'Page up, Page down, Home, End',
  sliderBackToSuggestion: 'Slider: back to the suggestion',
  doubleClick: 'double click',
  chartSizesSetQuality: 'Chart of sizes: set the quality',
  clickOrArrows: 'click, or arrows',
  filmStripSelectSeveral: 'Film strip: select several',
  shiftOrCtrlAndClick: 'Shift or Ctrl and click',
  keyboardShortcuts: 'Keyboard shortcuts',
  pictureAndControls: 'Picture and controls',
  tabMovesFocusEverywhereAfter:
    'Tab moves the focus as everywhere. After a click on the picture it shows or hides the panels instead; Shift+Tab then leaves the picture.',

  readManual: 'Read the manual',

  // DiagnosticsDialog
  diagnostics: 'Diagnostics',
  diagnosticsAbout:
    'What helps others to find a fault: versions, system, devices as they were checked, settings, failures by their codes. This is all of it: no pictures, no paths, no names of files or persons. Nothing is sent; it is yours to give.',
  diagnosticsComes: 'The devices are looked at…',
  diagnosticsSave: 'Save as a file…',
  diagnosticsSaved: 'Saved.',

  // ManualDialog
  manual: 'Manual',
  manualStart: 'Beginning of the manual',
  manualComes: 'Opening the manual…',
  manualLost: 'This page of the manual can not be read.',
  manualLostHint:
    'It comes with the program. Load the page again; if that does not help, install it again.',

  // WindowEvents
  photosToOpen: 'Photos to open',
  folderToOpen: 'Folder to open',
  networkToAdd: 'Network to add',
});
