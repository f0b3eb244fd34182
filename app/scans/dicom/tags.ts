/**
 * The elements of a file as a person reads them: DICOM's JSON model (PS3.18, annex F), with the keyword of each and, in the place of
 * values that nobody reads, how many bytes they have. Nested and private items are in it; nothing is written anywhere.
 */
import { convertBytes } from 'dicom-character-set';
import type { TagModel, TagValue } from '../../contract/scans.ts';
import { attributeOf, isPrivate } from './dictionary.ts';
import type { Element, Encoding } from './write/elements.ts';

/** Larger binary values are said by their size. */
const MOST_BINARY = 64;
/** Longer texts are cut, more numbers said by their size. */
const MOST_TEXT = 4096;
const MOST_NUMBERS = 256;
/** Elements that are shown, nested ones too: honest objects of a thousand frames have half as many. */
const MOST_ELEMENTS = 100_000;

export interface Shown {
  readonly model: TagModel;
  /** Elements beyond the limit. */
  readonly left: number;
}

/** @param encoding of the top */
export function tagModelOf(bytes: Buffer, elements: readonly Element[], encoding: Encoding): Shown {
  const reader = new Values(bytes);
  const model = reader.model(elements, encoding, { sets: undefined, signed: false });
  return { model, left: reader.left };
}

/** What elements of a data set say of its others; items have those of what they lie in. */
interface Around {
  /** Specific Character Set. */
  readonly sets: string | undefined;
  readonly signed: boolean;
}

const texts = new Set([
  ...['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'LO', 'LT', 'PN'],
  ...['SH', 'ST', 'TM', 'UC', 'UI', 'UR', 'UT'],
]);
/** A backslash in them is one (PS3.5, 6.2). */
const oneText = new Set(['LT', 'ST', 'UT', 'UR']);

type NumberReader = readonly [
  bytes: number,
  read: (view: DataView, at: number, le: boolean) => unknown,
];
const wide = (value: bigint): number | string =>
  Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
/** JSON has no such numbers (PS3.18, F.2.3.1 and its notes). */
const finite = (value: number): number | string =>
  Number.isFinite(value) ? value : Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : '-inf';
const numbers: Readonly<Record<string, NumberReader>> = {
  US: [2, (view, at, le) => view.getUint16(at, le)],
  SS: [2, (view, at, le) => view.getInt16(at, le)],
  UL: [4, (view, at, le) => view.getUint32(at, le)],
  SL: [4, (view, at, le) => view.getInt32(at, le)],
  FL: [4, (view, at, le) => finite(view.getFloat32(at, le))],
  FD: [8, (view, at, le) => finite(view.getFloat64(at, le))],
  SV: [8, (view, at, le) => wide(view.getBigInt64(at, le))],
  UV: [8, (view, at, le) => wide(view.getBigUint64(at, le))],
  AT: [4, (view, at, le) => hexTag(view.getUint16(at, le) * 0x1_0000 + view.getUint16(at + 2, le))],
};

export const hexTag = (tag: number): string => tag.toString(16).toUpperCase().padStart(8, '0');

class Values {
  readonly #bytes: Buffer;
  #shown = 0;
  left = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  model(elements: readonly Element[], encoding: Encoding, outer: Around): TagModel {
    const raw = (tag: number): Buffer | undefined => {
      const found = elements.find((one) => one.tag === tag);
      return found && this.#bytes.subarray(found.value, found.end);
    };
    const sets = raw(0x0008_0005)?.toString('latin1').replace(/\0/g, '').trim();
    const representation = raw(0x0028_0103);
    const around: Around = {
      sets: sets ?? outer.sets,
      signed: representation ? representation.includes(1) : outer.signed,
    };
    const model: Record<string, TagValue> = {};
    const creators = new Map<number, string>();
    for (const element of elements) {
      if (this.#shown >= MOST_ELEMENTS) {
        this.left += 1;
        continue;
      }
      this.#shown += 1;
      const { tag } = element;
      const value = this.#value(element, encoding, around);
      // (gggg,0010) to (gggg,00FF) reserve blocks (PS3.5, 7.8.1).
      const isCreator = isPrivate(tag) && (tag & 0xffff) >= 0x10 && (tag & 0xffff) <= 0xff;
      if (isCreator) creators.set(tag, String(value.Value?.[0] ?? ''));
      const name = isCreator
        ? 'PrivateCreator'
        : isPrivate(tag)
          ? creators.get((tag & 0xffff_0000) + ((tag >>> 8) & 0xff))
          : (tag & 0xffff) === 0
            ? 'GroupLength'
            : attributeOf(tag)?.keyword;
      const { vr, ...held } = value;
      model[hexTag(tag)] = { vr, ...(name ? { name } : {}), ...held };
    }
    return model;
  }

  #value(element: Element, encoding: Encoding, around: Around): TagValue {
    const { items, inner, end, value: start } = element;
    if (items)
      return {
        vr: 'SQ',
        Value: items.map((item) => this.model(item.elements, inner, around)),
      };
    const vr = resolved(element.vr, around.signed);
    const value = this.#bytes.subarray(start, end);
    if (value.length === 0) return { vr };
    const number = numbers[vr];
    if (number) return numbersOf(vr, number, value, encoding.littleEndian);
    if (texts.has(vr)) return textOf(vr, value, around.sets);
    if (value.length > MOST_BINARY) return { vr, bytes: value.length };
    return { vr, InlineBinary: value.toString('base64') };
  }
}

/** VRs that PS3.6 leaves to the object, of implicit elements. */
function resolved(vr: string, signed: boolean): string {
  if (vr === 'xs') return signed ? 'SS' : 'US';
  if (vr === 'up') return 'UL';
  return /^[a-z]/.test(vr) ? 'OW' : vr;
}

function numbersOf(vr: string, [size, read]: NumberReader, value: Buffer, le: boolean): TagValue {
  const count = Math.floor(value.length / size);
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const Value = Array.from({ length: Math.min(count, MOST_NUMBERS) }, (_, at) =>
    read(view, at * size, le),
  );
  return { vr, ...(count > MOST_NUMBERS ? { bytes: value.length } : {}), Value };
}

function textOf(vr: string, whole: Buffer, sets: string | undefined): TagValue {
  const isCut = whole.length > MOST_TEXT;
  const value = isCut ? whole.subarray(0, MOST_TEXT) : whole;
  const isEncoded = ['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT'].includes(vr);
  const text = (isEncoded ? decoded(value, sets, vr) : value.toString('latin1')).replace(
    /[ \0]+$/,
    '',
  );
  const parts = oneText.has(vr) ? [text] : text.split('\\').map((part) => part.trim());
  const Value = parts.map((part) => {
    if (part === '') return null;
    if (vr === 'PN') return nameOf(part);
    const number = Number(part);
    return (vr === 'DS' || vr === 'IS') && Number.isFinite(number) ? number : part;
  });
  const isEmpty = Value.every((part) => part === null);
  return { vr, ...(isCut ? { bytes: whole.length } : {}), ...(isEmpty ? {} : { Value }) };
}

/** A set that nobody knows, or bytes that are none of it: as they are. */
function decoded(value: Buffer, sets: string | undefined, vr: string): string {
  try {
    return convertBytes(sets, value, { vr });
  } catch {
    return value.toString('latin1');
  }
}

/** PS3.18, F.2.2: the groups of a name; absent ones are left out, as JSON does. */
function nameOf(part: string): NameGroups {
  const [alphabetic, ideographic, phonetic] = part.split('=');
  return {
    Alphabetic: alphabetic || undefined,
    Ideographic: ideographic || undefined,
    Phonetic: phonetic || undefined,
  };
}

interface NameGroups {
  readonly Alphabetic: string | undefined;
  readonly Ideographic: string | undefined;
  readonly Phonetic: string | undefined;
}
