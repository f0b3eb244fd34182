/**
 * Little-endian numbers, varints and short texts: writing them into a growing buffer, and reading them
 * from untrusted bytes. A reader never goes beyond its bytes; what is wrong is told by `Malformed`.
 */
import { say } from './sentences.ts';

/** Bytes that can not be what they should be. Callers add the file's name and turn it into words. */
export class Malformed extends Error {}

/** Most bytes of a text in a header. */
export const maxText = 64;

/** Most bytes of a varint: 7 bits each, so that every value is a safe integer. */
const maxVarintBytes = 7;

/** Bytes that a number takes as a varint. */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}

export class ByteWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  #room(length: number): void {
    if (this.#length + length <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  u8(value: number): this {
    this.#room(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  u16(value: number): this {
    return this.u8(value & 255).u8(value >>> 8);
  }

  u32(value: number): this {
    return this.u16(value & 0xffff).u16(value >>> 16);
  }

  f64(value: number): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    return this.bytes(bytes);
  }

  /** Unsigned LEB128: 7 bits per byte, lowest first, the top bit says that more follow. */
  varint(value: number): this {
    let rest = value;
    while (rest >= 128) {
      this.u8((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    return this.u8(rest);
  }

  bytes(values: Uint8Array): this {
    this.#room(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
    return this;
  }

  /** Length in bytes as a varint, then UTF-8. */
  text(value: string): this {
    const encoded = new TextEncoder().encode(value);
    return this.varint(encoded.length).bytes(encoded);
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    if (this.left < 1) throw new Malformed(say('endsEarly'));
    return this.#bytes[this.#at++]!;
  }

  u16(): number {
    return this.u8() | (this.u8() << 8);
  }

  u32(): number {
    return (this.u16() | (this.u16() << 16)) >>> 0;
  }

  f64(): number {
    const bytes = this.bytes(8);
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
  }

  /** Only the shortest form is taken: one value, one spelling. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 1; count <= maxVarintBytes; count++) {
      const byte = this.u8();
      value += (byte & 127) * scale;
      scale *= 128;
      if (byte < 128) {
        if (byte === 0 && count > 1) throw new Malformed(say('numberNotInShortForm'));
        return value;
      }
    }
    throw new Malformed(say('numberTooLarge'));
  }

  /** A view, not a copy. */
  bytes(length: number): Uint8Array {
    if (length > this.left) throw new Malformed(say('endsEarly'));
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** Printable text of at most `most` bytes of UTF-8. */
  text(most: number): string {
    const length = this.varint();
    if (length > most) throw new Malformed(say('textBytesAtMostAllowed', { length, most }));
    return printable(this.bytes(length));
  }
}

/** UTF-8 without control characters: texts of a file end up on terminals and pages. */
export function printable(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Malformed(say('textNotUtf8'));
  }
  if (/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u.test(text))
    throw new Malformed(say('textWithControlCharacters'));
  return text;
}
