/** What is said of formats that pictures are written as, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('pixelsFormats', {
  // dng
  dngOnlyOfRaw:
    '{name} is no camera raw file; DNG holds what a camera’s sensor saw and is written of those only.',
  noWayBackToCamera:
    'The colours of {name} can not be taken back to those of its camera, which a DNG holds.',
  tooSmallForDng:
    '{name} would be a DNG of {width} × {height} pixels; raw editors that use LibRaw open none of fewer than {least} on a side.',
  notInDng:
    '{name} asks editors for corrections that the DNG does not ask for, because they count on the sensor’s own pixels: {what}.',
  linearDng:
    'The DNG holds the picture in the camera’s own colours, linear, demosaiced, white balance not applied: editors develop it as they do raw files.',

  // tiff
  tooLargeForTiff: 'The image needs {gigabytes} GB, more than a TIFF file can hold (4.2 GB).',
  fileTooLargeForTiff: 'The file would be larger than a TIFF file can be (4 GiB).',
});
