/**
 * Writes small DNG files for the tests (TIFF 6.0; DNG 1.7.1, chapters 3 and 4): a mosaic or linear samples with known
 * values, uncompressed. Little endian.
 */
import {
  concatBytes,
  layOutDirectory,
  numberEntry,
  textEntry,
  tiffHeaderBytes,
  type NewEntry,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import { uniform } from '../../random.ts';

export interface DngRequest {
  readonly width: number;
  readonly height: number;
  /** One sample a pixel (mosaic), or three (linear). */
  readonly samples: Uint16Array;
  /** Colours of the 2 × 2 pattern, 0 red, 1 green, 2 blue; null: linear. */
  readonly pattern?: readonly [number, number, number, number] | null;
  /** One, or one of each place of the pattern. */
  readonly black?: readonly number[];
  readonly white?: number;
  readonly orientation?: number;
  /** Top, left, bottom, right. */
  readonly activeArea?: readonly [number, number, number, number];
  /** Left, top, width, height, within the active area. */
  readonly defaultCrop?: readonly [number, number, number, number];
  readonly neutral?: readonly [number, number, number];
  readonly iso?: number;
  /** A JPEG in the first directory; the raw picture then lies in a sub-directory. */
  readonly preview?: { readonly width: number; readonly height: number; readonly jpeg: Uint8Array };
  /** Tag 259. The samples stay as they are, for refusals, but for what `stored` is. */
  readonly compression?: number;
  /** The samples as they lie in the file, one tile. */
  readonly stored?: Uint8Array;
  /** More entries of the first directory. */
  readonly extra?: readonly NewEntry[];
}

export const rational = (
  tag: number,
  values: readonly number[],
  type: 5 | 10 = 5,
  denominator = 10_000,
): NewEntry => {
  const value = new Uint8Array(values.length * 8);
  const view = new DataView(value.buffer);
  values.forEach((number, index) => {
    view.setInt32(index * 8, Math.round(number * denominator), true);
    view.setInt32(index * 8 + 4, denominator, true);
  });
  return { tag, type, count: values.length, value };
};

const bytes = (tag: number, values: readonly number[]): NewEntry => ({
  ...{ tag, type: 1, count: values.length },
  value: Uint8Array.from(values),
});

/** XYZ (D65) to camera, of no camera in particular. */
export const colorMatrix = [0.9, -0.3, -0.1, -0.4, 1.2, 0.2, -0.1, 0.2, 0.6] as const;

export function makeDng(request: DngRequest): Uint8Array {
  const {
    width,
    height,
    samples,
    pattern = [0, 1, 1, 2],
    white = 65535,
    orientation = 1,
  } = request;
  const { black = [0], neutral = [0.5, 1, 0.6], preview, compression = 1, extra = [] } = request;
  const channels = pattern ? 1 : 3;
  const n = (tag: number, type: 3 | 4, ...values: number[]): NewEntry =>
    numberEntry(tag, type, values, true);
  const each = (value: number): number[] => Array.from({ length: channels }, () => value);
  const data =
    request.stored ?? new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const samplesAt = 8;
  const previewAt = samplesAt + data.length + (data.length % 2);
  const directoryAt = previewAt + (preview ? preview.jpeg.length + (preview.jpeg.length % 2) : 0);
  const side = black.length === 4 ? [2, 2] : [1, 1];
  const { activeArea, defaultCrop, iso } = request;
  const raw: NewEntry[] = [
    n(254, 4, 0),
    n(256, 4, width),
    n(257, 4, height),
    n(258, 3, ...each(16)),
    n(259, 3, compression),
    n(262, 3, pattern ? 32803 : 34892),
    n(277, 3, channels),
    ...(request.stored
      ? [n(322, 4, width), n(323, 4, height), n(324, 4, samplesAt), n(325, 4, data.length)]
      : [n(273, 4, samplesAt), n(278, 4, height), n(279, 4, data.length)]),
    n(284, 3, 1),
    ...(pattern ? [n(33421, 3, 2, 2), bytes(33422, pattern)] : []),
    n(50713, 3, ...side),
    rational(50714, black.length === 4 ? black : each(black[0]!)),
    n(50717, 4, ...each(white)),
    ...(defaultCrop
      ? [n(50719, 4, defaultCrop[0], defaultCrop[1]), n(50720, 4, defaultCrop[2], defaultCrop[3])]
      : []),
    ...(activeArea ? [n(50829, 4, ...activeArea)] : []),
  ];
  const camera: NewEntry[] = [
    textEntry(271, 'Test'),
    textEntry(272, 'Synth'),
    n(274, 3, orientation),
    textEntry(306, '2026:01:02 03:04:05'),
    bytes(50706, [1, 4, 0, 0]),
    bytes(50707, [1, 1, 0, 0]),
    textEntry(50708, 'Test Synth'),
    rational(50721, colorMatrix, 10),
    rational(50728, neutral),
    n(50778, 3, 21),
    ...(iso ? [{ tag: 34665, type: 4, count: 1, value: [n(34855, 3, iso)] }] : []),
    ...extra,
  ];
  const first = preview
    ? [
        n(254, 4, 1),
        n(256, 4, preview.width),
        n(257, 4, preview.height),
        n(258, 3, 8, 8, 8),
        n(259, 3, 7),
        n(262, 3, 6),
        n(273, 4, previewAt),
        n(277, 3, 3),
        n(278, 4, preview.height),
        n(279, 4, preview.jpeg.length),
        { tag: 330, type: 4, count: 1, value: raw },
        ...camera,
      ]
    : [...raw, ...camera];
  const even = (part: Uint8Array): Uint8Array =>
    part.length % 2 === 0 ? part : concatBytes([part, new Uint8Array(1)]);
  return concatBytes([
    tiffHeaderBytes(true, directoryAt),
    even(data),
    ...(preview ? [even(preview.jpeg)] : []),
    layOutDirectory(first, directoryAt, true),
  ]);
}

/** A scene in linear light, 0 to 1, three a pixel: ramps, blocks with edges, a little texture. */
export function scene(width: number, height: number, seed = 1): Float32Array {
  const next = uniform(seed);
  const light = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const block = ((x >> 5) + (y >> 5)) % 2 === 1 ? 0.15 : 0;
      light[at] = 0.08 + (0.5 * x) / width + block + 0.02 * next();
      light[at + 1] = 0.1 + (0.5 * y) / height + block + 0.02 * next();
      light[at + 2] = 0.12 + 0.3 * (1 - x / width) + block / 2 + 0.02 * next();
    }
  return light;
}

/** What a sensor stores of a scene. @param neutral what white is, per colour; @param black per place of the pattern */
export function mosaicOf(
  light: Float32Array,
  { width, height }: { width: number; height: number },
  {
    pattern = [0, 1, 1, 2],
    black = [0, 0, 0, 0],
    white = 65535,
    neutral = [0.5, 1, 0.6],
  }: {
    pattern?: readonly number[];
    black?: readonly number[];
    white?: number;
    neutral?: readonly number[];
  } = {},
): Uint16Array {
  return Uint16Array.from({ length: width * height }, (_, index) => {
    const place = (Math.floor(index / width) % 2) * 2 + ((index % width) % 2);
    const colour = pattern[place]!;
    const dark = black[place] ?? black[0]!;
    const value = dark + light[index * 3 + colour]! * neutral[colour]! * (white - dark);
    return Math.max(0, Math.min(white, Math.round(value)));
  });
}

/** The same of a camera that stores three colours a pixel. */
export const linearOf = (light: Float32Array, neutral = [0.5, 1, 0.6]): Uint16Array =>
  Uint16Array.from(light, (value, index) =>
    Math.max(0, Math.min(65535, Math.round(value * neutral[index % 3]! * 65535))),
  );
