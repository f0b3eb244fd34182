/** What clean says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../../app/contract/sentences/index.ts';

export const say = defineSentences('clean', {
  usual: 'Usual',

  // CleanBar
  noiseMapOnWayTo: 'The noise map is on its way to the screen…',
  tryAgain: 'Try again',
  leaveNoiseMap: 'Leave the noise map',
  cancel: 'Cancel',
  resume: 'Resume',

  // ExportPanel
  export: 'Export',
  pagesToExport: '{of, select, volume {Slices} frames {Frames} other {Pages}} to export',
  allPages: 'All {of, select, volume {slices} frames {frames} other {pages}}',
  thisPage: 'This {of, select, volume {slice} frames {frame} other {page}}',

  // ModelPanel
  automaticModel: 'Automatic ({model})',
  automatic: 'Automatic',
  notInstalled: '{model} (not installed)',
  model: 'Model',
  lookingForModels: 'Looking for models…',
  noNetworkCleansInstalled: 'No network that cleans is installed.',
  chosenForEachPictureWhen: 'Chosen for each picture when it is cleaned.',
  removedNoiseAbout:
    'Removed noise of about {sigma} {unit, select, levels {levels} other {{unit}}}. {structure}',

  // NoiseMapLegend
  noiseLevelOnOneScale: 'Noise level, on one scale for all pictures',

  // NoisePanel
  gray: 'Gray',
  noise: 'Noise',
  noisePerChannel: 'Noise per channel, levels of an 8-bit scale',
  howMeasured: 'How it was measured',
  levels0To255Stand:
    'Levels 0 to 255 stand for the stored values {low} to {high}; {sigma} levels are {storedSigma} of them.',
  notMeasuredFileCouldNot: 'Not measured: the file could not be opened.',
  measuringNow: 'Measuring…',
  notMeasuredYet: 'Not measured yet.',

  // StrengthPanel
  percent: 'Percent',
  percentMeasuredNoise: 'Percent of what is suggested for the measured noise',
  level: 'Level',
  noiseLevelIn8Bit: 'A noise level in 8-bit levels, whatever was measured',
  detail: 'Detail',
  fineStructureGivenBack: 'fine structure given back',
  chroma: 'Chroma',
  strengthForColourNoise: 'strength for colour noise',
  strength: 'Strength',
  strengthGiven: 'Strength is given as',
  strengthInWords: '{strength} percent of the suggestion',
  noiseLevel: 'Noise level',
  levelInWords: '{sigma} levels of an 8-bit scale',
  shareInWords: '{share} percent of the {said}',
  setNoiseLevelYourself: 'Set a noise level yourself',
  suggested: 'As suggested',
  suggestedIsHundred: '100 % is the suggestion',
  pastedSettings: 'settings pasted',
  resetSettings: 'settings reset',
  settingsInWords:
    'strength {way, select, level {at level {sigma}} noise {{strength} % of the noise} other {{share} %}}{levelOf, select, series {, one level for the series} other {}}, detail {detail} %, chroma {chroma} %, network {model}',

  labelStrength:
    '{way, select, level {level {sigma}} noise {{strength} % of the noise} other {{share} %}}',
  labelDetail: 'detail {detail} %',
  labelChroma: 'chroma {chroma} %',
  makingKept: 'Making the kept result again',

  // desk
  dropNoisyPhotosHereAnd: 'Drop noisy photos or scans here and watch them become clean',
  cleaned: 'cleaned',
  ofMiddleSlice:
    'This is the slice in the middle of those that the plane is cut from. Each is cleaned at the level that is measured in it, unless you set one.',
  levelOf: 'Noise level of',
  levelOfSlice: '{of, select, volume {Each slice} frames {Each frame} other {Each page}}',
  levelOfSliceHint: 'Each is cleaned at the noise that is measured in it.',
  levelOfSeries: '{of, select, volume {The series} frames {All frames} other {All pages}}',
  levelOfSeriesHint:
    'All are cleaned at one level: the median of what is measured in nine of them at the most, evenly spaced.',
  ofSeries:
    'The median of {count, plural, one {one measured} other {# measured}}: all of them are cleaned at this one level.',
  ofThisSlice:
    '{of, select, frames {Of this frame: each frame} other {Of this slice: each slice}} is cleaned at the level that is measured in it, unless you set one.',
  planesNotExported: 'Planes are for looking: what is exported are the slices as they were taken.',
  cleanedTiles: 'Cleaned tiles',
  cleaningTiles: 'Cleaning, {done} of {total} tiles',
  cleanedSlices: 'Cleaned slices',
  cleaningSlices: 'Cleaning, {done} of {total} slices',

  // layers
  removed: 'Removed',
  residual: 'Residual',
  whatWasRemoved: 'what was removed',
  cleanedLabel: 'Cleaned',
  partlyCleaned: 'Partly cleaned',
  cleanedPicture: 'cleaned picture',
  noiseMapLabel: 'Noise map',
  noiseMap: 'noise map',

  // words
  measuring: 'Measuring',
  cleaning: 'Cleaning',
  measuringNoise: 'Measuring the noise…',
  opening: 'Opening…',
  originalNotCleanedYet: 'Original, not cleaned yet.',
  previousResult: 'Showing the previous result while the new one is computed.',
  previousResultTiles:
    'Showing the previous result while the new one is computed, {done} of {total} {of, select, slices {slices} other {tiles}}.',
  approximate: 'Approximate: what was removed, at the new strength. The true result follows.',
  approximateTiles:
    'Approximate: what was removed, at the new strength. The true result follows, {done} of {total} {of, select, slices {slices} other {tiles}}.',
  previewTiles: 'Preview, cleaning: {done} of {total} {of, select, slices {slices} other {tiles}}.',
  cleaningNow: 'Cleaning…',
  finalButForSharing: 'Final; the file is made from it as chosen for sharing.',
  finalWhatYouSeeWhat: 'Final: what you see is what is saved.',
  finalDetailWent: 'Final: what you see is what is saved. Some fine detail went with the noise.',
  keepMoreDetail: 'Keep more detail',
  moreDetail: 'more detail',
  cleanedOnWayToScreen: 'Cleaned; on its way to the screen…',
  cancelled: 'Cancelled. {shown}',
  failed: 'Failed. {shown}',
  original: 'This is the original.',
  resultEarlierSettings: 'This is the result of earlier settings.',
  tilesCleanedRestOriginal:
    '{done} of {total} {of, select, slices {slices} other {tiles}} are cleaned; the rest is the original.',
  noNoiseWorthCleaningResult: 'No noise worth cleaning: the result equals the original.',
  strength0ResultEqualsOriginal: 'Strength 0: the result equals the original.',
  noiseMapWaitsForOther: 'The noise map waits for other work…',
  noiseMapCouldNotMade: 'The noise map could not be made.',
  measuringWhere: 'Measuring where the noise is…',
  measuringWhereTiles: 'Measuring where the noise is: {done} of {total} tiles…',
  noiseMapToLevelsHalf: 'Noise map: {low} to {high} levels, half of the picture below {middle}.',

  // CleanSettings
  networks: 'Networks',
  thoseCleanPicturesNetworkYour:
    'Those that clean pictures. A network of your own is an ONNX file; it is tried before it is added, and stays on this machine.',
  output: 'Output',
  usedForEveryFileAnd: 'Used for every file, and remembered. The same choices stand beside Export.',
});
