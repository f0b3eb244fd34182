/** `exportTfjs`: from the state of a training to a layers model of TensorFlow.js on the disk, of its best weights. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HourglassError } from '../contract/index.ts';
import { makeFolders } from '../pixels/make-folders.ts';
import { writeWhole } from '../pixels/write-whole.ts';
import type { Handler } from '../runtime/index.ts';
import { readCheckpoint } from './checkpoint.ts';
import { layersModelOf } from './layers-model.ts';
import { say } from './sentences.ts';

/** @throws HourglassError file-not-found, file-not-readable, output-exists, output-not-writable; nothing is written then */
export const exportTfjs: Handler<'exportTfjs'> = async (input) => {
  const folder = resolve(input.folder);
  const out = input.out === undefined ? join(folder, 'tfjs') : resolve(input.out);
  const training = await readCheckpoint(folder);
  if (!training)
    throw new HourglassError('file-not-found', say('noTraining', { folder }), {
      hint: say('whatTrainWrites'),
    });
  const { head, best } = training;
  const { model, shard, weights } = layersModelOf(head, best);
  const [path, beside] = [join(out, 'model.json'), join(out, shard)];
  for (const taken of [path, beside])
    if (existsSync(taken))
      throw new HourglassError('output-exists', say('modelThere', { path: taken }), {
        hint: say('otherFolder'),
      });
  const text = JSON.stringify(model);
  try {
    makeFolders(out);
    // The file that names the other comes last: where it is, all is.
    await writeWhole(beside, weights);
    await writeWhole(path, text);
  } catch (cause) {
    throw new HourglassError('output-not-writable', say('notWritable', { out }), { cause });
  }
  return { model: path, weights: beside, bytes: weights.length + Buffer.byteLength(text) };
};
