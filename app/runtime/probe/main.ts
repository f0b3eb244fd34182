/**
 * The throw-away process that checks one device and ends: `main.js <device> <modelsFolder>
 * <optimization>`. Whatever native code does here (abort, hang) becomes a finding of the host, which
 * watches from `devices.ts`. The answer is one message, `{ kind: 'result', call: 0, value: report }`.
 */
import { z } from 'zod';
import { deviceIds } from '../../contract/index.ts';
import { parentChannel } from '../channel.ts';
import { checkDevice } from './check.ts';

const arguments_ = z.tuple([z.enum(deviceIds), z.string().min(1), z.enum(['all', 'extended'])]);

const channel = parentChannel();
channel.onClose(() => process.exit(1));
const [id, modelsFolder, graphOptimization] = arguments_.parse(process.argv.slice(2));
const value = await checkDevice({ id, graphOptimization }, modelsFolder);
channel.send({ kind: 'result', call: 0, value });
await channel.flush();
process.exit(0);
