/**
 * The check of a codec that a person adds: its two networks, one after the other, must give a drawn picture back. Runs in the throw-away process of
 * `main.ts`; who copies its files is `app/jobs/user-codecs.ts`. What its entropy model may be is proven whenever it is read.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { partSchema } from '../card.ts';
import { inferenceThreads } from '../cpu.ts';
import { openUnknown, type UnknownNetwork } from '../sessions.ts';
import { plainWords } from '../words.ts';
import { cleanPicture, psnr } from './drawn-picture.ts';
import type { CodecAnswer } from './model-findings.ts';
import { Refusal, refersToOtherFiles } from './model-ports.ts';
import { say } from '../sentences.ts';

/** Pixels along a side of the drawn picture, at least. */
const SIDE = 160;
/** dB; less is another picture. */
const LEAST = 20;
/** Of the quantiser, 8-bit levels: one that takes nothing away. */
const FINE = 1;

const card = z.object({ parts: z.object({ analysis: partSchema, synthesis: partSchema }) });

/** @param folder with `card.json` and its files */
export async function checkCodec(folder: string): Promise<CodecAnswer> {
  try {
    const { parts } = card.parse(JSON.parse(await readFile(join(folder, 'card.json'), 'utf8')));
    const [analysis, synthesis] = [await opened(parts.analysis), await opened(parts.synthesis)];
    const step = parts.analysis.input.multipleOf;
    const side = Math.ceil(SIDE / step) * step;
    const picture = cleanPicture(side, 3);
    const latents = await analysis.run(picture, [1, 3, side, side]);
    const { channels, cell } = parts.analysis.output;
    const cells = side / cell;
    expect(latents, [1, channels, cells, cells], 'analysis');
    const input = new Float32Array((channels + 1) * cells * cells).fill(FINE);
    input.set(latents.data as Float32Array);
    const back = await synthesis.run(input, [1, channels + 1, cells, cells]);
    expect(back, [1, 3, side, side], 'synthesis');
    const found = psnr(back.data as Float32Array, picture);
    // Written so that NaN is not enough.
    if (!(found >= LEAST)) throw new Refusal(say('codecGivesOther', { least: LEAST }));
    return { psnr: found };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    return { refused: say('onnxRuntimeCanNotRun', { error: plainWords(error) }) };
  }

  async function opened({ file }: { readonly file: string }): Promise<UnknownNetwork> {
    const path = join(folder, file);
    if (await refersToOtherFiles(path)) throw new Refusal(say('weightsLieInOtherFiles'));
    return openUnknown(path, inferenceThreads());
  }
}

function expect(
  { shape }: { readonly shape: readonly number[] },
  wanted: readonly number[],
  network: string,
): void {
  if (shape.join() !== wanted.join())
    throw new Refusal(
      say('codecShape', { network, found: shape.join(', '), wanted: wanted.join(', ') }),
    );
}
