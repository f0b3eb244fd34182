/** Changes inputs as accidents and malice do, always the same for the same seed. */
import { uniform } from '../random.ts';

/** Of each latent file in the tests; `HOURGLASS_MUTATIONS=20000` goes on for longer. */
export const mutations = Number(process.env.HOURGLASS_MUTATIONS ?? 4000);

/** @param random 0 ≤ x < 1, seeded */
export function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const below = (n: number): number => Math.floor(random() * n);
  let result = Uint8Array.from(bytes);
  for (let count = 1 + below(3); count > 0; count--) {
    const at = below(result.length);
    const kind = below(7);
    if (kind === 0) result[at]! ^= 1 << below(8);
    else if (kind === 1) result[at] = below(256);
    else if (kind === 2) result.fill([0, 0xff, 0x80, 0x7f][below(4)]!, at, at + 1 + below(8));
    else if (kind === 3) result = result.slice(0, at + 1);
    else if (kind === 4) {
      const end = at + 1 + below(16);
      result = Uint8Array.from([...result.subarray(0, at), ...result.subarray(end), 0]);
    } else if (kind === 5) {
      const from = below(result.length);
      result.copyWithin(at, from, from + 1 + below(32));
    } else
      result = Uint8Array.from([
        ...result.subarray(0, at),
        ...Array.from({ length: 1 + below(8) }, () => below(256)),
        ...result.subarray(at),
      ]);
  }
  return result;
}

/** Codes with which a file may be refused, whatever was done to it. */
export const refusals: ReadonlySet<string> = new Set([
  'not-an-image',
  'unsupported-image',
  'damaged-image',
  'image-too-large',
]);

/** Numbers at the edges of what fields hold, for fields of 1, 2 and 4 bytes. */
const EDGES = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
];

/** Longest input that repeating may make: what takes its square in time shows at this length. */
const LONGEST = 256 * 1024;

export interface Material {
  readonly seeds: readonly Uint8Array[];
  readonly words: readonly Uint8Array[];
  /** Bytes at the beginning of a file that most inputs leave as they are, with its length; 0: none. */
  readonly head: number;
}

/**
 * The input of a number: a seed of the parser changed, two of them crossed, words of its language put in, a piece
 * repeated. The first inputs are the seeds themselves. Where there is a head, three quarters are overwritten behind it alone, so that
 * what reads the rest sees them.
 */
export function inputOf({ seeds, words, head }: Material, seed: number, index: number): Uint8Array {
  if (index < seeds.length) return seeds[index]!;
  const random = uniform(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const below = (n: number): number => Math.floor(random() * n);
  const pick = <T>(values: readonly T[]): T => values[below(values.length)]!;
  let input = pick(seeds);
  if (head > 0 && input.length > head && below(4) > 0) return overwritten(input, head, random);
  if (below(8) === 0) input = crossed(input, pick(seeds), random);
  if (words.length > 0 && below(2) === 0)
    for (let count = 1 + below(4); count > 0; count--)
      input = inserted(input, pick(words), below(input.length + 1));
  const kind = below(8);
  if (kind === 0) return repeated(input, random);
  if (kind === 1 && input.length >= 4) return withEdge(input, random);
  if (kind === 2 && words.length > 0) return inserted(input, pick(words), below(input.length + 1));
  return input.length === 0 ? Uint8Array.of(below(256)) : mutate(input, random);
}

const inserted = (bytes: Uint8Array, piece: Uint8Array, at: number): Uint8Array => {
  const result = new Uint8Array(bytes.length + piece.length);
  result.set(bytes.subarray(0, at));
  result.set(piece, at);
  result.set(bytes.subarray(at), at + piece.length);
  return result;
};

function crossed(a: Uint8Array, b: Uint8Array, random: () => number): Uint8Array {
  const from = Math.floor(random() * (a.length + 1));
  return inserted(a.slice(0, from), b.subarray(Math.floor(random() * (b.length + 1))), from);
}

/** A piece again and again where it stands. */
function repeated(bytes: Uint8Array, random: () => number): Uint8Array {
  if (bytes.length === 0) return bytes;
  const at = Math.floor(random() * bytes.length);
  const piece = bytes.slice(at, at + 1 + Math.floor(random() * 64));
  const most = Math.max(1, Math.floor(LONGEST / piece.length));
  const times = Math.max(1, Math.floor(most ** random()));
  const run = new Uint8Array(piece.length * times);
  for (let i = 0; i < times; i++) run.set(piece, i * piece.length);
  return inserted(bytes, run, at);
}

/** In one to eight places behind the head; as long as before. */
function overwritten(bytes: Uint8Array, head: number, random: () => number): Uint8Array {
  const below = (n: number): number => Math.floor(random() * n);
  const result = Uint8Array.from(bytes);
  const place = (): number => head + below(result.length - head);
  for (let count = 1 + below(8); count > 0; count--) {
    const at = place();
    const kind = below(4);
    if (kind === 0) result[at]! ^= 1 << below(8);
    else if (kind === 1) result[at] = below(256);
    else if (kind === 2) result.fill([0, 0xff, 0x80, 0x7f][below(4)]!, at, at + 1 + below(16));
    else {
      const from = place();
      result.copyWithin(at, from, from + 1 + below(32));
    }
  }
  return result;
}

function withEdge(bytes: Uint8Array, random: () => number): Uint8Array {
  const result = Uint8Array.from(bytes);
  const at = Math.floor(random() * (result.length - 3));
  const value = EDGES[Math.floor(random() * EDGES.length)]!;
  const view = new DataView(result.buffer);
  const little = random() < 0.5;
  const size = Math.floor(random() * 3);
  if (size === 0) view.setUint8(at, value & 0xff);
  else if (size === 1) view.setUint16(at, value & 0xffff, little);
  else view.setUint32(at, value >>> 0, little);
  return result;
}
