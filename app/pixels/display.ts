/**
 * Stored samples to what a screen shows: RGBA8, sRGB. Only for looking; files keep their own
 * colours. What a file says of them without a profile becomes one (`colour/`). No profile, or one that is sRGB in effect, costs nothing; curve-and-matrix profiles are
 * computed exactly; the rest goes through a 33³ lattice that libvips converts once.
 *
 * Float samples without a profile are taken for sRGB-encoded values on [0,1] (a profile with a
 * linear curve, as editors embed for linear light, is honoured); values outside are clipped here.
 * Scans that do not use the scale of their samples have a range of their own (`display-range.ts`); where the
 * page may window them, their tiles are not converted at all (`display-codes.ts`).
 */
import { levelInRange, type Rect, type ShownRange } from '../contract/index.ts';
import { shownProfile } from './colour/description.ts';
import { pngWithProfile } from './formats/containers.ts';
import { profileSpace } from './metadata/icc.ts';
import { hasLookupTable, matrixProfile, type MatrixProfile } from './metadata/matrix-profile.ts';
import { colourChannels, type Raster, type Samples, type SampleType } from './raster.ts';
import type { DecodedImage } from './types.ts';
import { sharp } from './vips.ts';

/** Converts a region of a raster of the image's own kind. Returns width × height × 4 bytes. */
export type DisplayTransform = (raster: Raster, rect: Rect) => Uint8Array;

/** Writes the sRGB of samples at `from` to `out` at `to`. */
type PixelConverter = (samples: Samples, from: number, out: Uint8Array, to: number) => void;

/** XYZ D50 to linear sRGB: inverse of the primaries of sRGB as ICC profiles state them (IEC 61966-2-1, Bradford-adapted). */
const xyzToSrgb = [
  3.134_187_3, -1.617_211, -0.490_693_5, -0.978_751, 1.916_130_8, 0.033_433_6, 0.071_938_3,
  -0.228_990_9, 1.405_386,
];

/** Linear light to sRGB-encoded, both on [0,1] (IEC 61966-2-1). */
export const srgbEncode = (linear: number): number =>
  linear <= 0.003_130_8 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055;

/** Linear light in 1/65535 to an sRGB level: fine enough that the darkest levels stay apart. */
const encodeTable = Uint8Array.from({ length: 65_536 }, (_, index) =>
  Math.round(srgbEncode(index / 65_535) * 255),
);

const encodeLinear = (linear: number): number =>
  encodeTable[linear <= 0 ? 0 : linear >= 1 ? 65_535 : (linear * 65_535 + 0.5) | 0]!;

/** Level of an 8-bit screen for a stored sample that is sRGB-encoded already. */
function plainLevel(type: SampleType): (value: number) => number {
  if (type === 'uint8') return (value) => value;
  if (type === 'uint16') return (value) => ((value + 128) / 257) | 0;
  if (type === 'int16') return (value) => ((value + 32_768 + 128) / 257) | 0;
  return (value) => (value <= 0 ? 0 : value >= 1 ? 255 : (value * 255 + 0.5) | 0);
}

/** Position of a stored sample in a table over [0,1], and the table's length. */
function tableIndex(type: SampleType): { size: number; index: (value: number) => number } {
  if (type === 'uint8') return { size: 256, index: (value) => value };
  if (type === 'uint16') return { size: 65_536, index: (value) => value };
  if (type === 'int16') return { size: 65_536, index: (value) => value + 32_768 };
  return {
    size: 65_536,
    index: (value) => (value <= 0 ? 0 : value >= 1 ? 65_535 : (value * 65_535 + 0.5) | 0),
  };
}

/**
 * Decides once per image how its samples become sRGB.
 * @param range stored values shown as black and white, as of `displayRange`; null: the full scale
 */
export async function createDisplayTransform(
  image: Pick<DecodedImage, 'metadata'> & {
    raster: Pick<Raster, 'channels' | 'hasAlpha' | 'sampleType'>;
  },
  range: ShownRange | null = null,
): Promise<DisplayTransform> {
  const { raster } = image;
  const colours = colourChannels(raster);
  const converter = range
    ? plainConverter(colours, levelInRange(range))
    : await chooseConverter(shownProfile(image.metadata, colours), colours, raster.sampleType);
  const alphaLevel = plainLevel(raster.sampleType);
  return (pixels, rect) => convertRegion(pixels, rect, converter, alphaLevel);
}

function convertRegion(
  raster: Raster,
  rect: Rect,
  converter: PixelConverter,
  alphaLevel: (value: number) => number,
): Uint8Array {
  const { channels, data, width } = raster;
  const out = new Uint8Array(rect.width * rect.height * 4);
  let to = 0;
  for (let y = rect.y; y < rect.y + rect.height; y++) {
    let from = (y * width + rect.x) * channels;
    for (let x = 0; x < rect.width; x++, from += channels, to += 4) {
      converter(data, from, out, to);
      out[to + 3] = raster.hasAlpha ? alphaLevel(data[from + channels - 1]!) : 255;
    }
  }
  return out;
}

async function chooseConverter(
  icc: Uint8Array | null,
  colours: 1 | 3,
  type: SampleType,
): Promise<PixelConverter> {
  const space = profileSpace(icc);
  const fits = (colours === 3 && space === 'RGB ') || (colours === 1 && space === 'GRAY');
  if (!icc || !fits) return plainConverter(colours, plainLevel(type));
  const matrix = matrixProfile(icc);
  if (matrix) {
    if (isSrgbInEffect(matrix)) return plainConverter(colours, plainLevel(type));
    return matrix.toXyz ? matrixConverter(matrix, type) : grayConverter(matrix, type);
  }
  // libvips would put Display P3 in the place of a profile that it can not read.
  if (colours === 1 || !hasLookupTable(icc)) return plainConverter(colours, plainLevel(type));
  const lattice = await convertLattice(icc);
  return lattice ? latticeConverter(lattice, type) : plainConverter(colours, plainLevel(type));
}

function plainConverter(colours: 1 | 3, level: (value: number) => number): PixelConverter {
  if (colours === 1)
    return (samples, from, out, to) => {
      out[to] = out[to + 1] = out[to + 2] = level(samples[from]!);
    };
  return (samples, from, out, to) => {
    out[to] = level(samples[from]!);
    out[to + 1] = level(samples[from + 1]!);
    out[to + 2] = level(samples[from + 2]!);
  };
}

/** True when a profile moves no colour by more than half an 8-bit level. */
function isSrgbInEffect(profile: MatrixProfile): boolean {
  const steps = [0, 0.02, 0.1, 0.25, 0.5, 0.75, 1];
  if (!profile.toXyz)
    return steps.every(
      (value) => Math.abs(srgbEncode(profile.curves[0]!(value)) - value) * 255 <= 0.5,
    );
  const matrix = multiply(xyzToSrgb, profile.toXyz);
  return steps.every((r) =>
    steps.every((g) =>
      steps.every((b) => {
        const linear = [r, g, b].map((value, channel) => profile.curves[channel]!(value));
        return [r, g, b].every((value, row) => {
          const result =
            matrix[row * 3]! * linear[0]! +
            matrix[row * 3 + 1]! * linear[1]! +
            matrix[row * 3 + 2]! * linear[2]!;
          return Math.abs(srgbEncode(Math.min(1, Math.max(0, result))) - value) * 255 <= 0.5;
        });
      }),
    ),
  );
}

const multiply = (a: readonly number[], b: readonly number[]): number[] =>
  [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map(
      (column) =>
        a[row * 3]! * b[column]! +
        a[row * 3 + 1]! * b[3 + column]! +
        a[row * 3 + 2]! * b[6 + column]!,
    ),
  );

function matrixConverter(profile: MatrixProfile, type: SampleType): PixelConverter {
  const { size, index } = tableIndex(type);
  const [red, green, blue] = profile.curves.map((curve) =>
    Float32Array.from({ length: size }, (_, at) => curve(at / (size - 1))),
  ) as [Float32Array, Float32Array, Float32Array];
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = multiply(xyzToSrgb, profile.toXyz!) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return (samples, from, out, to) => {
    const r = red[index(samples[from]!)]!;
    const g = green[index(samples[from + 1]!)]!;
    const b = blue[index(samples[from + 2]!)]!;
    out[to] = encodeLinear(m0 * r + m1 * g + m2 * b);
    out[to + 1] = encodeLinear(m3 * r + m4 * g + m5 * b);
    out[to + 2] = encodeLinear(m6 * r + m7 * g + m8 * b);
  };
}

function grayConverter(profile: MatrixProfile, type: SampleType): PixelConverter {
  const { size, index } = tableIndex(type);
  const curve = profile.curves[0]!;
  const levels = Uint8Array.from({ length: size }, (_, at) => encodeLinear(curve(at / (size - 1))));
  return (samples, from, out, to) => {
    out[to] = out[to + 1] = out[to + 2] = levels[index(samples[from]!)]!;
  };
}

const nodes = 33;

/** sRGB of the 33³ nodes, red slowest, as levels × 256; null when libvips can not use the profile. */
async function convertLattice(icc: Uint8Array): Promise<Float32Array | null> {
  const values = new Uint16Array(nodes ** 3 * 3);
  let at = 0;
  for (let r = 0; r < nodes; r++)
    for (let g = 0; g < nodes; g++)
      for (let b = 0; b < nodes; b++)
        for (const node of [r, g, b]) values[at++] = Math.round((node * 65_535) / (nodes - 1));
  const raw = { width: nodes * nodes, height: nodes, channels: 3 as const };
  const png = await sharp(values, { raw })
    .toColourspace('rgb16')
    .png({ compressionLevel: 0 })
    .toBuffer();
  try {
    const { data, info } = await sharp(await pngWithProfile(png, icc), { ignoreIcc: true })
      .toColourspace('rgb16')
      .withIccProfile('srgb', { attach: false })
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) return null;
    const converted = new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
    return Float32Array.from(converted, (value) => (value * 255) / 65_535);
  } catch {
    return null; // A profile that lcms refuses: the picture is shown as it is stored.
  }
}

/** Trilinear interpolation in the lattice. */
function latticeConverter(lattice: Float32Array, type: SampleType): PixelConverter {
  const { size, index } = tableIndex(type);
  const scale = (nodes - 1) / (size - 1);
  const red = nodes * nodes * 3;
  const green = nodes * 3;
  return (samples, from, out, to) => {
    const r = index(samples[from]!) * scale;
    const g = index(samples[from + 1]!) * scale;
    const b = index(samples[from + 2]!) * scale;
    const r0 = Math.min(nodes - 2, r | 0);
    const g0 = Math.min(nodes - 2, g | 0);
    const b0 = Math.min(nodes - 2, b | 0);
    const fr = r - r0;
    const fg = g - g0;
    const fb = b - b0;
    const corner = r0 * red + g0 * green + b0 * 3;
    for (let channel = 0; channel < 3; channel++) {
      const base = corner + channel;
      const mix = (at: number): number => lattice[at]! + (lattice[at + 3]! - lattice[at]!) * fb;
      const near = mix(base) + (mix(base + green) - mix(base)) * fg;
      const far = mix(base + red) + (mix(base + red + green) - mix(base + red)) * fg;
      out[to + channel] = (near + (far - near) * fr + 0.5) | 0;
    }
  };
}
