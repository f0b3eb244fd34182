/**
 * One file through LibRaw at fixed parameters, and what its failures mean. Where this runs is `thread.ts`'s business: it
 * blocks, and its memory stays with the module.
 */
import { HourglassError, toHourglassError } from '../contract/errors.ts';
import { encodeProphoto, encodeTone, prophotoOfCamera } from './colour.ts';
import type {
  LibRawFile,
  LibRawMetadata,
  LibRawModule,
  LibRawMosaic,
  LibRawSettings,
} from './libraw.ts';
import { measureColours, type ColourNoise } from './mosaic-noise.ts';
import type { Developed, RawCall, RawHeader } from './protocol.ts';
import { say } from './sentences.ts';

/**
 * Camera white balance, no brightening by what the picture holds, no highlights invented (what one channel clips is
 * white), linear, 16 bits, upright, in the camera's colours. `adjustMaximumThr` 0: white is the sensor's, not the
 * brightest sample's.
 */
const settingsOf = ({ quality }: Pick<RawCall, 'quality'>): LibRawSettings => ({
  useCameraWb: true,
  noAutoBright: true,
  outputBps: 16,
  userQual: quality === 'full' ? 3 : 0,
  halfSize: quality === 'half',
  outputColor: 0,
  gamm: [1, 1, 0, 0, 0, 0],
  highlight: 0,
  userFlip: -1,
  adjustMaximumThr: 0,
});

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint16Array;
}

/**
 * The part of an upright picture that is DefaultCrop, which LibRaw does not apply. Cut off after developing: colours at
 * its borders are then filled in from real neighbours, and odd origins keep their place (LibRaw moves them to even ones).
 */
function cropped(
  picture: Picture,
  crop: RawCall['crop'],
  facts: LibRawMetadata,
  halved: boolean,
): Picture {
  if (!crop) return picture;
  const { flip } = facts;
  const { channels } = picture;
  // LibRaw's flip: 1 and 2 mirror columns and rows, 4 then exchanges both.
  const turned = (flip & 4) !== 0;
  const full = turned
    ? { width: picture.height, height: picture.width }
    : { width: picture.width, height: picture.height };
  const half = (value: number): number => (halved ? value >> 1 : value);
  let x = half(crop.x - facts.left_margin);
  let y = half(crop.y - facts.top_margin);
  let [width, height] = [half(crop.width), half(crop.height)];
  if (x < 0 || y < 0 || width === 0 || height === 0) return picture;
  if (x + width > full.width || y + height > full.height) return picture;
  if (flip & 1) x = full.width - x - width;
  if (flip & 2) y = full.height - y - height;
  if (turned) [x, y, width, height] = [y, x, height, width];
  const data = new Uint16Array(width * height * channels);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * picture.width + x) * channels;
    data.set(picture.data.subarray(from, from + width * channels), row * width * channels);
  }
  return { width, height, channels, data };
}

function open(
  file: LibRawFile,
  bytes: Uint8Array,
  settings: LibRawSettings,
  name: string,
): LibRawMetadata {
  try {
    file.open(bytes, settings);
    return file.metadata(true);
  } catch (cause) {
    throw new HourglassError('unsupported-image', say('cameraNotKnown', { name }), {
      hint: say('convertToDng'),
      cause,
    });
  }
}

/**
 * @param told is told the size before anything is decoded, and may throw
 * @throws HourglassError unsupported-image; anything: see `inWords`
 */
export function developFile(
  { LibRaw }: LibRawModule,
  bytes: Uint8Array,
  call: Omit<RawCall, 'path'>,
  told: (header: RawHeader) => void,
): Developed {
  const { name } = call;
  const file = new LibRaw();
  try {
    const settings = settingsOf(call);
    const header = open(file, bytes, settings, name);
    const { width, height, raw_width: rawWidth, raw_height: rawHeight } = header;
    if (header.is_foveon > 0)
      throw new HourglassError('unsupported-image', say('foveonNotDeveloped', { name }), {
        hint: say('convertToDng'),
      });
    told({ width, height, megapixels: (rawWidth * rawHeight) / 1e6 });
    // What is neither three colours nor one is converted by LibRaw itself.
    const own = header.colors === 3 || header.colors === 1;
    if (!own) open(file, bytes, { ...settings, ...prophotoByLibRaw }, name);
    let picture;
    try {
      picture = file.imageData();
    } catch (cause) {
      throw new HourglassError('unsupported-image', say('pixelsNotRead', { name }), {
        hint: say('convertToDng'),
        cause,
      });
    }
    const { colors, data: samples } = picture;
    if (!(samples instanceof Uint16Array) || (colors !== 1 && colors !== 3))
      throw new HourglassError('unsupported-image', say('pixelsNotRead', { name }));
    const after = file.metadata(true);
    const { width: across, height: down } = picture;
    const whole: Picture = { width: across, height: down, channels: colors, data: samples };
    const cut = cropped(whole, call.crop, after, settings.halfSize);
    const { data } = cut;
    const colour = after.color_data;
    const matrix = own && colors === 3 ? prophotoOfCamera(colour.rgb_cam) : null;
    if (matrix) encodeProphoto(data, matrix);
    else if (own) encodeTone(data);
    const known = colour.cam_xyz.slice(0, 3).flatMap((row) => row.slice(0, 3));
    const [red = 1, green = 1, blue = 1] = colour.pre_mul;
    return {
      width: cut.width,
      height: cut.height,
      channels: cut.channels,
      data,
      development: {
        multipliers: [red, green, blue],
        matrix: matrix && [...matrix],
        whiteBalance: (header.color_data.cam_mul[0] ?? 0) > 0 ? 'camera' : 'daylight',
        cameraOfXyz: known.length === 9 && known.some((value) => value !== 0) ? known : null,
        make: after.camera_make,
        model: after.camera_model,
        uniqueModel: colour.UniqueCameraModel,
        iso: after.iso_speed,
        // Behind the picture: the other way round LibRaw's picture would be none.
        noise: call.quality === 'full' ? noiseOf(file, header, call.black) : null,
        pictures: after.raw_count,
      },
    };
  } finally {
    file.delete();
  }
}

/** Colours of the pattern, from the corner of what is visible (dcraw's `FC`). */
const colourAt = (filters: number, row: number, column: number): number =>
  (filters >>> ((((row << 1) & 14) | (column & 1)) << 1)) & 3;

/** null: there is none, or no memory for one more copy of it: the picture is there all the same. */
function mosaicOf(file: LibRawFile): LibRawMosaic | null {
  try {
    return file.rawImageData() ?? null;
  } catch {
    return null;
  }
}

function noiseOf(
  file: LibRawFile,
  { filters, cdesc, width, height, color_data: { black, maximum } }: LibRawMetadata,
  known: RawCall['black'],
): ColourNoise | null {
  // Below 1000 these are numbers of other patterns: none, X-Trans.
  if (filters >>> 0 < 1000 || !cdesc.startsWith('RGB')) return null;
  const mosaic = mosaicOf(file);
  if (!mosaic) return null;
  const places = [0, 1, 2, 3].map((place) => colourAt(filters, place >> 1, place & 1));
  const samples = {
    ...{ data: mosaic.data, stride: mosaic.raw_width, width, height },
    ...{ left: mosaic.left_margin, top: mosaic.top_margin },
    ...{ black: known ?? ([black, black, black, black] as const), white: maximum },
  };
  const isWhole = samples.data.length >= mosaic.raw_width * (mosaic.top_margin + height);
  return isWhole && maximum > Math.max(...samples.black) ? measureColours(samples, places) : null;
}

const prophotoByLibRaw = { outputColor: 4, gamm: [1 / 1.8, 16, 0, 0, 0, 0] } as const;

/** WebAssembly says so when its memory can not grow; LibRaw's own pointers say nothing. */
export const inWords = (error: unknown, name: string): HourglassError =>
  error instanceof RangeError
    ? new HourglassError('out-of-memory', say('noMemory', { name }), { cause: error })
    : error instanceof Error && error.name === 'RuntimeError'
      ? new HourglassError('damaged-image', say('brokeOff', { name }), { cause: error })
      : toHourglassError(error);
