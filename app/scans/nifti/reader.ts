/** NIfTI volumes wherever a picture is opened: each slice is a page of its file, at each time point, in the order of the file. */
import {
  notBetween,
  type DocumentInfo,
  type Notice,
  type Plane,
  type Scale,
  type VolumeShape,
} from '../../contract/index.ts';
import { decimal } from '../../contract/sentences/index.ts';
import {
  completeMetadata,
  plainScale,
  refuseUnaffordable,
  type DecodedImage,
  type DecodeLimits,
  type ForeignReader,
  type ImageFile,
} from '../../pixels/index.ts';
import { cutPlane, leans, whyNoPlanes, withoutPlanes, type CutOptions } from '../planes.ts';
import { affineOf, brokenForm, orientationOf, scannedOf, voxelSizes } from './geometry.ts';
import { sliceBytes, slicesOf, type NiftiHeader } from './header.ts';
import { say } from './sentences.ts';
import { sourceVolume } from './source-volume.ts';
import { withVolume, type Volume } from './volume.ts';
import { losesDigits, readVoxels } from './voxels.ts';

export const niftiReader: ForeignReader = {
  decode: (file, limits, signal, { frame, page = 0, plane, told }) =>
    withVolume(file, limits, signal, (volume) =>
      plane
        ? decodePlane(file, volume, { plane, page }, { limits, signal, told })
        : decodeSlice(file, volume, { page, frame }, limits),
    ),
  preview: (file, limits, signal) =>
    withVolume(file, limits, signal, (volume) => {
      // The first slices show what lies outside of a body.
      const page = Math.floor((slicesOf(volume.header) - 1) / 2);
      return decodeSlice(file, volume, { page, frame: 0 }, limits);
    }),
};

/** @throws HourglassError unsupported-image: it does not say how it lies; as `cutPlane` */
async function decodePlane(
  file: ImageFile,
  { header }: Volume,
  part: { readonly plane: Plane; readonly page: number },
  options: CutOptions,
): Promise<DecodedImage> {
  const { name, path, bytes, modifiedMs } = file;
  const shape = shapeOf(header);
  if ('refused' in shape) throw withoutPlanes(name, shape.refused);
  const stack = {
    ...{ name, shape, key: [path, bytes, modifiedMs].join() },
    // Opened again for each: whoever cleans slice by slice takes his time.
    slice: (page: number, signal: AbortSignal) =>
      withVolume(file, options.limits, signal, (volume) =>
        decodeSlice(file, volume, { page, frame: 0 }, options.limits),
      ),
  };
  return cutPlane(stack, part, options);
}

/** The volume of one time, in the coordinates of the contract, or why no planes are cut from it. */
function shapeOf(header: NiftiHeader): VolumeShape | { readonly refused: string } {
  const [columns = 1, rows = 1, slices = 1, ...others] = header.dims;
  const affine = affineOf(header);
  if (slices < 2) return { refused: whyNoPlanes('alone') };
  if (!affine || orientationOf(affine) === null) return { refused: whyNoPlanes('place') };
  // x and y run the other way there.
  const column = (at: 0 | 1 | 2 | 3): [number, number, number] => [
    0 - affine[0]![at],
    0 - affine[1]![at],
    affine[2]![at],
  ];
  const shape: VolumeShape = {
    size: [columns, rows, slices],
    times: others.reduce((product, length) => product * length, 1),
    origin: column(3),
    steps: [column(0), column(1), column(2)],
  };
  return leans(shape) ? { refused: whyNoPlanes('tilt') } : shape;
}

function planesOf(header: NiftiHeader): Pick<DocumentInfo, 'volume' | 'noPlanes'> {
  const shape = shapeOf(header);
  return 'refused' in shape ? { noPlanes: shape.refused } : { volume: shape };
}

/** Bytes that a voxel takes beside its own: the sample, and what percentiles of it need. */
const SAMPLE_BYTES = 8;

async function decodeSlice(
  file: ImageFile,
  volume: Volume,
  { page, frame }: { readonly page: number; readonly frame: number },
  limits: DecodeLimits,
): Promise<DecodedImage> {
  const { header, sampleType } = volume;
  const [width, height] = header.dims as [number, number];
  const count = slicesOf(header);
  if (page >= count) throw notBetween('page', 1, count, page + 1);
  // Whoever asks for a frame that is not there is refused once it is known how many there are.
  const slice = Math.min(page + frame, count - 1);
  const peak = 2 * sliceBytes(header) + width * height * SAMPLE_BYTES;
  refuseUnaffordable(file, { width, height, peak }, limits);
  const at = header.voxOffset + slice * sliceBytes(header);
  const bytes = await volume.read(at, sliceBytes(header));
  const one: Notice = { level: 'info', text: oneOf(file.name, header, slice) };
  const metadata = await completeMetadata({
    ...{ icc: null, exif: null, xmp: null, iptc: null, resolution: null, orientation: 1 },
    accessedMs: file.accessedMs,
    modifiedMs: file.modifiedMs,
    volume: sourceVolume(file, header, slice, limits),
  });
  return {
    ...{ path: file.path, format: file.format, bytes: file.bytes },
    frames: count - page,
    ...(count > 1 ? { pages: { count, notice: one } } : {}),
    raster: {
      ...{ width, height, channels: 1, hasAlpha: false, sampleType },
      data: readVoxels(bytes, header, sampleType),
      scale: scaleOf(volume),
    },
    metadata,
    content: { family: 'scan', reason: say('isVolume') },
    scanned: { ...scannedOf(header, slice), ...(count > 1 ? planesOf(header) : {}) },
    notices: [...(count > 1 ? [one] : []), ...noticesOf(file.name, volume, bytes)],
  };
}

/** From the header's own window, else from what lies in the middle of the volume: the same in every slice. */
function scaleOf({ header, range, sampleType }: Volume): Scale {
  const { slope, intercept, calMin, calMax } = header;
  const measured = range && [range.low * slope + intercept, range.high * slope + intercept];
  const asked = Number.isFinite(calMax - calMin) && calMax > calMin;
  const [low, high] = asked
    ? [calMin, calMax]
    : [Math.min(...(measured ?? [0])), Math.max(...(measured ?? [0]))];
  return {
    ...plainScale(sampleType),
    ...{ slope, intercept },
    window: high > low ? { center: (low + high) / 2, width: high - low } : null,
    ...(high > low && !asked ? { assumed: true } : {}),
  };
}

function oneOf(name: string, { dims }: NiftiHeader, slice: number): string {
  const slices = dims[2]!;
  const volumes = dims.slice(3).reduce((product, length) => product * length, 1);
  const facts = { name, slice: (slice % slices) + 1, count: slices };
  return volumes === 1
    ? say('oneSlice', facts)
    : say('oneSliceAtTime', { ...facts, volume: Math.floor(slice / slices) + 1, volumes });
}

function noticesOf(name: string, { header, rounded }: Volume, bytes: Uint8Array): Notice[] {
  const affine = affineOf(header);
  const used = header.dims.findLastIndex((length) => length > 1) + 1;
  const notices: Notice[] = [
    {
      level: 'info',
      text: say('howItLies', {
        name,
        size: header.dims.slice(0, Math.max(3, used)).join(' × '),
        voxel: voxelSizes(header)
          .map((size) => decimal(size, 3))
          .join(' × '),
        orientation: (affine && orientationOf(affine)) ?? 'none',
      }),
    },
  ];
  const form = brokenForm(header);
  if (form) notices.push({ level: 'warning', text: say('affineNoNumbers', { name, form }) });
  const bits = 8 * header.bytesPerVoxel;
  if (header.bitpix !== bits)
    notices.push({
      level: 'warning',
      text: say('otherBits', {
        ...{ name, type: header.type.toUpperCase(), bits, said: header.bitpix },
      }),
    });
  if (rounded) notices.push({ level: 'warning', text: say('integersAsFloats', { name }) });
  if (header.type === 'float64' && losesDigits(bytes, header))
    notices.push({ level: 'warning', text: say('floatsOfFewerDigits', { name }) });
  return notices;
}
