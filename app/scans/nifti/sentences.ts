/** What is said of NIfTI volumes, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('nifti', {
  // header
  byteOrder: '{little, select, true {little endian} other {big endian}}',
  headerDamaged: '{name} is damaged: the field {what} of its NIfTI header is not possible.',
  typeNotSupported:
    '{name} stores voxels of type {type}, which are not supported: a picture holds one real number a voxel.',
  integersTooLarge:
    '{name} stores voxels of type {type} with values beyond 2⁵³, which can not be read exactly.',
  convertType:
    'Convert it to 16 or 32 bits with another program (fslmaths -odt, mrconvert -datatype).',

  // volume
  cutShort:
    '{name} is cut short: its header declares {declared} bytes of voxels, and {there} are there.',
  inflateDamaged: '{name} is damaged: its gzip stream can not be read to the end.',
  goesOn:
    '{name} is damaged: its gzip stream goes on for more than a megabyte behind the voxels that its header declares.',
  changedMeanwhile: '{name} was changed while it was worked on.',
  openAnew: 'Begin again with the file as it is now.',
  tooLarge:
    'Slices of {name} have {width} × {height} pixels ({megapixels} megapixels); the limit is {limit}.',

  // reader
  isVolume: 'a NIfTI volume holds values that were measured',
  oneSlice: 'This is slice {slice} of {count} of {name}.',
  oneSliceAtTime:
    'This is slice {slice} of {count} of {name}, in volume {volume} of {volumes} (time points or other series).',
  howItLies:
    '{name} is a volume of {size} voxels of {voxel}{orientation, select, none {; it does not say how they lie in space} other {, orientation {orientation}}}. A slice is shown with its rows and columns as they are stored.',
  otherBits:
    '{name} contradicts itself: its voxels are of type {type}, {bits} bits each, and its field bitpix says {said}. They are read by their type.',
  affineNoNumbers:
    'What {name} says of where its voxels lie ({form}) holds what is no number: it is shown without directions.',
  integersAsFloats:
    '{name} holds integers that 32-bit floats do not hold exactly; they are shown and cleaned rounded to about 7 digits. Voxels that cleaning leaves as they are keep all their digits.',
  floatsOfFewerDigits:
    '{name} holds 64-bit floats; they are shown and cleaned as 32-bit floats, with about 7 digits. Voxels that cleaning leaves as they are keep all their digits.',
});
