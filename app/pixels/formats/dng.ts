/**
 * Linear DNG: a TIFF (`tiff.ts`) whose samples are those of a camera, demosaiced (DNG 1.7.1, chapter 3, LinearRaw). What the samples
 * and colours are is decided here; the way back to the camera and its tags come from who developed the picture (`CameraSpace`).
 */
import { basename } from 'node:path';
import { formatsFor, HourglassError, type Notice } from '../../contract/index.ts';
import { numberEntry, type NewEntry } from '../metadata/tiff-structure.ts';
import type { CameraSpace, WriteRequest } from '../types.ts';
import { say } from './sentences.ts';
import type { TiffLayout } from './tiff.ts';

/** PhotometricInterpretation LinearRaw (chapter 3): of several samples a pixel, or one of a camera without colours. */
const linearRaw = 34892;

/** LibRaw takes a smaller one for no raw file at all (`identify`: raw_height and raw_width), and so would we when we read it again. */
const leastSide = 22;

/**
 * The file's first directory. Orientation, Make, Model, EXIF, XMP and IPTC are as in every TIFF here. Uncompressed: deflate of integers is
 * not in DNG (chapter 3, Compression).
 */
export function linearDngLayout(
  { width, height, channels }: Pick<WriteRequest, 'width' | 'height' | 'channels'>,
  camera: CameraSpace,
): TiffLayout {
  const each = (value: number): number[] => Array.from({ length: channels }, () => value);
  return {
    ...{ width, height, channels, sampleType: 'uint16', extraSamples: [] },
    ...{ photometric: linearRaw, compression: 'none' },
    more: (little): NewEntry[] => [
      // Chapter 4: BlackLevelRepeatDim, BlackLevel, WhiteLevel (one a sample), DefaultScale's default, DefaultCrop, ActiveArea.
      numberEntry(50713, 3, [1, 1], little),
      numberEntry(50714, 4, each(0), little),
      numberEntry(50717, 4, each(65535), little),
      numberEntry(50719, 4, [0, 0], little),
      numberEntry(50720, 4, [width, height], little),
      numberEntry(50829, 4, [0, 0, height, width], little),
      ...camera.entries(little),
    ],
  };
}

/**
 * The way back, and what must be said of it.
 * @throws HourglassError output-unsupported: the picture was not developed from raw, or not in colours that can be undone; it is too small
 */
export function cameraOf(
  { from, width, height }: WriteRequest,
  hint: string,
  notices: Notice[],
): CameraSpace {
  const name = basename(from.path);
  const { cameraSpace } = from.metadata;
  if (!cameraSpace) {
    const isRaw = formatsFor(from.format).includes('dng');
    throw new HourglassError(
      'output-unsupported',
      isRaw ? say('noWayBackToCamera', { name }) : say('dngOnlyOfRaw', { name }),
      { hint },
    );
  }
  if (Math.min(width, height) < leastSide)
    throw new HourglassError(
      'output-unsupported',
      say('tooSmallForDng', { name, width, height, least: leastSide }),
      { hint },
    );
  const what = cameraSpace.lost().join(', ');
  if (what !== '') notices.push({ level: 'warning', text: say('notInDng', { name, what }) });
  notices.push({ level: 'info', text: say('linearDng') });
  return cameraSpace;
}
