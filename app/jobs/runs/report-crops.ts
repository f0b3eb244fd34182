/**
 * What a run made of some of its files, for the page to print: one piece of each picture at 100 %, before and after, as PNG. Pieces are what the
 * screen would show of both files (tiles of `open`), so a report shows no more than Hourglass itself.
 */
import { deflateSync } from 'node:zlib';
import { throwIfCancelled, toHourglassError, usualCrops } from '../../contract/index.ts';
import { pngChunk } from '../../pixels/metadata/png-chunks.ts';
import type { Program, TileBytes } from '../types.ts';
import type { ReportEntry, RunReport } from './report.ts';

export interface Crop {
  readonly width: number;
  readonly height: number;
  /** Data URLs. */
  readonly before: string;
  readonly after: string;
}

const never = new AbortController().signal;

/** By the path of the source. */
export type Crops = ReadonlyMap<string, Crop>;

/**
 * Of files that were done, spread over the run. One that can not be opened any more has none.
 * @throws HourglassError cancelled
 */
export async function cropsOf(
  program: Pick<Program, 'run' | 'tile'>,
  { files }: RunReport,
  {
    most = usualCrops,
    signal = never,
  }: { readonly most?: number; readonly signal?: AbortSignal } = {},
): Promise<Crops> {
  const done = files.filter(({ state }) => state === 'done');
  const every = Math.max(1, done.length / most);
  const crops = new Map<string, Crop>();
  for (let at = 0; at < done.length && crops.size < most; at += every) {
    throwIfCancelled(signal);
    const entry = done[Math.floor(at)]!;
    try {
      const crop = await cropOf(program, entry, signal);
      if (crop) crops.set(entry.source, crop);
    } catch (error) {
      if (toHourglassError(error).code === 'cancelled') throw error;
      // It was moved, or is another one now: the table has it all the same.
    }
  }
  return crops;
}

/** null: the result has another size. */
async function cropOf(
  program: Pick<Program, 'run' | 'tile'>,
  { source, output }: ReportEntry,
  signal: AbortSignal,
): Promise<Crop | null> {
  const before = await middle(program, source, signal);
  const after = await middle(program, output!, signal);
  if (before.of !== after.of) return null;
  const { width, height } = after.tile;
  return { width, height, before: png(before.tile), after: png(after.tile) };
}

/** The tile in the middle of a picture, with the size of the whole. */
async function middle(
  program: Pick<Program, 'run' | 'tile'>,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly of: string; readonly tile: TileBytes }> {
  const { document, width, height, tileSize } = await program.run(
    'open',
    { source: path },
    { signal },
  );
  try {
    const place = (side: number): number => Math.floor((side - 1) / 2 / tileSize);
    const at = { level: 0, column: place(width), row: place(height) };
    const tile = await program.tile({ document, layer: 'source', ...at }, signal);
    return { of: `${width} ${height}`, tile };
  } finally {
    await program.run('close', { document }).catch(() => undefined);
  }
}

/**
 * RGB of 8 bits without alpha, a data URL. The host has no image library (it must not die of a picture), and needs none for this: PNG,
 * third edition, 5 and 10.
 */
export function png({ width, height, data }: Pick<TileBytes, 'width' | 'height' | 'data'>): string {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const to = y * (1 + width * 3) + 1 + x * 3;
      const from = (y * width + x) * 4;
      rows.set(data.subarray(from, from + 3), to);
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const file = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
  return `data:image/png;base64,${file.toString('base64')}`;
}
