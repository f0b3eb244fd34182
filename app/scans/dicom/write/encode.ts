/**
 * Elements as bytes: those of a source as they are, or turned into another encoding, and new ones. Whatever is written is little
 * endian, and what is made has lengths, no delimiters.
 */
import { isPrivate } from '../dictionary.ts';
import { isLongVr, type Element, type Encoding, type Item } from './elements.ts';

export interface Piece {
  readonly tag: number;
  readonly bytes: Buffer;
}

/** What a short VR has room for. */
const MOST_SHORT = 0xffff;

/** Bytes of the numbers in a value of a VR; absent: it is text, or bytes. */
const unitOf: Readonly<Record<string, 2 | 4 | 8>> = {
  ...({ US: 2, SS: 2, OW: 2, AT: 2 } as const),
  ...({ UL: 4, SL: 4, FL: 4, OF: 4, OL: 4 } as const),
  ...({ FD: 8, OD: 8, OV: 8, SV: 8, UV: 8 } as const),
};

/** A tag as it is stored. */
function tagBytes(tag: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(tag >>> 16, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
  return bytes;
}

/** @param length 0xffffffff: it is not known */
export function header(
  tag: number,
  vr: string,
  length: number,
  { explicit }: Pick<Encoding, 'explicit'>,
): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(length);
  if (!explicit) return Buffer.concat([tagBytes(tag), size]);
  // Undefined and large lengths fit the long form alone; UN takes them (PS3.5, 6.2.2).
  const kind = isLongVr(vr) || length <= MOST_SHORT ? vr : 'UN';
  if (isLongVr(kind))
    return Buffer.concat([tagBytes(tag), Buffer.from(`${kind}\0\0`, 'latin1'), size]);
  return Buffer.concat([tagBytes(tag), Buffer.from(kind, 'latin1'), size.subarray(0, 2)]);
}

const element = (
  tag: number,
  vr: string,
  value: Buffer,
  to: Pick<Encoding, 'explicit'>,
): Piece => ({
  tag,
  bytes: Buffer.concat([header(tag, vr, value.length, to), value]),
});

/** Sorted, as data sets and items are. */
export const joined = (pieces: readonly Piece[]): Buffer =>
  Buffer.concat([...pieces].sort((one, other) => one.tag - other.tag).map(({ bytes }) => bytes));

/** Padded to an even length: text by a blank, UIDs and bytes by a zero. */
export function evenValue(vr: string, value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  return bytes.length % 2 === 0
    ? bytes
    : Buffer.concat([bytes, Buffer.from(vr === 'UI' || vr === 'OB' ? '\0' : ' ')]);
}

export interface Source {
  readonly bytes: Buffer;
  readonly encoding: Encoding;
  /** Pixel Representation: what `US or SS` are. */
  readonly signed: boolean;
}

/** Writes what is copied from one source, and what is new, in one encoding. */
export class ElementWriter {
  readonly #source: Source;
  readonly #to: Pick<Encoding, 'explicit'>;

  constructor(source: Source, to: Pick<Encoding, 'explicit'>) {
    this.#source = source;
    this.#to = to;
  }

  get target(): Pick<Encoding, 'explicit'> {
    return this.#to;
  }

  made(tag: number, vr: string, value: string | Buffer): Piece {
    return element(tag, vr, evenValue(vr, value), this.#to);
  }

  sequence(tag: number, items: readonly Buffer[]): Piece {
    return element(tag, 'SQ', Buffer.concat(items), this.#to);
  }

  item(pieces: readonly Piece[]): Buffer {
    const inside = joined(pieces);
    return Buffer.concat([header(0xfffe_e000, '', inside.length, { explicit: false }), inside]);
  }

  /** True where bytes of an element can stay what they are. */
  #isSame({ explicit, littleEndian }: Encoding): boolean {
    return littleEndian && explicit === this.#to.explicit;
  }

  copied(one: Element, within = this.#source.encoding): Piece {
    const { bytes } = this.#source;
    const { tag, start, next } = one;
    return {
      tag,
      bytes: this.#isSame(within) ? bytes.subarray(start, next) : this.#converted(one, within),
    };
  }

  copiedItem(one: Item, within: Encoding): Buffer {
    if (this.#isSame(within)) return this.#source.bytes.subarray(one.start, one.next);
    return this.item(one.elements.map((inner) => this.copied(inner, within)));
  }

  /** Items of a sequence; none where the element is not there, or is none. */
  copiedItems(one: Element | undefined): Buffer[] {
    return (one?.items ?? []).map((item) => this.copiedItem(item, one!.inner));
  }

  #converted(one: Element, within: Encoding): Buffer {
    const { tag, items, inner } = one;
    if (items) {
      // Private sequences of implicit elements stay such: as UN they may be.
      if (!within.explicit && isPrivate(tag)) return this.#raw(tag, 'UN', one);
      return this.sequence(
        tag,
        items.map((item) => this.copiedItem(item, inner)),
      ).bytes;
    }
    const vr = within.explicit ? one.vr : this.#resolved(one.vr);
    if (within.littleEndian) return this.#raw(tag, vr, one);
    return element(tag, vr, this.#swapped(vr, one), this.#to).bytes;
  }

  #raw(tag: number, vr: string, { value, end }: Element): Buffer {
    return element(tag, vr, this.#source.bytes.subarray(value, end), this.#to).bytes;
  }

  #swapped(vr: string, { value, end }: Element): Buffer {
    const own = Buffer.from(this.#source.bytes.subarray(value, end));
    const unit = unitOf[vr];
    if (!unit || own.length % unit !== 0) return own;
    if (unit === 2) return own.swap16();
    return unit === 4 ? own.swap32() : own.swap64();
  }

  /** VRs that PS3.6 leaves to the object. */
  #resolved(vr: string): string {
    if (vr === 'xs') return this.#source.signed ? 'SS' : 'US';
    if (vr === 'ox' || vr === 'px' || vr === 'lt') return 'OW';
    return vr === 'up' ? 'UL' : vr;
  }
}
