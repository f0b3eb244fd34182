/** The raw capability: it answers no command, and reads camera raw files. */
import type { Capability } from '../runtime/index.ts';
import { rawReader } from './reader.ts';

export const rawCapability: Capability = {
  id: 'raw',
  handlers: {},
  readers: () => ({ dng: rawReader, raw: rawReader }),
};
