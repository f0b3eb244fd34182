/**
 * A walk through the Huffman codes of a sequential JPEG, without a pixel: whether its scan ends with its last block. Where a part
 * of it was overwritten, what stands there decodes to more or fewer blocks. libjpeg stops at the last one and says nothing of what is
 * left over, and libvips does not hear what it says of the last lines. Structure: ITU-T T.81, annexes B and F.
 */
import { segmentsOf } from './jpeg-scan.ts';
import { nextTurn } from './turns.ts';

/** Coded bytes that may be left over, as of writers that pad to a word. A cluster of zeros leaves 16 and more. */
const PADDING = 4;
/** Blocks between two turns of others, about 5 ms. */
const AT_ONCE = 16_384;

/** Codes of one table (C.2, F.2.2.3): for each length the largest code and where its values begin. */
interface Codes {
  /** −1: no code has this length. */
  readonly largest: Int32Array;
  /** Index of a code's value, less the code. */
  readonly offset: Int32Array;
  readonly values: Uint8Array;
}

interface Component {
  readonly id: number;
  readonly wide: number;
  readonly tall: number;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
}

/** What a scan of all components is decoded with. */
interface Scan {
  readonly frame: Frame;
  /** Per component of the scan. */
  readonly tables: readonly { readonly dc: Codes; readonly ac: Codes }[];
  /** Units between restart markers; 0: there are none. */
  readonly restart: number;
  readonly at: number;
}

/**
 * @param jpeg whole, its tables included
 * @returns true: the last block is the end of the coded data, but for a padding; false: there is more, also before a restart marker, or less;
 *   null: not told, of every JPEG but a sequential one of 8 bits with one scan
 * @param padding coded bytes that may be left over
 */
export async function endsWithPicture(
  jpeg: Uint8Array,
  signal: AbortSignal,
  padding = PADDING,
): Promise<boolean | null> {
  const scan = scanOf(jpeg);
  if (!scan) return null;
  const { frame, tables, restart } = scan;
  const { components } = frame;
  const widest = Math.max(...components.map(({ wide }) => wide));
  const tallest = Math.max(...components.map(({ tall }) => tall));
  // The units of one component alone are its blocks (A.2.2).
  const [only] = components.length === 1 ? components : [];
  const across = Math.ceil(frame.width / (only ? 8 : 8 * widest));
  const down = Math.ceil(frame.height / (only ? 8 : 8 * tallest));
  const blocks = components.flatMap(({ wide, tall }, index) =>
    Array.from({ length: only ? 1 : wide * tall }, () => tables[index]!),
  );
  const units = across * down;
  const reader = new CodeReader(jpeg, scan.at);
  let before = 0;
  for (let unit = 0; unit < units; unit++) {
    if (restart > 0 && unit > 0 && unit % restart === 0) {
      if (reader.left() > padding || !reader.skipMarker()) return false;
    }
    for (const { dc, ac } of blocks) if (!reader.skipBlock(dc, ac)) return false;
    before += blocks.length;
    if (before >= AT_ONCE) {
      before = 0;
      await nextTurn();
      signal.throwIfAborted();
    }
  }
  return reader.left() <= padding;
}

function scanOf(jpeg: Uint8Array): Scan | null {
  const dc: Codes[] = [];
  const ac: Codes[] = [];
  let frame: Frame | null = null;
  let restart = 0;
  let scan: Scan | null = null;
  for (const { marker, at } of segmentsOf(jpeg)) {
    const size = (jpeg[at]! << 8) | jpeg[at + 1]!;
    const body = jpeg.subarray(at + 2, at + size);
    if (marker === 0xc0 || marker === 0xc1) frame = frameOf(body);
    // Progressive, lossless and arithmetic frames.
    else if (marker >= 0xc2 && marker <= 0xcf && marker !== 0xc4) return null;
    else if (marker === 0xc4) readTables(body, dc, ac);
    else if (marker === 0xdd) restart = ((body[0] ?? 0) << 8) | (body[1] ?? 0);
    else if (marker === 0xda) {
      if (scan || !frame || body[0] !== frame.components.length) return null;
      const { components } = frame;
      const chosen = components.map(({ id }, index) => {
        const selector = body[2 + 2 * index] ?? 0;
        const tables = { dc: dc[selector >> 4], ac: ac[selector & 15] };
        return body[1 + 2 * index] === id && tables.dc && tables.ac
          ? { dc: tables.dc, ac: tables.ac }
          : null;
      });
      const tables = chosen.filter((one) => one !== null);
      if (tables.length !== components.length) return null;
      scan = { frame, tables, restart, at: at + size };
    }
  }
  return scan;
}

/** B.2.2. Null: of another depth, or a height that is told behind the scan. */
function frameOf(body: Uint8Array): Frame | null {
  const [precision, h1 = 0, h0 = 0, w1 = 0, w0 = 0, count = 0] = body;
  const components = Array.from({ length: count }, (_, index) => {
    const sampling = body[7 + 3 * index] ?? 0;
    return { id: body[6 + 3 * index] ?? 0, wide: sampling >> 4, tall: sampling & 15 };
  });
  const isSound = components.every(({ wide, tall }) => wide > 0 && tall > 0 && wide * tall <= 16);
  const [width, height] = [(w1 << 8) | w0, (h1 << 8) | h0];
  return precision === 8 && width > 0 && height > 0 && count > 0 && count <= 4 && isSound
    ? { width, height, components }
    : null;
}

/** B.2.4.2: any number of tables. */
function readTables(body: Uint8Array, dc: Codes[], ac: Codes[]): void {
  for (let at = 0; at + 17 <= body.length;) {
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const values = body.subarray(at + 17, at + 17 + total);
    const largest = new Int32Array(17).fill(-1);
    const offset = new Int32Array(17);
    for (let length = 1, code = 0, index = 0; length <= 16; length++, code <<= 1) {
      const count = counts[length - 1]!;
      offset[length] = index - code;
      code += count;
      index += count;
      if (count > 0) largest[length] = code - 1;
    }
    (body[at]! >> 4 === 0 ? dc : ac)[body[at]! & 15] = { largest, offset, values };
    at += 17 + total;
  }
}

/** Bits of coded data, up to a marker. */
class CodeReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #bits = 0;
  #count = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** @returns false where the codes end or are none (F.2.2) */
  skipBlock(dc: Codes, ac: Codes): boolean {
    const size = this.#value(dc);
    if (size < 0 || size > 11 || !this.#skip(size)) return false;
    for (let k = 1; k < 64; k++) {
      const value = this.#value(ac);
      if (value < 0) return false;
      const bits = value & 15;
      const run = value >> 4;
      if (bits === 0 && run !== 15) return true;
      k += run;
      if (!this.#skip(bits)) return false;
    }
    return true;
  }

  /** Coded bytes before the next marker that were not read. */
  left(): number {
    let at = this.#at;
    while (at < this.#bytes.length && !this.#isMarker(at)) at += 1;
    return at - this.#at;
  }

  /** Goes behind a restart marker, with fresh bits. @returns false where another marker or the end comes first */
  skipMarker(): boolean {
    this.#at += this.left();
    const marker = this.#bytes[this.#at + 1] ?? 0;
    this.#at += 2;
    this.#bits = this.#count = 0;
    return marker >= 0xd0 && marker <= 0xd7;
  }

  #isMarker(at: number): boolean {
    return this.#bytes[at] === 0xff && this.#bytes[at + 1] !== 0;
  }

  #fill(): boolean {
    const byte = this.#bytes[this.#at];
    if (byte === undefined || (byte === 0xff && this.#bytes[this.#at + 1] !== 0)) return false;
    this.#at += byte === 0xff ? 2 : 1;
    this.#bits = ((this.#bits << 8) | byte) & 0xff_ffff;
    this.#count += 8;
    return true;
  }

  #skip(bits: number): boolean {
    while (this.#count < bits) if (!this.#fill()) return false;
    this.#count -= bits;
    return true;
  }

  #value({ largest, offset, values }: Codes): number {
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      if (this.#count === 0 && !this.#fill()) return -1;
      this.#count -= 1;
      code = (code << 1) | ((this.#bits >> this.#count) & 1);
      if (code <= largest[length]!) return values[code + offset[length]!] ?? -1;
    }
    return -1;
  }
}
