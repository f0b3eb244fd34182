/**
 * The throw-away process that checks one thing and ends. Whatever native code does here (abort, hang)
 * becomes a finding of the host, which watches from `throw-away.ts`. The answer is one message,
 * `{ kind: 'result', call: 0, value }`. Called as
 *
 *     main.js <device> <modelsFolder> <optimization>    a device; value: DeviceReport
 *     main.js int8 <modelsFolder> <optimization>        8 bits on the CPU; value: its part of DeviceReport
 *     main.js model <file> <bytes>                      a network that a person adds, which may take so
 *                                                       much memory; value: ModelAnswer
 *     main.js codec <folder> <bytes>                    a codec that a person adds; value: CodecAnswer
 *     main.js tfjs <model.json> <file> <bytes>          a model of TensorFlow.js, which becomes that file;
 *                                                       value: TranslationAnswer
 */
import * as z from 'zod';
import { deviceIds } from '../../contract/index.ts';
import { parentChannel } from '../channel.ts';
import { commitFault, parseFaults, probeFault } from '../faults.ts';
import { check8Bits, checkDevice } from './check.ts';
import { checkCodec } from './check-codec.ts';
import { checkModel } from './check-model.ts';
import { startLanguage } from '../language.ts';
import { guardMemory } from './memory-guard.ts';

startLanguage();

const path = z.string().min(1);
const bytes = z.coerce.number().positive();
const optimization = z.enum(['all', 'extended']);
const arguments_ = z.union([
  z.tuple([z.enum(['int8', ...deviceIds]), path, optimization]),
  z.tuple([z.literal('model'), path, bytes]),
  z.tuple([z.literal('codec'), path, bytes]),
  z.tuple([z.literal('tfjs'), path, path, bytes]),
]);

type Check = z.infer<typeof arguments_>;

async function answer(check: Check): Promise<unknown> {
  if (check[0] === 'tfjs') {
    guardMemory(check[3]);
    // TensorFlow.js loads for a model of its own alone.
    const { checkTfjs } = await import('./check-tfjs.ts');
    return checkTfjs(check[1], check[2]);
  }
  if (check[0] === 'model') {
    guardMemory(check[2]);
    const fault = probeFault(parseFaults(process.env.HOURGLASS_FAULT), 'model');
    if (fault) commitFault(fault, new Float32Array(0));
    return checkModel(check[1]);
  }
  if (check[0] === 'codec') {
    guardMemory(check[2]);
    return checkCodec(check[1]);
  }
  const [id, modelsFolder, graphOptimization] = check;
  if (id === 'int8') return check8Bits(modelsFolder, graphOptimization);
  return checkDevice({ id, graphOptimization }, modelsFolder);
}

const channel = parentChannel();
channel.onClose(() => process.exit(1));
const value = await answer(arguments_.parse(process.argv.slice(2)));
channel.send({ kind: 'result', call: 0, value });
await channel.flush();
process.exit(0);
