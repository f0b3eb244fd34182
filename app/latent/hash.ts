/**
 * The latents' hash of a picture: SHA-256 over the symbols of all tiles in tile order, int16 little
 * endian, [channel][row][column]. Equal hashes mean equal latents, wherever and by however many threads they
 * were made.
 */
import { createHash } from 'node:crypto';
import { endianness } from 'node:os';

const isLittle = endianness() === 'LE';

export class LatentsHash {
  readonly #hash = createHash('sha256');
  /** Tiles that came before their turn. */
  readonly #early = new Map<number, Int16Array>();
  readonly #tiles: number;
  #next = 0;

  constructor(tiles: number) {
    this.#tiles = tiles;
  }

  /** Tiles in any order; one that was there already is passed over. @param symbols kept until its turn */
  add(index: number, symbols: Int16Array): void {
    if (index < this.#next) return;
    this.#early.set(index, symbols);
    for (let one = this.#early.get(this.#next); one; one = this.#early.get(this.#next)) {
      this.#hash.update(littleEndian(one));
      this.#early.delete(this.#next++);
    }
  }

  /** Hexadecimal; null when tiles are missing. */
  digest(): string | null {
    return this.#next === this.#tiles ? this.#hash.digest('hex') : null;
  }
}

function littleEndian(symbols: Int16Array): Uint8Array {
  const bytes = Buffer.from(symbols.buffer, symbols.byteOffset, symbols.byteLength);
  return isLittle ? bytes : Buffer.from(bytes).swap16();
}
