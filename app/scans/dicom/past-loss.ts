/**
 * Whether pixels were compressed with loss before: (0028,2110) says it, or the transfer syntax, or, where that allows both, the stream itself. A copy that is stored otherwise must say it
 * for ever (PS3.3, C.7.6.1.1.5).
 */
import type { DicomFile } from './file.ts';
import { frameBytes } from './frames.ts';
import type { PixelFacts } from './image.ts';
import { segments } from './stream.ts';

interface Method {
  /** As (0028,2114) calls it. */
  readonly name: string;
  /** By what stands in a frame; absent: there is no other. */
  readonly isLossy?: (stream: Uint8Array) => boolean;
}

const jpeg: Method = { name: 'ISO_10918_1' };
const methods: Readonly<Record<string, Method>> = {
  '1.2.840.10008.1.2.4.50': jpeg,
  '1.2.840.10008.1.2.4.51': jpeg,
  '1.2.840.10008.1.2.4.81': { name: 'ISO_14495_1', isLossy: isNearLossless },
  '1.2.840.10008.1.2.4.91': { name: 'ISO_15444_1', isLossy: isIrreversible },
  '1.2.840.10008.1.2.4.203': { name: 'ISO_15444_15', isLossy: isIrreversible },
};

/** What (0028,2114) calls the loss that a stored frame has; null: it tells of none. @param frame from 0 on, one that can be read */
export function methodOfLoss(dicom: DicomFile, facts: PixelFacts, frame: number): string | null {
  const method = methods[dicom.syntax.uid];
  if (!method) return null;
  return !method.isLossy || method.isLossy(frameBytes(dicom, facts, frame)) ? method.name : null;
}

/** (0028,2110) or the stored frame tells of it. */
export const wasLossy = (dicom: DicomFile, facts: PixelFacts, frame: number): boolean =>
  dicom.dataSet.string('x00282110') === '01' || methodOfLoss(dicom, facts, frame) !== null;

const START_OF_SCAN = 0xda;
const CODING_STYLE = 0x52;

/** The largest error that JPEG-LS allows, NEAR, of its first scan (ITU-T T.87, C.2.3). */
function isNearLossless(stream: Uint8Array): boolean {
  const at = lengthOf(stream, START_OF_SCAN);
  return at !== null && (stream[at + 3 + 2 * (stream[at + 2] ?? 0)] ?? 0) > 0;
}

/** The wavelet of JPEG 2000: 0 is the irreversible one, of 9 and 7 values (ISO/IEC 15444-1, A.6.1, table A.20). */
function isIrreversible(stream: Uint8Array): boolean {
  const at = lengthOf(stream, CODING_STYLE);
  return at !== null && stream[at + 11] === 0;
}

/** Where the length of the first such segment stands; null: there is none. */
function lengthOf(stream: Uint8Array, wanted: number): number | null {
  for (const { marker, at } of segments(stream)) if (marker === wanted) return at;
  return null;
}
