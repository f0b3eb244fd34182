/**
 * Generated squares as a file that says so. Photographs and what a network made up must not be taken for each other: the file's XMP has the digital source
 * type of the IPTC (Photo Metadata Standard 2023.2, "Digital Source Type"; terms of https://cv.iptc.org/newscodes/digitalsourcetype/), and a line of our history.
 */
import { markXmp } from '../pixels/metadata/xmp.ts';
import { pngOf } from '../pixels/png.ts';

export const sourceTypes = {
  /** Every pixel was made by a network. */
  generated: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
  /** Pictures of training stand beside. */
  beside: 'http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia',
} as const;
export type SourceType = (typeof sourceTypes)[keyof typeof sourceTypes];

const IPTC = 'http://iptc.org/std/Iptc4xmpExt/2008-02-29/';

/** @param software "Hourglass 0.1.0" @param action what was done, one line */
export function generatedMark(software: string, action: string, type: SourceType): Uint8Array {
  const { packet } = markXmp(null, {
    ...{ software, action, previousSoftware: null },
  });
  const text = new TextDecoder('utf-8', { ignoreBOM: true })
    .decode(packet)
    .replace(
      '<rdf:Description rdf:about=""',
      `<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="${IPTC}" Iptc4xmpExt:DigitalSourceType="${type}"`,
    );
  return new TextEncoder().encode(text);
}

export interface Sheet {
  readonly tones: 1 | 3;
  readonly patch: number;
  readonly across: number;
  /** Pixels of the file for each pixel of a square. */
  readonly zoom: number;
}

/** Pixels between squares. */
const GAP = 2;
const GROUND = 24;

/**
 * Squares beside each other, row by row.
 * @param squares planar [tones, patch, patch], 0 to 1; null: the place stays empty
 */
export function sheetOf(
  squares: readonly (Float32Array | null)[],
  { tones, patch, across, zoom }: Sheet,
): { readonly width: number; readonly height: number; readonly data: Uint8Array } {
  const cell = patch * zoom + GAP;
  const rows = Math.ceil(squares.length / across);
  const width = across * cell - GAP;
  const height = rows * cell - GAP;
  const data = new Uint8Array(3 * width * height).fill(GROUND);
  for (const [at, square] of squares.entries()) {
    if (!square) continue;
    const left = (at % across) * cell;
    const top = Math.floor(at / across) * cell;
    for (let y = 0; y < patch * zoom; y++)
      for (let x = 0; x < patch * zoom; x++) {
        const from = Math.floor(y / zoom) * patch + Math.floor(x / zoom);
        const to = 3 * ((top + y) * width + left + x);
        for (let tone = 0; tone < 3; tone++)
          data[to + tone] = Math.max(
            0,
            Math.min(
              255,
              Math.round(255 * square[(tones === 3 ? tone * patch * patch : 0) + from]!),
            ),
          );
      }
  }
  return { width, height, data };
}

/** The PNG file of a sheet, marked. */
export const generatedPng = (
  squares: readonly (Float32Array | null)[],
  sheet: Sheet,
  mark: { readonly software: string; readonly action: string; readonly type: SourceType },
): Promise<Uint8Array> =>
  pngOf(sheetOf(squares, sheet), generatedMark(mark.software, mark.action, mark.type));
