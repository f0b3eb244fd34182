/**
 * The elements of a data set as places in its bytes, so that what is not changed can be copied as it is: where each begins, where its
 * value lies, where the next one begins, and the same of the items of sequences. `dicom-parser`, which reads pictures, does not
 * say where an element begins, takes OV, SV and UV for short ones, and leaves the items of private sequences out.
 */
import { HourglassError } from '../../../contract/errors.ts';
import { attributeOf, isPrivate } from '../dictionary.ts';
import { say } from '../../sentences.ts';

/** How elements are written (PS3.5, section 7). */
export interface Encoding {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

export const implicitLittle: Encoding = { explicit: false, littleEndian: true };
export const explicitLittle: Encoding = { explicit: true, littleEndian: true };

/** Offsets are of the file's bytes. */
export interface Element {
  /** 0xggggeeee */
  readonly tag: number;
  /** As stored; of an implicit one that of PS3.6, `UN` where that knows none. */
  readonly vr: string;
  readonly start: number;
  readonly value: number;
  /** Of the value, without a delimiter. */
  readonly end: number;
  /** Of the element, with one. */
  readonly next: number;
  /** Of a sequence. */
  readonly items?: readonly Item[];
  /** Of what is inside: UN of undefined length holds implicit elements (PS3.5, 6.2.2). */
  readonly inner: Encoding;
}

export interface Item {
  readonly start: number;
  readonly value: number;
  readonly end: number;
  readonly next: number;
  readonly elements: readonly Element[];
}

/** Those with a length of 32 bits (PS3.5, 7.1.2). */
const longVrs = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '));
export const isLongVr = (vr: string): boolean => longVrs.has(vr);
/** The same as their two bytes, for those that are only passed. */
const longCodes = new Set([...longVrs].map((vr) => Buffer.from(vr).readUInt16BE()));

const UNDEFINED = 0xffff_ffff;
const ITEM = 0xfffe_e000;
const ITEM_END = 0xfffe_e00d;
const SEQUENCE_END = 0xfffe_e0dd;
export const PIXEL_DATA = 0x7fe0_0010;

/** Sequences in sequences; nobody's are deeper than a dozen. */
const MOST_DEPTH = 64;

class Reader {
  readonly #bytes: Buffer;
  readonly #name: string;

  constructor(bytes: Buffer, name: string) {
    this.#bytes = bytes;
    this.#name = name;
  }

  damaged(): HourglassError {
    return new HourglassError('damaged-image', say('damaged', { name: this.#name }));
  }

  #u16(at: number, { littleEndian }: Encoding): number {
    if (at + 2 > this.#bytes.length) throw this.damaged();
    return littleEndian ? this.#bytes.readUInt16LE(at) : this.#bytes.readUInt16BE(at);
  }

  #u32(at: number, { littleEndian }: Encoding): number {
    if (at + 4 > this.#bytes.length) throw this.damaged();
    return littleEndian ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  }

  #tag(at: number, encoding: Encoding): number {
    return this.#u16(at, encoding) * 0x1_0000 + this.#u16(at + 2, encoding);
  }

  /** Elements from `from` to `to`, or, where `delimited`, to the delimiter of their item. */
  elements(
    from: number,
    to: number,
    encoding: Encoding,
    depth = 0,
    delimited = false,
  ): { elements: Element[]; end: number; next: number } {
    if (depth > MOST_DEPTH) throw this.damaged();
    const elements: Element[] = [];
    let at = from;
    while (at < to) {
      if (delimited && this.#tag(at, encoding) === ITEM_END)
        return { elements, end: at, next: at + 8 };
      const element = this.element(at, to, encoding, depth);
      elements.push(element);
      at = element.next;
    }
    if (at !== to || delimited) throw this.damaged();
    return { elements, end: to, next: to };
  }

  /** Group 0002, which is always explicit little endian. */
  meta(from: number): { elements: Element[]; next: number } {
    const elements: Element[] = [];
    let at = from;
    while (at + 2 <= this.#bytes.length && this.#bytes.readUInt16LE(at) === 2) {
      const element = this.element(at, this.#bytes.length, explicitLittle, 0);
      elements.push(element);
      at = element.next;
    }
    return { elements, next: at };
  }

  /** As `findElements`. */
  find(from: number, encoding: Encoding, wanted: Tags): Map<number, Place> | null {
    const bytes = this.#bytes;
    const found = new Map<number, Place>();
    let at = from;
    while (at < bytes.length) {
      if (at + 8 > bytes.length) return null;
      const tag = this.#tag(at, encoding);
      const long = encoding.explicit && longCodes.has(bytes.readUInt16BE(at + 4));
      const value = at + (long ? 12 : 8);
      if (value > bytes.length) return null;
      const length =
        encoding.explicit && !long ? this.#u16(at + 6, encoding) : this.#u32(value - 4, encoding);
      if (tag === PIXEL_DATA) return found.set(tag, { value, end: value + length });
      if (length === UNDEFINED) {
        at = this.element(at, bytes.length, encoding, 0).next;
        continue;
      }
      const end = value + length;
      if (wanted.has(tag)) found.set(tag, { value, end });
      at = end;
    }
    return at === bytes.length ? found : null;
  }

  element(start: number, to: number, encoding: Encoding, depth: number): Element {
    const tag = this.#tag(start, encoding);
    const stored = encoding.explicit ? this.#bytes.toString('latin1', start + 4, start + 6) : null;
    const vr = stored ?? implicitVr(tag);
    const long = stored === null ? 4 : isLongVr(stored) ? 8 : 6;
    const value = start + long + (stored === null || long === 8 ? 4 : 2);
    const length = long === 6 ? this.#u16(start + 6, encoding) : this.#u32(value - 4, encoding);
    const base = { tag, vr, start, value };
    if (length === UNDEFINED) {
      const inner = vr === 'UN' && encoding.explicit ? implicitLittle : encoding;
      if (tag === PIXEL_DATA) return { ...base, ...this.#fragments(value, to, encoding), inner };
      const { items, end, next } = this.#items(value, to, inner, depth, true);
      return { ...base, vr: 'SQ', end, next, items, inner };
    }
    const end = value + length;
    if (end > to) throw this.damaged();
    const unnamed = stored === null && vr === 'UN';
    const items =
      vr === 'SQ'
        ? this.#items(value, end, encoding, depth, false).items
        : unnamed
          ? this.#itemsIfAny(value, end, depth)
          : null;
    if (!items) return { ...base, end, next: end, inner: encoding };
    return { ...base, vr: 'SQ', end, next: end, items, inner: encoding };
  }

  /** A sequence of no name in an implicit data set: its value is one item after another, to its very end. */
  #itemsIfAny(value: number, end: number, depth: number): Item[] | null {
    if (end - value < 8 || this.#tag(value, implicitLittle) !== ITEM) return null;
    try {
      return this.#items(value, end, implicitLittle, depth, false).items;
    } catch {
      return null;
    }
  }

  #items(
    from: number,
    to: number,
    encoding: Encoding,
    depth: number,
    delimited: boolean,
  ): { items: Item[]; end: number; next: number } {
    const items: Item[] = [];
    let at = from;
    while (at < to) {
      const tag = this.#tag(at, encoding);
      if (delimited && tag === SEQUENCE_END) return { items, end: at, next: at + 8 };
      if (tag !== ITEM) throw this.damaged();
      const length = this.#u32(at + 4, encoding);
      const value = at + 8;
      const open = length === UNDEFINED;
      if (!open && value + length > to) throw this.damaged();
      const inside = this.elements(value, open ? to : value + length, encoding, depth + 1, open);
      items.push({ start: at, value, ...inside });
      at = inside.next;
    }
    if (at !== to || delimited) throw this.damaged();
    return { items, end: to, next: to };
  }

  /** Of encapsulated pixel data: only its end is looked for. */
  #fragments(from: number, to: number, encoding: Encoding): { end: number; next: number } {
    let at = from;
    for (;;) {
      const tag = this.#tag(at, encoding);
      const length = this.#u32(at + 4, encoding);
      if (tag === SEQUENCE_END) return { end: at, next: at + 8 };
      if (tag !== ITEM || at + 8 + length > to) throw this.damaged();
      at += 8 + length;
    }
  }
}

function implicitVr(tag: number): string {
  if (isPrivate(tag)) return 'UN';
  return (tag & 0xffff) === 0 ? 'UL' : (attributeOf(tag)?.vr ?? 'UN');
}

/**
 * @param bytes of a file with its preamble
 * @throws HourglassError damaged-image: it is not one element after another, to the end of the bytes
 */
export function readFile(
  bytes: Buffer,
  name: string,
  encoding: Encoding,
): { readonly meta: readonly Element[]; readonly elements: readonly Element[] } {
  const reader = new Reader(bytes, name);
  const { elements: meta, next } = reader.meta(PREAMBLE);
  const { elements } = reader.elements(next, bytes.length, encoding);
  return { meta, elements };
}

/**
 * What can be read of a file that may be cut short or damaged: elements at its top up to the first one that is not whole.
 * @returns whole: they go on to the end of the bytes
 */
export function readWhatIsThere(
  bytes: Buffer,
  name: string,
  encoding: Encoding,
): {
  readonly meta: readonly Element[];
  readonly elements: readonly Element[];
  readonly whole: boolean;
} {
  const reader = new Reader(bytes, name);
  const { elements: meta, next } = reader.meta(PREAMBLE);
  const elements: Element[] = [];
  try {
    for (let at = next; at < bytes.length; at = elements.at(-1)!.next)
      elements.push(reader.element(at, bytes.length, encoding, 0));
    return { meta, elements, whole: true };
  } catch (error) {
    if (!(error instanceof HourglassError)) throw error;
    return { meta, elements, whole: false };
  }
}

/** Where the value of an element lies. */
export type Place = Pick<Element, 'value' | 'end'>;

/** A set of them, or what else knows which it has. */
type Tags = Pick<ReadonlySet<number>, 'has'>;

/**
 * Finds some elements at the top of a data set. The others are passed by their lengths, without a look into them.
 * @param bytes of a file with its preamble, or its beginning
 * @param from where the data set begins
 * @returns those that stand before the pixel data, and that, whose value need not be among the bytes; null: the bytes end in an element
 *   before it
 * @throws HourglassError damaged-image: a sequence without a length ends nowhere
 */
export const findElements = (
  bytes: Buffer,
  name: string,
  from: number,
  encoding: Encoding,
  wanted: Tags,
): ReadonlyMap<number, Place> | null => new Reader(bytes, name).find(from, encoding, wanted);

/** With the letters DICM behind it. */
const PREAMBLE = 132;
