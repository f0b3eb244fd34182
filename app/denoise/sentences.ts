/** What denoise says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../contract/sentences/index.ts';

export const say = defineSentences('denoise', {
  // clean-spec
  modelNotMadeForCleaning: 'The model {id} is not made for cleaning.',
  modelCleansGrayPicturesOnly: 'The model {id} cleans gray pictures only.',

  // export
  pageOf: '{of, select, volume {Slice} other {Page}} {page} of {count}: {message}',
  onPage: '{of, select, volume {Slice} other {Page}} {page}: {text}',
  pagesNotResized:
    'The {of, select, volume {slices} other {pages}} of {name} can not be made smaller together.',
  choosePage: 'Choose one of them (`--page 1`), or leave their size as it is.',
  deidentifiesDicom: '{name} does not become a DICOM file, and those alone are de-identified.',
  stripInstead: 'Without --deidentify; metadata of pictures is left out by --strip all.',
  retainsNothing: 'What is to be retained was given, but nothing is de-identified.',
  deidentifyToo: 'Add --deidentify, or leave --retain out.',
  opening: 'Opening {source}',
  measuringNoise: 'Measuring the noise',
  writing: 'Writing',

  // layers
  cleanedPicture: 'cleaned picture',
  nothingCleaned: 'Nothing was cleaned.',
  coarseNoiseNotRead:
    'Noise of scans that are smoothed as they are made (PET, SPECT) is as coarse as what they show, and is not measured. If you see some, give a level (--sigma 3, in the window under Strength), and look at what was removed.',
  airStays:
    'Air around the body stays as it was, bit for bit; what may be within the body is cleaned.',
  pictureGrayChromaStrengthNo: 'The picture is gray: the chroma strength has no effect.',
  modelTakesNoNoiseLevel:
    'The model {id} takes no noise level: all that it removes was removed, whatever level was given.',
  modelTakesNoNoiseLevelStrength:
    'The model {id} takes no noise level: a strength above 100 % does no more than 100 %.',

  // noise-map
  noiseMap: 'noise map',

  // noise/eigenvalues
  eigenvaluesNoiseEstimateDidNot: 'The eigenvalues of the noise estimate did not converge.',

  // noise/estimator
  methodWith: '{method} with {other}',
  notInstalled: '{id} is not installed',
  noNoiseEstimatorForPicture: 'No noise estimator is for this picture.',

  // noise/reading
  hardlyVisibleAt100: 'hardly visible at 100 %',
  visibleAt100: 'visible at 100 %',
  clearlyVisibleAt100: 'clearly visible at 100 %',
  veryStrong: 'very strong',
  strong: 'strong',
  noiseOf:
    'About {shown} {level, plural, one {level} other {levels}} of {kind, select, camera {camera noise} jpeg {noise and traces of strong JPEG compression} compressed {noise and traces of strong compression} other {noise}}: {seen}.',
  noiseOfStored:
    'About {shown} {level, plural, one {level} other {levels}} of {kind, select, camera {camera noise} jpeg {noise and traces of strong JPEG compression} compressed {noise and traces of strong compression} other {noise}} (about {shownStored} {stored, plural, one {stored value} other {stored values}}): {seen}.',
  noiseInTissue:
    'About {shown} HU of noise in soft tissue: {levels} of 255 levels in a window of {window, number} HU.',
  andUneven: '{words} It differs over the picture, and so does the cleaning.',
  noNoiseWorthCleaningMeasured: 'No noise worth cleaning was measured.',
  noNoiseWorthCleaningMeasuredGrain:
    'No noise worth cleaning was measured. Grain of cameras can hide from this measurement: if you see some, set a noise level yourself.',

  noiseOrTexture:
    'No noise could be told from texture: fine variation is everywhere in the picture. If you see noise, set a noise level yourself.',
  patternNotNoise:
    'No noise was measured: the picture has few values or repeats itself, as drawings, patterns and dithers do.',

  // structure
  nothingRemoved: 'Nothing was removed.',
  almostNothingRemovedLessThan: 'Almost nothing was removed: less than the eye can see.',
  removedPartLooksLikeNoise: 'The removed part looks like noise: it shows no edges of the picture.',
  removedPartMostlyNoiseWith:
    'The removed part is mostly noise, with faint traces of texture or edges.',
  removedPartShowsTextureOr:
    'The removed part shows texture or edges of the picture: some fine detail went with the noise.',
  removedTooNarrowToTell:
    'Something was removed, but the picture is too narrow to tell whether it looks like noise.',
  removedPartIsPattern:
    'The removed part is a pattern of the picture, not noise: less strength is advised.',
  removedPartLooksLikePicture:
    'The removed part looks like the picture itself: detail was lost, less strength is advised.',
});
