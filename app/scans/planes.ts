/**
 * Planes of a volume, cut from its slices: all of them are read once and stay in memory, bounded, until another volume is asked for or
 * nobody has cut for a while. Where planes lie is `contract/planes.ts`; which slices are a volume, the readers know.
 */
import {
  cutOf,
  HourglassError,
  notBetween,
  placeOfPage,
  throwIfCancelled,
  voxelOf,
  type Along,
  type Cut,
  type Notice,
  type Plane,
  type Rect,
  type Scale,
  type VolumeShape,
} from '../contract/index.ts';
import { decimal } from '../contract/sentences/index.ts';
import {
  allocateSamples,
  completeMetadata,
  KeptWhile,
  nextTurn,
  refuseTooManyPixels,
  Shared,
  type CutFrom,
  type DecodedImage,
  type DecodeLimits,
  type ImageMetadata,
  type Samples,
  type SampleType,
} from '../pixels/index.ts';
import { bytesPerSample, scaleOf } from '../pixels/raster.ts';
import { say } from './sentences.ts';

/** Slices that are a volume, as its reader knows them. */
export interface SliceStack {
  readonly name: string;
  /** Equal keys, equal slices: paths, sizes, dates. */
  readonly key: string;
  readonly shape: VolumeShape;
  /** All times one behind the other, from 0 on. @throws HourglassError as `decodeImage` */
  slice(index: number, signal: AbortSignal): Promise<DecodedImage>;
}

/** The slices of one time, on one scale. */
interface LoadedVolume {
  readonly slices: readonly Samples[];
  /** Of other samples of a slice. @param slice of this time */
  readonly convert: (samples: Samples, slice: number) => Samples;
  readonly sampleType: SampleType;
  readonly scale: Scale;
  /** What is true of all its slices. */
  readonly first: Pick<DecodedImage, 'path' | 'format' | 'bytes'> & Pick<DecodedImage, 'content'>;
  readonly modality: string | undefined;
  readonly dates: Pick<ImageMetadata, 'accessedMs' | 'modifiedMs'>;
}

/** More would not leave room for all else that is shown. */
const MOST_BYTES = 1e9;
/** Nobody has cut for so long: the memory goes. */
const IDLE_MS = 120_000;

/** One at a time; made once for all who ask at the same time. */
const held = new KeptWhile<Shared<LoadedVolume>>(IDLE_MS);

/**
 * A page of a plane, with what it was cut from.
 * @param page from 0 on, of all times
 * @throws HourglassError invalid-parameter, out-of-memory, unsupported-image, image-too-large, cancelled; as `SliceStack.slice`
 */
export async function cutPlane(
  stack: SliceStack,
  { plane, page }: { readonly plane: Plane; readonly page: number },
  { limits, signal, told }: CutOptions,
): Promise<DecodedImage> {
  const { shape, name } = stack;
  const cut = cutOf(shape, plane);
  const count = cut.pages * shape.times;
  if (page >= count) throw notBetween('page', 1, count, page + 1);
  const { width, height } = cut;
  refuseTooManyPixels(name, { width, height }, limits);
  const time = Math.floor(page / cut.pages);
  const volume = await volumeOf(stack, time, signal, told);
  // The volume itself is not held: what is open would keep it in memory for good.
  const assemble: CutFrom['assemble'] = async (samplesOf, signal) => {
    const again = await volumeOf(stack, time, signal, undefined);
    return assembled(again, shape, cut, page % cut.pages, (slice) => {
      const samples = samplesOf(time * shape.size[2] + slice);
      return samples && again.convert(samples, slice);
    });
  };
  const { first, modality, dates, sampleType, scale } = volume;
  const notice: Notice = { level: 'info', text: say('onePage', { plane, page: (page % cut.pages) + 1, count: cut.pages }) }; // prettier-ignore
  return {
    ...first,
    metadata: await completeMetadata({
      ...{ icc: null, exif: null, xmp: null, iptc: null, resolution: null, orientation: 1 },
      ...dates,
    }),
    pages: { count, notice },
    scanned: {
      ...(modality ? { modality } : {}),
      ...{ plane, volume: shape, pixelSize: { x: cut.pixel, y: cut.pixel } },
      place: placeOfPage(shape, cut, page),
    },
    raster: {
      ...{ width, height, channels: 1, hasAlpha: false, sampleType, scale },
      data: assembled(volume, shape, cut, page % cut.pages, () => null),
    },
    cutFrom: cutFrom(stack, cut, page, assemble),
    notices: [notice, { level: 'info', text: wordsOf(cut) }],
  };
}

export interface CutOptions {
  readonly limits: DecodeLimits;
  readonly signal: AbortSignal;
  readonly told?: ((done: number, total: number) => void) | undefined;
}

const wordsOf = ({ across, down, pixel }: Cut): string => {
  const between = Math.max(across.step, down.step);
  return between > pixel * (1 + 1e-6)
    ? say('interpolatedPlane', { step: decimal(between, 3), pixel: decimal(pixel, 3) })
    : say('plainPlane', { pixel: decimal(pixel, 3) });
};

function cutFrom(
  { key, shape, slice }: SliceStack,
  cut: Cut,
  page: number,
  assemble: CutFrom['assemble'],
): CutFrom {
  const { through, pages } = cut;
  const each = shape.size[2];
  const first = Math.floor(page / pages) * each;
  const slices =
    through.axis === 2
      ? [first + voxelOf(through, page % pages)]
      : Array.from({ length: each }, (_, at) => first + at);
  return {
    ...{ key, slices, slice, assemble },
    between: (slice) => betweenSlices(cut, slices.length === 1 ? null : slice - first),
  };
}

/** @param slice of one time; null: all of the plane lies in one */
function betweenSlices(cut: Cut, slice: number | null): Rect {
  const { across, down, pixel, width, height } = cut;
  if (slice === null) return { x: 0, y: 0, width, height };
  const isAcross = across.axis === 2;
  const along = isAcross ? across : down;
  const most = isAcross ? width : height;
  // Counted the plane's way, a slice and the next one lie one behind the other, or the other way round.
  const [low, high] = along.reversed
    ? [voxelOf(along, slice + 1), voxelOf(along, slice)]
    : [slice, slice + 1];
  const first = Math.max(0, Math.ceil((Math.max(low, 0) * along.step) / pixel - 1e-6));
  const end = Math.min(
    most,
    Math.floor((Math.min(high, along.voxels - 1) * along.step) / pixel + 1e-6) + 1,
  );
  const length = Math.max(1, end - first);
  return isAcross
    ? { x: first, y: 0, width: length, height }
    : { x: 0, y: first, width, height: length };
}

async function volumeOf(
  stack: SliceStack,
  time: number,
  signal: AbortSignal,
  told: CutOptions['told'],
): Promise<LoadedVolume> {
  return held.use(
    `${time}\0${stack.key}`,
    () => new Shared(),
    (shared) => shared.get(signal, (either) => load(stack, time, either, told)),
  );
}

async function load(
  { shape, name, slice }: SliceStack,
  time: number,
  signal: AbortSignal,
  told: CutOptions['told'],
): Promise<LoadedVolume> {
  const [columns, rows, count] = shape.size;
  const slices: DecodedImage['raster'][] = [];
  let first: DecodedImage | null = null;
  for (let at = 0; at < count; at++) {
    throwIfCancelled(signal);
    const image = await slice(time * count + at, signal);
    const { raster } = image;
    if (raster.channels !== 1 || raster.width !== columns || raster.height !== rows)
      throw new HourglassError('unsupported-image', say('planesOfOneTone', { name }));
    if (!first) refuseTooLarge(name, columns * rows * count * bytesPerSample(raster.sampleType));
    first ??= image;
    slices.push(raster);
    told?.(at + 1, count);
    await nextTurn();
  }
  const { path, format, bytes, content, scanned, metadata } = first!;
  return {
    ...onOneScale(slices),
    first: { path, format, bytes, ...(content ? { content } : {}) },
    modality: scanned?.modality,
    dates: { accessedMs: metadata.accessedMs, modifiedMs: metadata.modifiedMs },
  };
}

function refuseTooLarge(name: string, bytes: number): void {
  if (bytes <= MOST_BYTES) return;
  throw new HourglassError(
    'out-of-memory',
    say('volumeTooLarge', {
      name,
      size: decimal(bytes / 1e9, 1),
      most: decimal(MOST_BYTES / 1e9, 1),
    }),
    { hint: say('lookAtSlices') },
  );
}

/** As stored where all slices mean the same by it, else (PET) the values that were measured. */
function onOneScale(
  rasters: readonly DecodedImage['raster'][],
): Omit<LoadedVolume, 'first' | 'modality' | 'dates'> {
  const [first] = rasters;
  const { sampleType } = first!;
  const scale = scaleOf(first!);
  const facts = ({ slope, intercept, inverted, padding }: Scale): string =>
    JSON.stringify([slope, intercept, inverted ?? false, padding ?? null]);
  const same = rasters.every(
    (raster) => raster.sampleType === sampleType && facts(scaleOf(raster)) === facts(scale),
  );
  if (same)
    return { slices: rasters.map(({ data }) => data), convert: (own) => own, sampleType, scale };
  const scales = rasters.map(scaleOf);
  const converted = new WeakMap<Samples, Float32Array>();
  const ends = rasters.map((raster) => {
    const { slope, intercept, black, white } = scaleOf(raster);
    return [black * slope + intercept, white * slope + intercept];
  });
  return {
    slices: rasters.map(({ data }, slice) => measured(data, scales[slice]!)),
    convert(samples, slice) {
      const known = converted.get(samples) ?? measured(samples, scales[slice]!);
      converted.set(samples, known);
      return known;
    },
    sampleType: 'float32',
    scale: {
      ...{ slope: 1, intercept: 0, unit: scale.unit, window: scale.window },
      ...{ black: Math.min(...ends.flat()), white: Math.max(...ends.flat()) },
      ...(scale.inverted ? { inverted: true } : {}),
      ...(scale.assumed ? { assumed: true } : {}),
    },
  };
}

/** NaN: padding. */
function measured(data: Samples, { slope, intercept, padding }: Scale): Float32Array {
  return Float32Array.from(data, (value) =>
    padding && value >= padding.low && value <= padding.high ? NaN : value * slope + intercept,
  );
}

/** Which two voxels a pixel lies between, and how far it is on the way to the second. */
interface Places {
  readonly one: Int32Array;
  readonly other: Int32Array;
  readonly share: Float64Array;
}

function placesOf(along: Along, pixels: number, pixel: number): Places {
  const { voxels, step } = along;
  const one = new Int32Array(pixels);
  const other = new Int32Array(pixels);
  const share = new Float64Array(pixels);
  for (let at = 0; at < pixels; at++) {
    const exact = Math.min((at * pixel) / step, voxels - 1);
    const low = Math.floor(exact + 1e-6);
    one[at] = voxelOf(along, low);
    other[at] = voxelOf(along, Math.min(low + 1, voxels - 1));
    share[at] = Math.max(0, exact - low);
    // Pixels as near to each other as voxels are those voxels.
    if (share[at]! < 1e-6) share[at] = 0;
  }
  return { one, other, share };
}

/**
 * Pixels of a page: voxels, linearly interpolated along the axis of the plane whose voxels are further apart than its pixels. Between a
 * value and padding, or what is no number, the nearer of the two stands.
 */
function assembled(
  { slices, sampleType, scale }: LoadedVolume,
  { size }: VolumeShape,
  cut: Cut,
  page: number,
  samplesOf: (slice: number) => Samples | null,
): Samples {
  const { across, down, through, pixel, width, height } = cut;
  const data = allocateSamples(sampleType, width * height);
  const used = slices.map((own, slice) => samplesOf(slice) ?? own);
  const columns = placesOf(across, width, pixel);
  const rows = placesOf(down, height, pixel);
  const index = [0, 0, 0];
  index[through.axis] = voxelOf(through, page);
  const read = (x: number, y: number): number => {
    index[across.axis] = x;
    index[down.axis] = y;
    return used[index[2]!]![index[1]! * size[0] + index[0]!]!;
  };
  const { padding } = scale;
  const isMeasured = (value: number): boolean =>
    Number.isFinite(value) && !(padding && value >= padding.low && value <= padding.high);
  const between = (one: number, other: number, share: number): number => {
    if (share === 0) return one;
    if (!isMeasured(one) || !isMeasured(other)) return share < 0.5 ? one : other;
    return one + (other - one) * share;
  };
  const rounds = sampleType !== 'float32';
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      const [left, right, byX] = [columns.one[x]!, columns.other[x]!, columns.share[x]!];
      const [top, bottom, byY] = [rows.one[y]!, rows.other[y]!, rows.share[y]!];
      const above = byX === 0 ? read(left, top) : between(read(left, top), read(right, top), byX);
      const value =
        byY === 0
          ? above
          : between(
              above,
              byX === 0
                ? read(left, bottom)
                : between(read(left, bottom), read(right, bottom), byX),
              byY,
            );
      data[at] = rounds ? Math.round(value) : value;
    }
  return data;
}

const reasons = {
  alone: () => say('noPlanesAlone'),
  colours: () => say('noPlanesColours'),
  frames: () => say('noPlanesFrames'),
  framesDiffer: () => say('noPlanesFramesDiffer'),
  framesOrder: () => say('noPlanesFramesOrder'),
  gaps: () => say('noPlanesGaps'),
  onePlace: () => say('noPlanesOnePlace'),
  place: () => say('noPlanesPlace'),
  size: () => say('noPlanesSize'),
  tilt: () => say('noPlanesTilt'),
  twice: () => say('noPlanesTwice'),
} as const;

/** Why no planes are cut from slices, as `DocumentInfo.noPlanes` says it. */
export const whyNoPlanes = (reason: keyof typeof reasons): string => reasons[reason]();

export const withoutPlanes = (name: string, why: string): HourglassError =>
  new HourglassError('unsupported-image', say('noPlanesIn', { name, why }), {
    hint: say('lookAtSlices'),
  });

/** Cosines of angles between axes beyond which they do not stand upright on each other: half a degree. */
const LEANS = 0.01;

/** Axes of a volume lean, as those of CT with a tilted gantry do. */
export function leans({ steps }: Pick<VolumeShape, 'steps'>): boolean {
  const cosine = (one: readonly number[], other: readonly number[]): number =>
    Math.abs(one.reduce((sum, part, i) => sum + part * other[i]!, 0)) /
    (Math.hypot(...one) * Math.hypot(...other));
  const [x, y, z] = steps;
  return ![cosine(x, y), cosine(x, z), cosine(y, z)].every((one) => one <= LEANS);
}
