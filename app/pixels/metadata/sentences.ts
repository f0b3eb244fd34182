/** What the readers of metadata say, by id. How a sentence is written stands in CONTRIBUTING. */
import { defineSentences } from '../../contract/sentences/index.ts';

export const say = defineSentences('pixelsMetadata', {
  // beside
  notKept: '{name} holds {what}, which results do not keep.',
  noPlace: '{format} has no place for {what}; it is not in the result.',
  film: 'the film of a motion photo',
  gainMap: 'the HDR gain map',
  lightLevels: 'the light levels of the HDR picture and of the screen that it was graded on',
  makersTail: 'data of the camera’s maker behind the picture',
  otherTail: 'data of an unknown kind behind the picture ({bytes} bytes)',
  furtherPictures:
    '{count, plural, one {a further picture} other {# further pictures}} behind the first (previews, another eye, a depth map)',
  comment: 'a text comment',
  text: 'a text “{keyword}”',
  physical: 'the physical scale of its subject ({type})',
  applicationData: 'data of another program or maker ({name})',
  credentials: 'Content Credentials (C2PA), a signature of the pixels as they were',
  boxes: 'data in JUMBF boxes',
  layers: 'the layers of Photoshop',
  clippingPath: 'a clipping path',
  paths: 'paths of Photoshop',
  marks: 'the copyright mark or address of Photoshop',
  overlays: 'ImageJ’s overlays, labels and regions',
  stackTags: 'a microscope’s own description of its stack ({name})',
  maskPage: 'a transparency mask as a page of its own',
  subPictures: 'further pictures in sub-directories',
});
