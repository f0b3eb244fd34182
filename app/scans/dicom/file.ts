/**
 * A DICOM file (PS3.10) taken apart by `dicom-parser`: elements are offsets into its bytes. What those of an image
 * mean is `image.ts`.
 */
import { inflateRawSync } from 'node:zlib';
import dicomParser, { type ByteArrayParser, type DataSet, type Element } from 'dicom-parser';
import { HourglassError } from '../../contract/errors.ts';
import { say } from '../sentences.ts';
import { transferSyntaxOf, type TransferSyntax } from './transfer-syntax.ts';
import type { PixelPlace } from './cut-short.ts';
import {
  findElements,
  PIXEL_DATA,
  readWhatIsThere,
  type Element as PlacedElement,
  type Place,
} from './write/elements.ts';

export interface DicomFile {
  /** File name, for sentences. */
  readonly name: string;
  /** All of it, as the elements' offsets count; of a deflated file, inflated. */
  readonly bytes: Buffer;
  readonly dataSet: DataSet;
  readonly syntax: TransferSyntax;
}

/** `x7fe00010`, as the parser writes tags. */
export const tags = {
  mediaStorageClass: 'x00020002',
  transferSyntax: 'x00020010',
  sopClass: 'x00080016',
  modality: 'x00080060',
  pixelData: 'x7fe00010',
  floatPixelData: 'x7fe00008',
  doublePixelData: 'x7fe00009',
} as const;

const PREAMBLE = 128;

/** Deflated data sets become this large at the most: the largest uncompressed ones have as many bytes. */
const mostInflated = 2 ** 31 - 1;

/**
 * @param bytes a whole file, or its beginning up to `untilTag`
 * @param options.untilTag the last element that is looked at, without its value
 * @throws HourglassError damaged-image; unsupported-image: no file meta information, or a transfer syntax that is not read
 */
export function parseDicom(
  bytes: Uint8Array,
  name: string,
  options: { readonly untilTag?: string } = {},
): DicomFile {
  return taken(bytes, name, ({ whole, syntax }) => {
    const dataSet = withLongValues({ whole, name, syntax }, () =>
      dicomParser.parseDicom(whole, options),
    );
    return { name, bytes: dataSet.byteArray as Buffer, dataSet, syntax };
  });
}

/**
 * Some elements at the top of a file, where they stand before its pixels, as `parseDicom` has them; the others are only passed: of a
 * series nobody asks for more than twenty of a hundred or two. Values are views of `bytes`.
 * @param bytes a whole file, or its beginning
 * @param wanted by their number: how the parser writes it
 * @returns null: the bytes end before the pixels; reachesPixels: false where they end between two elements before them
 * @throws HourglassError as `parseDicom`
 */
export function parseSome(
  bytes: Uint8Array,
  name: string,
  wanted: ReadonlyMap<number, string>,
): {
  readonly dataSet: DataSet;
  readonly reachesPixels: boolean;
  /** Where they lie behind the beginning of `bytes`. */
  readonly pixels: PixelPlace | null;
} | null {
  return taken(bytes, name, ({ whole, dataSetAt, syntax }) => {
    const places = findElements(whole, name, dataSetAt, syntax, wanted);
    if (!places) return null;
    const elements: Record<string, Element> = {};
    for (const [number, { value, end }] of places) {
      const tag = wanted.get(number);
      if (tag) elements[tag] = { tag, dataOffset: value, length: end - value };
    }
    const parser = syntax.littleEndian
      ? dicomParser.littleEndianByteArrayParser
      : dicomParser.bigEndianByteArrayParser;
    return {
      dataSet: new DataSetOf(parser, whole, elements),
      reachesPixels: places.has(PIXEL_DATA),
      pixels: placeIn(places.get(PIXEL_DATA), whole.length - bytes.length, syntax),
    };
  });
}

/** @param added bytes that stand before those of the file */
const placeIn = (
  place: Place | undefined,
  added: number,
  syntax: TransferSyntax,
): PixelPlace | null =>
  place ? { syntax, at: place.value - added, length: place.end - place.value } : null;

/** Its types have no constructor. */
const { DataSet: DataSetOf } = dicomParser as unknown as {
  readonly DataSet: new (
    parser: ByteArrayParser,
    bytes: Buffer,
    elements: Readonly<Record<string, Element>>,
  ) => DataSet;
};

/** @throws HourglassError unsupported-image: a transfer syntax that is not read; else as `orDamaged` */
const taken = <T>(
  bytes: Uint8Array,
  name: string,
  work: (file: Unpacked & { readonly syntax: TransferSyntax }) => T,
): T =>
  orDamaged(name, () => {
    const file = unpacked(bytes, name);
    const { syntax, uid } = file;
    if (!syntax)
      throw new HourglassError('unsupported-image', say('otherSyntax', { name, uid }), {
        hint: say('convertSyntax'),
      });
    return work({ ...file, syntax });
  });

/** @throws HourglassError damaged-image: whatever else is thrown over a file's bytes */
export function orDamaged<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof HourglassError) throw error;
    throw new HourglassError('damaged-image', say('damaged', { name }), { cause: error });
  }
}

/** A file with its preamble and inflated, before its elements are looked at. */
export interface Unpacked {
  readonly whole: Buffer;
  /** Where its data set begins. */
  readonly dataSetAt: number;
  readonly uid: string;
  /** Absent: none that is read here. */
  readonly syntax: TransferSyntax | undefined;
}

/** @throws HourglassError unsupported-image: no file meta information; what the parser or zlib throw of a damaged one */
export function unpacked(bytes: Uint8Array, name: string): Unpacked {
  const whole = withPreamble(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), name);
  const meta = dicomParser.readPart10Header(whole, { untilTag: 'x0002ffff' });
  const uid = meta.string(tags.transferSyntax);
  if (!uid) throw withoutMeta(name);
  const syntax = transferSyntaxOf(uid);
  const { position: dataSetAt } = meta as DataSet & { readonly position: number };
  return {
    whole: syntax?.deflated ? inflated(whole, meta, dataSetAt) : whole,
    ...{ dataSetAt, uid, syntax },
  };
}

/** Value representations of 64 bits (PS3.5, table 7.1-1) have a length of four bytes, which the parser does not know. */
const long = new Set(['OV', 'SV', 'UV']);

const isLong = ({ vr = '' }: Element): boolean => long.has(vr);

/** Where the representation of each such element stands, at the top and in items, as far as the bytes can be read. */
function longPlaces(elements: readonly PlacedElement[]): number[] {
  return elements.flatMap(({ vr, start, items = [], inner }) => {
    if (long.has(vr)) return [start + 4];
    // What is implicit inside has none.
    return inner.explicit ? items.flatMap((item) => longPlaces(item.elements)) : [];
  });
}

/** Whether the parser met one, which it took for another. */
const hasLong = (dataSet: DataSet): boolean =>
  Object.values(dataSet.elements).some(
    (element) =>
      isLong(element) || element.items?.some((item) => item.dataSet && hasLong(item.dataSet)),
  );

/**
 * Parses a file that may have elements of 64-bit values: for the parser they are unknown ones, which lie in the same way.
 * The bytes are as they were when it is over.
 */
function withLongValues(
  { whole, name, syntax }: { whole: Buffer; name: string; syntax: TransferSyntax },
  parse: () => DataSet,
): DataSet {
  const { dataSet, error } = attempt(parse);
  if (dataSet && !error && !hasLong(dataSet)) return dataSet;
  // Behind one in an item all may be taken for something else: where they are, the parser does not tell.
  const { meta, elements } = readWhatIsThere(whole, name, syntax);
  const places = longPlaces([...meta, ...(syntax.explicit ? elements : [])]).map((at) => ({
    at,
    vr: whole.toString('latin1', at, at + 2),
  }));
  try {
    for (const { at } of places) whole.write('UN', at, 'latin1');
    if (places.length > 0) return parse();
    if (!dataSet || error) throw error;
    return dataSet;
  } finally {
    for (const { at, vr } of places) whole.write(vr, at, 'latin1');
  }
}

/** What the parser has found until it broke off is in what it throws. */
function attempt(parse: () => DataSet): { dataSet?: DataSet | undefined; error?: unknown } {
  try {
    return { dataSet: parse() };
  } catch (error) {
    const { dataSet } = (error ?? {}) as { dataSet?: DataSet };
    return { dataSet, error };
  }
}

/**
 * The same file as explicit little endian. Left to itself, the parser takes preamble and file meta information of a deflated
 * file for elements of its data set.
 */
function inflated(whole: Buffer, meta: DataSet, position: number): Buffer {
  const head = Buffer.from(whole.subarray(0, position));
  const { dataOffset, length } = meta.elements[tags.transferSyntax]!;
  head.fill(0, dataOffset, dataOffset + length);
  head.write('1.2.840.10008.1.2.1', dataOffset, 'latin1');
  const rest = whole.subarray(position);
  return Buffer.concat([head, inflateRawSync(rest, { maxOutputLength: mostInflated })]);
}

/** Files that begin with group 0002 lack the preamble alone (PS3.10, 7.1). */
function withPreamble(bytes: Buffer, name: string): Buffer {
  if (bytes.toString('latin1', PREAMBLE, PREAMBLE + 4) === 'DICM') return bytes;
  if (bytes.length > 8 && bytes.readUInt16LE(0) === 2)
    return Buffer.concat([Buffer.alloc(PREAMBLE), Buffer.from('DICM'), bytes]);
  throw withoutMeta(name);
}

const withoutMeta = (name: string): HourglassError =>
  new HourglassError('unsupported-image', say('noMeta', { name }), { hint: say('addMeta') });

/** The bytes of an element's value; empty where it is not there. */
export function valueBytes({ bytes }: DicomFile, element: Element | undefined): Buffer {
  return element
    ? bytes.subarray(element.dataOffset, element.dataOffset + element.length)
    : Buffer.alloc(0);
}
