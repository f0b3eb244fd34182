/**
 * The noise map: the local noise level of an open document as a layer of colours, on a fixed scale that
 * is the same for every picture. How the level is measured: `noise/learned.ts`.
 */
import {
  throwIfCancelled,
  type CommandContext,
  type Commands,
  type OutputOf,
  type ParsedInputOf,
} from '../contract/index.ts';
import type { Raster } from '../pixels/raster.ts';
import { nextTurn } from '../pixels/turns.ts';
import { layerKind, type OpenDocument } from '../pixels/index.ts';
import { tellWhole, type EngineServices } from '../runtime/index.ts';
import { cellsOf, type NoiseCells } from './document-state.ts';
import { sampleGrid } from './level-grid.ts';
import { cellStates } from './noise/learned.ts';
import { say } from './sentences.ts';

export const NOISE_MAP_LAYER = 'noise-map';

const noiseMapLayer = layerKind<Omit<OutputOf<Commands['noiseMap']>, 'layer'>>(() =>
  say('noiseMap'),
);

/**
 * Viridis (van der Walt, Smith, 2015; public domain) at nine even steps: brightness rises evenly, also
 * for the colour-blind and in print.
 */
const VIRIDIS: readonly (readonly [number, number, number])[] = [
  [68, 1, 84],
  [71, 45, 123],
  [59, 82, 139],
  [44, 114, 142],
  [33, 145, 140],
  [40, 174, 128],
  [94, 201, 98],
  [173, 220, 48],
  [253, 231, 37],
];

/** 8-bit level of the last colour; everything above has it too. */
const TOP = 64;

/** Levels that the legend names. */
const LEGEND = [0, 1, 2, 4, 8, 16, 32, 64] as const;

/** Position of a level on the scale, 0–1: nearly logarithmic, with a zero. */
const position = (level: number): number =>
  Math.min(1, Math.log2(1 + Math.max(0, level)) / Math.log2(1 + TOP));

/** Red, green, blue of a position on the scale. */
function colourAt(place: number): [number, number, number] {
  const at = place * (VIRIDIS.length - 1);
  const first = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const mix = (channel: 0 | 1 | 2): number => {
    const low = VIRIDIS[first]![channel];
    return Math.round(low + (at - first) * (VIRIDIS[first + 1]![channel] - low));
  };
  return [mix(0), mix(1), mix(2)];
}

const hex = (colour: readonly number[]): string =>
  `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;

/** The legend: levels with their colours; between them colours change smoothly. */
export const noiseScale = LEGEND.map((level) => ({
  level,
  colour: hex(colourAt(position(level))),
}));

/** Rows between two turns of the event loop; about 5 ms for a wide picture. */
const ROWS_AT_ONCE = 32;

/** sRGB pixels of a picture's size, levels smooth between the centres of cells. @throws HourglassError cancelled */
export async function drawNoiseMap(
  { cell, columns, rows, levels }: NoiseCells,
  { width, height }: Pick<Raster, 'width' | 'height'>,
  signal: AbortSignal,
): Promise<Raster> {
  const grid = { cell, columns, rows, values: levels.map(position) };
  const steps = 1024;
  const colours = Uint8Array.from(
    { length: 3 * steps },
    (_, i) => colourAt(Math.floor(i / 3) / (steps - 1))[i % 3]!,
  );
  const data = new Uint8Array(3 * width * height);
  const across = Int32Array.from({ length: width }, (_, x) => x);
  const places = new Float32Array(width * ROWS_AT_ONCE);
  for (let top = 0; top < height; top += ROWS_AT_ONCE) {
    throwIfCancelled(signal);
    const count = Math.min(ROWS_AT_ONCE, height - top);
    sampleGrid(
      grid,
      across,
      Int32Array.from({ length: count }, (_, y) => top + y),
      places,
    );
    for (let i = 0, to = 3 * top * width; i < count * width; i++, to += 3) {
      const from = 3 * Math.round(places[i]! * (steps - 1));
      data[to] = colours[from]!;
      data[to + 1] = colours[from + 1]!;
      data[to + 2] = colours[from + 2]!;
    }
    await nextTurn();
  }
  return { width, height, channels: 3, hasAlpha: false, sampleType: 'uint8', data };
}

/** Of the places where the noise can be judged; of the clipped ones where there are no others. */
function summary({ levels, state }: NoiseCells) {
  const { good, clipped } = cellStates;
  const counting = state.includes(good) ? good : clipped;
  const sorted = levels.filter((_, i) => state[i] === counting).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { minimum: at(0), median: at(0.5), maximum: at(1) };
}

export async function noiseMap(
  input: ParsedInputOf<Commands['noiseMap']>,
  context: CommandContext,
  services: EngineServices,
): Promise<OutputOf<Commands['noiseMap']>> {
  const document = services.documents.get(input.document);
  const layer =
    document.layer(NOISE_MAP_LAYER, noiseMapLayer) ?? (await draw(document, context, services));
  tellWhole(document, NOISE_MAP_LAYER, context);
  return { layer: NOISE_MAP_LAYER, ...layer.facts! };
}

async function draw(document: OpenDocument, context: CommandContext, services: EngineServices) {
  const cells = await cellsOf(document, { services, ...context });
  const drawn = await drawNoiseMap(cells, document.info, context.signal);
  return document.makeDrawing(NOISE_MAP_LAYER, noiseMapLayer, drawn, {
    cell: cells.cell,
    ...summary(cells),
    scale: noiseScale,
    model: { ...cells.model, precision: 'fp32' },
  });
}
