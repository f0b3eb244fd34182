/** Codes of DICOM's own scheme (PS3.16, annex D). */
import type { ElementWriter } from './encode.ts';

/** An item of a code sequence: value, scheme, meaning (PS3.3, 8.8). */
export const code = (writer: ElementWriter, value: string, meaning: string): Buffer =>
  writer.item([
    writer.made(0x0008_0100, 'SH', value),
    writer.made(0x0008_0102, 'SH', 'DCM'),
    writer.made(0x0008_0104, 'LO', meaning),
  ]);
