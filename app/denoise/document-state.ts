/**
 * What is known about open documents besides their pixels: the noise reading, the levels of their cells.
 * Kept beside the document objects, and goes when they go.
 */
import type { Progress } from '../contract/index.ts';
import type { NoiseReading } from '../contract/denoise.ts';
import { Shared } from '../pixels/shared.ts';
import type { OpenDocument } from '../pixels/types.ts';
import type { EngineServices } from '../runtime/index.ts';
import { noiseModelOf } from './noise/estimator.ts';
import { readCells, type Cells } from './noise/learned.ts';
import { measureNoise } from './noise/reading.ts';
import { lookAt } from './picture.ts';

interface DocumentState {
  readonly reading: Shared<NoiseReading>;
  readonly cells: Shared<NoiseCells>;
}

/** The whole picture, cell by cell, and who says so. */
export interface NoiseCells extends Cells {
  readonly model: { readonly id: string; readonly version: string };
}

const states = new WeakMap<OpenDocument, DocumentState>();

export function stateOf(document: OpenDocument): DocumentState {
  let state = states.get(document);
  if (!state) states.set(document, (state = { reading: new Shared(), cells: new Shared() }));
  return state;
}

/** What a measurement of a document may use. */
export interface Measuring {
  readonly services: EngineServices;
  readonly signal: AbortSignal;
  /** Of whoever comes first; others wait for the same work. */
  readonly progress?: (progress: Progress) => void;
}

export const middleOf = (slices: readonly number[]): number => slices[(slices.length - 1) >> 1]!;

/** The reading of an open document, measured once. @throws HourglassError as `measureNoise` */
export const readingOf = (document: OpenDocument, run: Measuring): Promise<NoiseReading> =>
  stateOf(document).reading.get(run.signal, async (signal) => {
    const image = await document.image();
    const { cutFrom } = image;
    // Of a plane: the slice in the middle of those that it was cut from. What is interpolated has other noise.
    const slice = cutFrom && (await cutFrom.slice(middleOf(cutFrom.slices), signal));
    return measureNoise(slice ?? image, run.services, signal, run.progress);
  });

/**
 * The noise level of every cell of an open document, measured once.
 * @throws HourglassError model-not-found where no noise network is installed; as `Inference.run`
 */
export const cellsOf = (document: OpenDocument, run: Measuring): Promise<NoiseCells> =>
  stateOf(document).cells.get(run.signal, async (signal) => {
    const picture = lookAt(await document.image());
    const card = await run.services.models.get(noiseModelOf(picture));
    const { inference } = run.services;
    const cells = await readCells(picture, card, { inference, ...run, signal });
    return { ...cells, model: { id: card.id, version: card.version } };
  });
