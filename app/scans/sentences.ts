/** What scans says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../contract/sentences/index.ts';

export const say = defineSentences('scans', {
  damaged: '{name} is damaged or cut short.',
  cutShort: '{name} is cut short: the pixels of frame {frame} are not all there.',
  otherSyntax: '{name} is a DICOM file of the transfer syntax {uid}, which is not supported.',
  convertSyntax: 'Export it from its archive or viewer as explicit little endian or JPEG-LS.',
  noMeta:
    '{name} looks like DICOM, but lacks the file meta information that says how it is written.',
  addMeta: 'Export it again as a DICOM file (PS3.10) from the program that it comes from.',
  changedMeanwhile: '{name} was changed on the disk since it was opened.',
  openAnew: 'Open it again.',
  notAnImage: '{name} is {what} of DICOM, not an image.',
  openItsImages: 'Open the images that it was made of (CT, MR, PET); this one is left as it is.',
  dicomdir: 'a DICOMDIR',
  openDicomdir: 'Open the folder that it lies in, with the files that it names.',
  segmentation: 'a segmentation',
  labelMap: 'a label map segmentation',
  parametricMap: 'a parametric map',
  dose: 'a radiotherapy dose',
  structureSet: 'a radiotherapy structure set',
  plan: 'a radiotherapy plan',
  objectWithoutPixels: 'an object without pixels',
  pixelsNotRead: '{name} is a DICOM file whose pixels are not supported: {what}.',
  bitsAllocated: '{bits} bits per sample',
  bitsOf: '{bits} bits per sample in {photometric}',
  samplesOf: '{samples} samples per pixel in {photometric}',
  floatPixels: 'floating point',
  otherPalette: 'its palette is missing, cut short or segmented',
  jpeg12: 'JPEG of 12 bits, lossy',
  unknownStream: 'a compressed stream of a kind that is not known',
  noSize: '{name} does not say how many rows and columns it has.',
  bitsContradict: '{name} contradicts itself in the bits of its samples.',
  streamContradicts: '{name} holds a compressed picture of another size than it says.',
  tooManyFrames: '{name} promises {frames} frames, more than its bytes can hold.',
  threadEnded:
    'The thread that works on the compressed frames of {name} ended unexpectedly ({reason}).',
  threadOutOfMemory: 'The thread that works on the compressed frames of {name} ran out of memory.',
  tookTooLong: 'Decoding {name} took longer than {seconds} seconds.',
  notEncoded: '{name} could not be encoded as {coding}.',
  notTheSame:
    '{name} could not be encoded as {coding}: what was decoded again for a check is not what was written.',
  deepColourNotCoded:
    '{name} has colours of 16 bits per sample, which are not written as {coding}: they would not come back as they were.',
  otherSyntaxInstead:
    'Write it as JPEG-LS or as explicit little endian: --transfer-syntax jpeg-ls, or explicit.',
  explicitInstead: 'Write it as explicit little endian: --transfer-syntax explicit.',
  paletteNotWritten:
    '{name} stores indices of a palette, which cleaned colours are not among: it can not be written as DICOM.',
  framesNotAlone:
    '{name} holds {count} frames and is written with all of them: one alone can be had in another format.',
  seriesNotOneFile:
    '{name} is one of several files, which are written as DICOM each by itself: name them, or their folder, on the command line.',
  tooLargeObject: '{name} has more pixels than a DICOM file holds: 4 GB.',
  valuesClipped:
    '{name}: {count, plural, one {# value is} other {# values are}} beyond what {bits} bits stored hold, and {count, plural, one {was} other {were}} cut off there.',
  valuesMoved:
    '{name}: {count, plural, one {# cleaned value is} other {# cleaned values are}} kept one level away from the padding value, which stands for nothing that was measured.',
  deidentified:
    '{name} is de-identified (PS3.15, Basic Profile): of its elements {removed} were removed, {replaced} emptied or replaced, {kept} kept.',
  retained: '{name} keeps what was asked for: {list}.',
  burnedIn:
    '{name}: {said, select, YES {its source says that text is burned into its pixels} other {whether text is burned into its pixels, its source does not say}}. De-identification does not see pixels: look at them before you pass the file on.',
  olderArchives:
    '{name} is High-Throughput JPEG 2000: older archives and viewers store it, but can not show it.',
  oneFrame: '{name} holds {count} frames; this is frame {frame}.',
  modalityIs: 'DICOM, {modality}',
  paletteShown: '{name} stores indices of a palette, which are shown and cleaned as colours.',
  overlaysNotShown:
    '{name} holds drawings over its picture (overlays), which are not shown. They stay in what is written as DICOM, unless it is de-identified.',
  modalityLut: '{name} turns stored values into measured ones by a table; stored values are shown.',
  voiLut: '{name} asks to be shown by a table; a straight line is used instead.',
  voiFunction:
    '{name} asks to be shown by a function that is not known ({found}); the usual straight one is used (LINEAR).',
  oneToneOnly: '{name} has colours: only pictures of one tone are measured.',
  outsideOfPicture: 'The picture has {width} × {height} pixels; x {x}, y {y} lies outside.',
  millimetres: '{length} mm',
  saysWho:
    'What is shown may say who the patient is: it is shown because you asked for it, and kept nowhere.',
  cutTags:
    '{name} is damaged or cut short: only the elements before the first one that is not whole are shown.',
  otherSyntaxTags:
    '{name} has a transfer syntax that is not supported; its tags are shown, its pixels can not be.',
  moreTags: '{count, plural, one {One more element is} other {# more elements are}} not shown.',
  tooLargeForTags: '{name} has more bytes than are read for its tags: {limit}.',
  noSeriesThere: 'There are no DICOM files in {name}.',
  notShown:
    '{count, plural, one {One DICOM file of {name} can} other {# DICOM files of {name} can}} not be read: {list}{more, plural, =0 {} other { # more are not named.}}',
  archiveNotReached: '{name} was not sent: {host} can not be reached ({why}).',
  archiveNotTrusted: '{name} was not sent: the certificate of {host} can not be trusted ({why}).',
  nameItsAuthority:
    'If it is an archive with a certificate of its own, name that certificate, or the authority that signed it (--ca; in the window under Certificates). It is never sent without a check.',
  noCertificate: 'Expected certificates in PEM (-----BEGIN CERTIFICATE-----) for ca.',
  archiveTooSlow: '{name} was not sent: {host} said nothing for {seconds} seconds.',
  archiveRefused:
    '{host} did not store {name}, SOP instance {uid}{reason, select, none {} other {; its reason is {reason} (PS3.18, table 10.5.3-2)}}.',
  withoutStudy:
    'It has no UID of a study or of a series, which archives file objects by; its source has none either.',
  archiveAnswered:
    '{host} did not store {name}, SOP instance {uid}: {kind, select, token {it does not accept the token} address {there is no STOW-RS service at this address} media {it does not take files of this kind or transfer syntax} large {the file is too large for it} moved {it answers from another address, which is not followed with a token} other {it had a fault}} (HTTP {status}).',
  notOneSeries:
    '{name} and the files opened with it ({count} in all) are not slices of one series.',
  mixedPatients:
    '{name} and the files opened with it are of one series, but of several patients: they are not shown as one. Open them one by one.',
  severalPatients:
    'The slices of the series of {name} are of several patients: see whether they belong together.',
  mixedNotCleaned:
    '{name} is not worked on: the series that it is of has slices of several patients, and whose a result is could not be told.',
  partPatients:
    'Put the slices of each patient into a folder of their own, or name those of one patient alone.',
  sameObject:
    '{first} and {other}{more, plural, =0 {} other { and # more}} have the same SOP Instance UID. Where the files differ, each result has a UID of its own; of equal ones the results are one object, which an archive stores once.',
  severalSeries:
    'The DICOM files are {count} series, told apart by series, direction, size and kind of image; the first slice of each, and how many it has: {list}{more, plural, =0 {} other { and # more}}.',
  oneOfSeries: 'A series of {count} slices, in the order of their places; this is slice {slice}.',
  onePage:
    '{plane, select, axial {Axial} coronal {Coronal} other {Sagittal}} plane, page {page} of {count}.',
  interpolatedPlane:
    'This plane is cut from all slices. Its pixels are {pixel} mm apart, the voxels {step} mm one way: values between them are interpolated in a straight line.',
  plainPlane: 'This plane is cut from all slices: its pixels are their voxels, {pixel} mm apart.',
  planesOfOneTone: '{name} has slices of several tones or sizes: no planes are cut from it.',
  volumeTooLarge: '{name} has {size} GB of values, more than planes are cut from: {most} GB.',
  lookAtSlices: 'Look at its slices as they were taken.',
  noPlanesIn: '{name} has no planes: {why}',
  noPlanesGaps: 'its slices do not lie evenly.',
  noPlanesTwice: 'some of its slices lie where others lie already.',
  noPlanesTilt: 'its slices are shifted against each other, as with a tilted gantry.',
  noPlanesSize: 'it does not say how large its pixels are.',
  noPlanesPlace: 'it does not say how it lies in the body.',
  noPlanesFrames: 'its file does not say where each of its frames lies in the body.',
  noPlanesFramesDiffer: 'its frames lie in several directions, or have pixels of several sizes.',
  noPlanesFramesOrder: 'its frames are not in the order of their places.',
  noPlanesOnePlace: 'all of its frames lie at one place.',
  noPlanesColours: 'it has colours.',
  noPlanesAlone: 'it is one slice.',
  severalTimes:
    'The series of {name} has {places} places, each {times} times (points in time or echoes): one stack follows the other.',
  duplicates:
    '{count, plural, one {One slice} other {# slices}} of the series of {name} {count, plural, one {lies} other {lie}} where another one lies already.',
  slicesCut:
    '{count, plural, one {Slice {slices} of the series of {name} is cut short: its pixels are} other {Slices {slices}{more, plural, =0 {} other { and # more}} of the series of {name} are cut short: their pixels are}} not all there. The others can be cleaned.',
  gaps: 'The slices of the series of {name} do not lie evenly: the usual step is {step} mm, and {count, plural, one {one is another} other {# are others}} ({other} mm behind slice {first}).',
  lossyPast: '{name} was compressed with loss before: what that took is not there any more.',
});
