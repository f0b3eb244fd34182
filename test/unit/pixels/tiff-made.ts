/** TIFF files as other programs write them, made from samples: one uncompressed strip, any tags. */
import {
  concatBytes,
  layOutDirectory,
  numberEntry,
  tiffHeaderBytes,
  type NewEntry,
} from '../../../app/pixels/metadata/tiff-structure.ts';
import type { Samples } from '../../../app/pixels/index.ts';

export interface MadeTiff {
  readonly width: number;
  readonly height: number;
  /** Interleaved, `samples` of them a pixel. */
  readonly data: Samples;
  readonly samples: number;
  /** PhotometricInterpretation: 0, 1 gray; 2 RGB. */
  readonly photometric: number;
  /** Tag ExtraSamples; absent: no tag. */
  readonly extraSamples?: readonly number[];
  readonly orientation?: number;
  readonly entries?: readonly NewEntry[];
}

/** Little-endian, chunky. */
export function madeTiff(made: MadeTiff): Uint8Array {
  const { width, height, data, samples, photometric, extraSamples, orientation = 1 } = made;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const bits = data.BYTES_PER_ELEMENT * 8;
  const each = (value: number): number[] => Array.from({ length: samples }, () => value);
  const short = (tag: number, ...values: number[]): NewEntry => numberEntry(tag, 3, values, true);
  const directory = [
    short(256, width),
    short(257, height),
    short(258, ...each(bits)),
    short(259, 1),
    short(262, photometric),
    numberEntry(273, 4, [8], true),
    short(274, orientation),
    short(277, samples),
    short(278, height),
    numberEntry(279, 4, [bytes.length], true),
    ...(extraSamples ? [short(338, ...extraSamples)] : []),
    short(339, ...each(data instanceof Float32Array ? 3 : 1)),
    ...(made.entries ?? []),
  ];
  const padded = concatBytes([bytes, new Uint8Array(bytes.length % 2)]);
  const at = 8 + padded.length;
  return concatBytes([tiffHeaderBytes(true, at), padded, layOutDirectory(directory, at, true)]);
}

export interface MadePage {
  readonly side: number;
  /** Every pixel of it. */
  readonly value: number;
  readonly more?: readonly NewEntry[];
}

/** Gray pages of 8 bits, one after another. */
export function madePages(pages: readonly MadePage[]): Uint8Array {
  const parts: Uint8Array[] = [tiffHeaderBytes(true, 8)];
  let at = 8;
  pages.forEach(({ side, value, more = [] }, index) => {
    const entries = (strip: number): NewEntry[] => [
      ...([[256, side], [257, side], [258, 8], [259, 1], [262, 1], [277, 1], [278, side]] as const).map(([tag, one]) => numberEntry(tag, 3, [one], true)), // prettier-ignore
      ...[numberEntry(273, 4, [strip], true), numberEntry(279, 4, [side * side], true), ...more],
    ];
    const { length } = layOutDirectory(entries(0), at, true);
    const directory = layOutDirectory(entries(at + length), at, true);
    const pixels = new Uint8Array(side * side + ((side * side) % 2)).fill(value);
    const end = at + length + pixels.length;
    const count = entries(0).length;
    if (index < pages.length - 1)
      new DataView(directory.buffer).setUint32(2 + count * 12, end, true);
    parts.push(directory, pixels);
    at = end;
  });
  return concatBytes(parts);
}
