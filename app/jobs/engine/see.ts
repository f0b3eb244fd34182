/** What networks see of an image, by who cleans images, for who trains networks: the scale on which they will be used. */
import { lookAt, readUnits } from '../../denoise/index.ts';
import type { See } from '../../learn/index.ts';
import { learntOf } from '../../runtime/index.ts';

export const see: See = (image) => {
  const picture = lookAt(image);
  const { width, height } = picture.source;
  return {
    ...{ width, height, tones: picture.tones, scan: picture.scan },
    read: (origin, side, target, planes) => readUnits(picture, origin, side, target, planes),
    learnt: (noises) => learntOf(image, picture, noises),
  };
};
