/**
 * What `npm run bench -- learn --only beside` tells: how much longer the export of a photo takes while a training runs in the same program, which goes on meanwhile.
 * The training is held for every other export, so that both kinds are measured in turns.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { dataPack, noDataPack } from '../data.ts';
import { makePicture } from './_picture.ts';
import { benchProgram } from './_program.ts';

/** Of small squares, of whole pictures, and the largest. */
export const kindSchema = z.enum(['denoising', 'convolutional', 'siamese']);

/** It shall not end by itself. */
const MANY = 100_000;

export interface BesideRound {
  /** Seconds of the clock. */
  readonly alone: number;
  readonly beside: number;
  /** Steps of the training during `beside`. */
  readonly steps: number;
}

export interface BesideOptions {
  readonly megapixels: number;
  readonly rounds: number;
  readonly kind: z.output<typeof kindSchema>;
}

export async function besideExport({
  megapixels,
  rounds,
  kind,
}: BesideOptions): Promise<{ readonly rounds: readonly BesideRound[]; readonly free: number }> {
  if (dataPack === null) throw new Error(noDataPack);
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-beside-'));
  const program = benchProgram(folder);
  const stop = new AbortController();
  try {
    const { path } = await makePicture(folder, megapixels);
    let exported = 0;
    const seconds = async (): Promise<number> => {
      const begun = performance.now();
      const out = join(folder, `clean-${exported++}.jpg`);
      await program.run('denoise', { source: path, sigma: 10, device: 'cpu', out });
      return (performance.now() - begun) / 1000;
    };
    await seconds();

    const photos = join(dataPack, 'photo-train/wall');
    const images = readdirSync(photos)
      .sort()
      .slice(0, 60)
      .map((name) => join(photos, name));
    const out = join(folder, 'training');
    let steps = 0;
    const deaf = program.listen((event) => {
      if (event.type === 'job' && event.progress?.unit === 'steps') steps = event.progress.done;
    });
    const training = program
      .run(
        'learn',
        {
          ...{ images: images.map((image) => ({ path: image, files: [image] })), out, kind },
          ...{ steps: MANY, stopEarly: false },
        },
        { signal: stop.signal },
      )
      .catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
    const failed = training.then(() => {
      throw new Error('The training ended by itself.');
    });
    const until = async (step: number): Promise<void> => {
      while (steps < step)
        await Promise.race([failed, new Promise((done) => setTimeout(done, 100))]);
    };
    const steer = (to: 'hold' | 'goOn'): Promise<unknown> => program.run('steer', { out, to });

    await until(5);
    const free = await (async () => {
      const [from, begun] = [steps, performance.now()];
      await until(from + 20);
      return (1000 * (steps - from)) / (performance.now() - begun);
    })();
    const found: BesideRound[] = [];
    for (let round = 0; round < rounds; round++) {
      await steer('hold');
      const alone = await seconds();
      await steer('goOn');
      await until(steps + 2);
      const from = steps;
      found.push({ alone, beside: await seconds(), steps: steps - from });
    }
    deaf();
    stop.abort();
    await training;
    return { rounds: found, free };
  } finally {
    stop.abort();
    await program.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
