/**
 * The throw-away process that checks one thing and ends. Whatever native code does here (abort, hang)
 * becomes a finding of the host, which watches from `throw-away.ts`. The answer is one message,
 * `{ kind: 'result', call: 0, value }`. Called as
 *
 *     main.js <device> <modelsFolder> <optimization>    a device; value: DeviceReport
 *     main.js int8 <modelsFolder> <optimization>        8 bits on the CPU; value: its part of DeviceReport
 */
import { z } from 'zod';
import { deviceIds } from '../../contract/index.ts';
import { parentChannel } from '../channel.ts';
import { check8Bits, checkDevice } from './check.ts';

const optimization = z.enum(['all', 'extended']);
const arguments_ = z.tuple([z.enum(['int8', ...deviceIds]), z.string().min(1), optimization]);

const channel = parentChannel();
channel.onClose(() => process.exit(1));
const [id, modelsFolder, graphOptimization] = arguments_.parse(process.argv.slice(2));
const value =
  id === 'int8'
    ? await check8Bits(modelsFolder, graphOptimization)
    : await checkDevice({ id, graphOptimization }, modelsFolder);
channel.send({ kind: 'result', call: 0, value });
await channel.flush();
process.exit(0);
