/** What raw says, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../contract/sentences/index.ts';

export const say = defineSentences('raw', {
  // thread
  cameraNotKnown:
    '{name} is a camera raw file that is damaged, or of a camera or compression that is not known.',
  pixelsNotRead:
    '{name} is a camera raw file whose pixels can not be read: it is damaged, or compressed in a way that is not known.',
  foveonNotDeveloped: '{name} comes from a Foveon sensor (X3F), which is not developed.',
  convertToDng:
    'Convert it to DNG (uncompressed or losslessly compressed), or export it as a 16-bit TIFF from the camera maker’s program.',
  noMemory: 'There is not enough memory to develop {name}.',
  brokeOff: '{name} is damaged: its decoder broke off.',

  // reader
  tooLarge: '{name} has {width} × {height} pixels ({megapixels} megapixels); the limit is {limit}.',
  cutShort: '{name} is damaged: its pixels lie beyond the end of the file, so it was cut short.',
  compressedWith:
    '{name} stores its pixels compressed with {compression}, which is not supported in raw files.',
  developed:
    '{name} was developed plainly: white balance {whiteBalance, select, camera {of the camera} other {for daylight, because the file names none}}, no brightening, clipped highlights stay white; 16 bits, {tones, plural, one {gray} other {ProPhoto RGB}}.',
  sensorNoise:
    'The sensor’s own noise, measured before demosaicking, is {percent} % of white on mid gray{named, select, iso { (ISO {iso, number})} other {}}.',
  severalPictures: '{name} holds {count} pictures; the first was developed.',
  exifNotRead: 'Camera data (EXIF) were not found in {name}; results hold none.',
  developedFrom: 'developed from a raw file of {camera}',
  someCamera: 'a camera',

  // dng-tags
  opcodes: 'opcode lists (lens, shading and bad pixels)',
  extraProfiles: 'additional camera profiles',
});
