/** JPEG XL and JPEG 2000 wherever an image is opened; decoded in a thread (`thread.ts`) with limits of time and size. */
import { type Notice } from '../contract/index.ts';
import {
  completeMetadata,
  refuseTooManyPixels,
  refuseUnaffordable,
  timeFor,
  type DecodedImage,
  type DecodeLimits,
  type ForeignReader,
  type ImageFile,
  type ImageMetadata,
} from '../pixels/index.ts';
import { divideByOpacity, opacityNotices } from '../pixels/associated-alpha.ts';
import { hdrNotices } from '../pixels/colour/description.ts';
import { lostNotices } from '../pixels/metadata/beside.ts';
import { exifResolution, withoutExifPrefix } from '../pixels/metadata/exif.ts';
import { profileSpace } from '../pixels/metadata/icc.ts';
import { believed } from '../pixels/metadata/resolution.ts';
import { sampleTypeOf } from '../pixels/samples.ts';
import { callThread } from '../runtime/index.ts';
import { codecPeak } from './peak.ts';
import type { CodecCall, CodecHeader, CodecPicture } from './protocol.ts';
import { say } from './sentences.ts';

/** Time for a million samples besides that for the file, milliseconds: JPEG 2000 of 16 bits takes 530 on two shared cores. */
const perMillionMs = 2000;

export const codecReader = (format: CodecCall['format']): ForeignReader => {
  const read = async (
    file: ImageFile,
    limits: DecodeLimits,
    signal: AbortSignal,
  ): Promise<DecodedImage> => {
    const { path, name, bytes } = file;
    const timeoutMs = timeFor(limits, bytes);
    const picture = await callThread<CodecPicture, CodecHeader>({
      file: 'codecs/thread.js',
      data: { path, name, format } satisfies CodecCall,
      name,
      timeoutMs,
      told: (header) => {
        const { width, height, samples, passes } = header;
        refuseTooManyPixels(name, header, limits);
        const peak = codecPeak(format, bytes, header);
        refuseUnaffordable(file, { width, height, peak }, limits);
        return timeoutMs + ((width * height * samples * passes) / 1e6) * perMillionMs;
      },
      signal,
    });
    const { frames, lost } = picture;
    const notices: Notice[] = lostNotices(name, lost);
    if (frames > 1)
      notices.push({ level: 'info', text: say('firstOfSeveral', { name, count: frames }) });
    const metadata = await metadataOf(file, picture);
    notices.push(...hdrNotices(name, metadata));
    const raster = rasterOf(picture);
    if (picture.isMultiplied) notices.push(...opacityNotices(name, divideByOpacity(raster)));
    return { path, format, bytes, raster, metadata, notices };
  };
  return { decode: read, preview: read };
};

const rasterOf = ({
  width,
  height,
  channels,
  hasAlpha,
  data,
  bits,
}: CodecPicture): DecodedImage['raster'] => ({
  ...{ width, height, channels, hasAlpha, data },
  sampleType: sampleTypeOf(data),
  ...(bits === undefined ? {} : { bits }),
});

async function metadataOf(
  { accessedMs, modifiedMs }: ImageFile,
  { icc, exif: stored, xmp, iptc, resolution }: CodecPicture,
): Promise<ImageMetadata> {
  const exif = stored && new Uint8Array(withoutExifPrefix(stored));
  return completeMetadata({
    icc: profileSpace(icc) === null ? null : icc,
    ...{ exif, xmp, iptc },
    resolution: believed(resolution, await exifResolution(exif)),
    // Both formats turn their pixels themselves.
    orientation: 1,
    accessedMs,
    modifiedMs,
  });
}
