/** The walk over a GIF's blocks (GIF89a, sections 17–27); what they mean is their readers' business. */
import type { ByteSource } from './tiff-structure.ts';

export interface GifBlock {
  /** broken: no block begins here; absent at the end: the file ends before its trailer. */
  readonly kind: 'extension' | 'image' | 'trailer' | 'broken';
  /** Of an extension: 0xfe a comment, 0xff application data. */
  readonly label: number;
  /** Where its chain of sub-blocks begins. */
  readonly at: number;
}

const pieceBytes = 64 * 1024;

/** Bytes of a source, read in pieces; undefined behind its end. */
class Pieces {
  readonly #source: ByteSource;
  #start = 0;
  #held: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#source = source;
  }

  async byte(at: number): Promise<number | undefined> {
    if (at < this.#start || at >= this.#start + this.#held.length) {
      this.#start = at;
      this.#held = new Uint8Array(await this.#source.read(at, pieceBytes));
    }
    return this.#held[at - this.#start];
  }

  /** Behind a chain of sub-blocks, which ends with an empty one. */
  async behindChain(from: number): Promise<number> {
    for (let at = from; ;) {
      const held = this.#held[at - this.#start];
      const size = held ?? (await this.byte(at));
      at += 1 + (size ?? 0);
      if (!size) return at;
    }
  }
}

/** Blocks up to the trailer, or to where they are broken off. */
export async function* gifBlocks(source: ByteSource): AsyncGenerator<GifBlock> {
  const pieces = new Pieces(source);
  const colours = (flags: number): number => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let at = 13 + colours((await pieces.byte(10)) ?? 0);
  while (at < source.length) {
    const kind = await pieces.byte(at);
    // A zero byte between blocks is what some writers leave there, and readers pass over.
    if (kind === 0) at += 1;
    else if (kind === 0x21) {
      const label = (await pieces.byte(at + 1)) ?? 0;
      yield { kind: 'extension', label, at: at + 2 };
      at = await pieces.behindChain(at + 2);
    } else if (kind === 0x2c) {
      const chain = at + 11 + colours((await pieces.byte(at + 9)) ?? 0);
      yield { kind: 'image', label: 0, at: chain };
      at = await pieces.behindChain(chain);
    } else {
      yield { kind: kind === 0x3b ? 'trailer' : 'broken', label: 0, at };
      return;
    }
  }
}

/** The content of a chain of sub-blocks, as much of it as `most` bytes. */
export async function gifChain(
  source: ByteSource,
  from: number,
  most: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let held = 0;
  for (let at = from; held < most;) {
    const block = await source.read(at, 256);
    const size = block[0] ?? 0;
    if (size === 0) break;
    parts.push(new Uint8Array(block.subarray(1, 1 + size)));
    held += size;
    at += 1 + size;
  }
  return new Uint8Array(Buffer.concat(parts));
}
