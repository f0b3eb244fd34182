/** The codecs capability: it answers no command, and reads formats that libvips as built for sharp does not. */
import type { Capability } from '../runtime/index.ts';
import { codecReader } from './reader.ts';

export const codecsCapability: Capability = {
  id: 'codecs',
  handlers: {},
  readers: () => ({ jxl: codecReader('jxl'), jp2: codecReader('jp2') }),
};
