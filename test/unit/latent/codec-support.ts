/**
 * What the tests of the latent commands share: the engine's own services over the shipped models, run
 * without a process around them, and pictures.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import {
  commands,
  parseInput,
  type EngineCommand,
  type Commands,
  type HourglassEvent,
  type InputOf,
  type OutputOf,
  type Progress,
} from '../../../app/contract/index.ts';
import { capabilities } from '../../../app/jobs/engine/capabilities.ts';
import { createHandlerTable } from '../../../app/jobs/engine/handlers.ts';
import { nameOutput } from '../../../app/jobs/outputs.ts';
import { createServices } from '../../../app/jobs/engine/services.ts';
import type { EngineServices, Inference, TiledRun } from '../../../app/runtime/index.ts';
import { dataPack, repositoryRoot } from '../../data.ts';

const modelsFolder = join(repositoryRoot, 'models');

export const hasLatentModel = existsSync(join(modelsFolder, 'latent-photo/synthesis.onnx'));
export const noLatentModel = 'models/latent-photo is not complete here';

if (!hasLatentModel) process.stderr.write(`Skipped: ${noLatentModel}.\n`);

export interface TestEngine {
  readonly services: EngineServices;
  readonly events: HourglassEvent[];
  readonly steps: Progress[];
  run<K extends EngineCommand>(
    command: K,
    input: InputOf<Commands[K]>,
    signal?: AbortSignal,
  ): Promise<OutputOf<Commands[K]>>;
}

/**
 * @param around.side of the networks' tiles, for a software GPU: what one takes by itself is large; default: as everywhere
 * @param around.userModelsFolder where a person's own networks are; default: there are none
 */
export function createTestEngine({
  side,
  userModelsFolder = '/nowhere',
}: {
  readonly side?: (network: TiledRun['model']) => number;
  readonly userModelsFolder?: string;
} = {}): TestEngine {
  const events: HourglassEvent[] = [];
  const services = createServices(
    { modelsFolder, userModelsFolder, software: 'Hourglass test' },
    capabilities,
    { onHung: () => undefined, emit: (event) => events.push(event) },
  );
  if (side) {
    const { run } = services.inference;
    const small: Inference['run'] = (request) => run({ ...request, side: side(request.model) });
    Object.assign(services.inference, { run: small });
  }
  const handlers = createHandlerTable(capabilities);
  const steps: Progress[] = [];
  return {
    services,
    events,
    steps,
    run: async (command, input, signal = new AbortController().signal) => {
      const parsed = parseInput(commands[command], input) as never;
      const output = await nameOutput(command, parsed);
      return handlers.get(command)(
        parsed,
        {
          job: 'j',
          signal,
          progress: (step) => steps.push(step),
          emit: (event) => events.push(event),
          ...(output ? { output } : {}),
        },
        services,
      );
    },
  };
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly samples: Uint8Array | Uint16Array;
}

/** Interleaved samples of a file as it is stored, 8 or 16 bits. */
export async function pixelsOf(path: string): Promise<Pixels> {
  const { depth } = await sharp(path).metadata();
  const isDeep = depth === 'ushort';
  const { data, info } = await sharp(path)
    .toColourspace(isDeep ? 'rgb16' : 'srgb')
    .raw({ depth: isDeep ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const samples = isDeep
    ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
    : new Uint8Array(data);
  return { width: info.width, height: info.height, channels: info.channels, samples };
}

/** Largest difference of a rectangle of one picture from the same size of another, all channels. */
export function largestDifference(
  a: Pixels,
  b: Pixels,
  offset = { x: 0, y: 0 },
  within: (x: number, y: number) => boolean = () => true,
): number {
  let largest = 0;
  for (let y = 0; y < b.height; y++)
    for (let x = 0; x < b.width; x++) {
      if (!within(x, y)) continue;
      for (let c = 0; c < b.channels; c++) {
        const one = a.samples[((y + offset.y) * a.width + x + offset.x) * a.channels + c]!;
        const other = b.samples[(y * b.width + x) * b.channels + c]!;
        largest = Math.max(largest, Math.abs(one - other));
      }
    }
  return largest;
}

/** A photograph of 576 × 576 where the data pack is, else a drawing with edges and texture. */
export async function writePhoto(path: string): Promise<void> {
  const photo = dataPack && join(dataPack, 'dev-bench/gb82/flowers-lossless.webp');
  const image =
    photo && existsSync(photo)
      ? sharp(readFileSync(photo))
      : sharp(drawing(576, 576), { raw: { width: 576, height: 576, channels: 3 } });
  await image.png().toFile(path);
}

/** Smooth parts, edges and fine texture; interleaved RGB. */
export function drawing(width: number, height: number): Buffer {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++, at++) {
        const smooth = 110 + 60 * Math.sin((x + 50 * c) / 83) * Math.cos(y / 61);
        const edge = Math.hypot((x % 190) - 95, (y % 170) - 85) < 50 ? 40 : 0;
        const texture = (x >> 6) % 3 === 1 ? 15 * Math.sin(x * 0.7 + y) : 0;
        data[at] = Math.max(0, Math.min(255, Math.round(smooth + edge + texture)));
      }
  return data;
}
