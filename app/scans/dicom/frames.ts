/** The stored bytes of a frame: a part of native pixel data, or the stream of an encapsulated one (PS3.5, A.4). */
import dicomParser from 'dicom-parser';
import { HourglassError } from '../../contract/errors.ts';
import { say } from '../sentences.ts';
import { tags, type DicomFile } from './file.ts';
import type { PixelFacts } from './image.ts';

/** Bytes of a native frame. Chroma of YBR_FULL_422 is there for every second pixel (PS3.3, C.7.6.3.1.2). */
export function frameLength(facts: PixelFacts): number {
  const { rows, columns, samples, bitsAllocated, photometric } = facts;
  const perPixel = photometric === 'YBR_FULL_422' ? 2 : samples;
  return rows * columns * perPixel * (bitsAllocated / 8);
}

/**
 * @param frame from 0 on
 * @returns a view of the file's bytes where they lie in one piece
 * @throws HourglassError damaged-image: they are not all there
 */
export function frameBytes(file: DicomFile, facts: PixelFacts, frame: number): Uint8Array {
  const { dataSet, bytes, name, syntax } = file;
  const element = dataSet.elements[tags.pixelData]!;
  const cut = (): HourglassError =>
    new HourglassError('damaged-image', say('cutShort', { name, frame: frame + 1 }));
  if (syntax.encapsulated === 'no') {
    const length = frameLength(facts);
    const from = element.dataOffset + frame * length;
    const end = Math.min(bytes.length, element.dataOffset + element.length);
    if (from + length > end) throw cut();
    // Bytes of big endian words lie the other way round (PS3.5, 8.1.1 and annex D.2).
    const isSwapped = !syntax.littleEndian && element.vr === 'OW' && facts.bitsAllocated === 8;
    if (!isSwapped) return bytes.subarray(from, from + length);
    const before = (from - element.dataOffset) % 2;
    const whole = length + before + ((length + before) % 2);
    if (from - before + whole > end) throw cut();
    const words = Buffer.from(bytes.subarray(from - before, from - before + whole)).swap16();
    return words.subarray(before, before + length);
  }
  const { fragments = [], basicOffsetTable = [] } = element;
  if (fragments.length === 0) throw cut();
  // By `dicom-parser` they are put together byte by byte, which takes a tenth of the decoder's own time.
  const joined = (start: number, end: number): Uint8Array => {
    if (start < 0 || end <= start) throw cut();
    const parts = fragments.slice(start, end).map(({ position, length }) => {
      if (position + length > dataSet.byteArray.length) throw cut();
      return dataSet.byteArray.subarray(position, position + length);
    });
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  };
  if (facts.frames === 1) return joined(0, fragments.length);
  const hasTable = basicOffsetTable.length === facts.frames;
  if (!hasTable && fragments.length === facts.frames) return joined(frame, frame + 1);
  const offsets = hasTable ? basicOffsetTable : offsetsOf(file, cut);
  const startOf = (of: number): number =>
    fragments.findIndex(({ offset }) => offset === offsets[of]);
  return joined(startOf(frame), frame + 1 < offsets.length ? startOf(frame + 1) : fragments.length);
}

/** Of frames in several fragments that no table tells apart: by the ends of their JPEG streams. */
function offsetsOf({ dataSet }: DicomFile, cut: () => HourglassError): readonly number[] {
  try {
    return dicomParser.createJPEGBasicOffsetTable(dataSet, dataSet.elements[tags.pixelData]!);
  } catch {
    // Strings are thrown there.
    throw cut();
  }
}
