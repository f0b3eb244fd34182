/**
 * Whether the pixels of a file are all there, as far as that shows without reading them: their length beside what rows, columns and bits
 * ask for, and the lengths of its fragments beside the size of the file.
 */
import type { DataSet } from 'dicom-parser';
import type { TransferSyntax } from './transfer-syntax.ts';

/** Where the value of Pixel Data lies in its file. */
export interface PixelPlace {
  readonly syntax: TransferSyntax;
  readonly at: number;
  /** As it is written; `UNDEFINED`: fragments say where it ends. */
  readonly length: number;
}

/** A file that is open. */
export interface OpenFile {
  readonly size: number;
  /** Fewer where it ends before. */
  read(at: number, bytes: number): Buffer;
}

const UNDEFINED = 0xffff_ffff;
const ITEM = 0xfffe_e000;
/** Of a tag and a length. */
const HEAD = 8;
/** More are of many frames: what is missing of those their frames say. */
const MOST_FRAGMENTS = 64;

/** Elements that are asked for. */
export const cutTags = {
  rows: 'x00280010',
  columns: 'x00280011',
  samples: 'x00280002',
  photometric: 'x00280004',
  frames: 'x00280008',
  bitsAllocated: 'x00280100',
} as const;

/** @param place null: it has no pixels @returns false too where that can not be told: of a deflated file for example */
export function isCutShort(dataSet: DataSet, place: PixelPlace | null, file: OpenFile): boolean {
  if (!place || place.syntax.deflated) return false;
  const { at, length, syntax } = place;
  if (syntax.encapsulated !== 'no') return length === UNDEFINED && lacksFragments(at, file);
  const bytes = Math.min(length, file.size - at);
  return bytes < neededBytes(dataSet);
}

function neededBytes(dataSet: DataSet): number {
  const number = (tag: string, otherwise: number): number => dataSet.uint16(tag) ?? otherwise;
  const frames = Math.max(1, dataSet.intString(cutTags.frames) || 1);
  // Chroma of YBR_FULL_422 is there for every second pixel.
  const halved = dataSet.string(cutTags.photometric) === 'YBR_FULL_422';
  const perPixel = halved ? 2 : number(cutTags.samples, 1);
  const bits = number(cutTags.bitsAllocated, 0) * perPixel * frames;
  return Math.floor((number(cutTags.rows, 0) * number(cutTags.columns, 0) * bits) / 8);
}

/** Encapsulated pixels are little endian (PS3.5, A.4). */
function lacksFragments(from: number, file: OpenFile): boolean {
  for (let at = from, count = 0; count <= MOST_FRAGMENTS; count++) {
    const head = file.read(at, HEAD);
    if (head.length < HEAD) return true;
    const tag = head.readUInt16LE(0) * 0x1_0000 + head.readUInt16LE(2);
    if (tag !== ITEM) return false;
    at += HEAD + head.readUInt32LE(4);
    if (at > file.size) return true;
  }
  return false;
}
