/**
 * A colour description as an ICC profile (ICC.1:2022), version 4: curves and a matrix. By it the screen shows such a picture, and
 * formats that know only profiles keep it.
 */
import { concatBytes } from '../metadata/tiff-structure.ts';
import type { Chromaticities, ColourCodes, Transfer } from './code-points.ts';

export interface ProfiledColour {
  readonly name: string;
  readonly primaries: Chromaticities;
  readonly transfer: Transfer;
  /** Written into the profile where its curve is only a stand-in: programs that know the codes use them. */
  readonly hdrCodes: ColourCodes | null;
}

type Matrix = readonly [number, number, number, number, number, number, number, number, number];
type Vector = readonly [number, number, number];

const d50: Vector = [0.9642, 1, 0.8249];

const bradford: Matrix = [
  0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296,
];

const times = (m: Matrix, [x, y, z]: Vector): Vector => [
  m[0] * x + m[1] * y + m[2] * z,
  m[3] * x + m[4] * y + m[5] * z,
  m[6] * x + m[7] * y + m[8] * z,
];

const columns = (a: Vector, b: Vector, c: Vector): Matrix => [
  ...([a[0], b[0], c[0]] as const),
  ...([a[1], b[1], c[1]] as const),
  ...([a[2], b[2], c[2]] as const),
];

const product = (a: Matrix, b: Matrix): Matrix =>
  columns(times(a, [b[0], b[3], b[6]]), times(a, [b[1], b[4], b[7]]), times(a, [b[2], b[5], b[8]]));

function inverse(m: Matrix): Matrix {
  const [a, b, c, d, e, f, g, h, i] = m;
  const [p, q, r] = [e * i - f * h, f * g - d * i, d * h - e * g];
  const det = a * p + b * q + c * r;
  return [
    ...([p / det, (c * h - b * i) / det, (b * f - c * e) / det] as const),
    ...([q / det, (a * i - c * g) / det, (c * d - a * f) / det] as const),
    ...([r / det, (b * g - a * h) / det, (a * e - b * d) / det] as const),
  ];
}

const xyzOf = (x: number, y: number): Vector => [x, y, 1 - x - y];

/** From the white of a picture to D50 (ICC.1:2022, annex E.2). */
function adaptation(wx: number, wy: number): Matrix {
  const [x, y, z] = xyzOf(wx, wy);
  const from = times(bradford, [x / y, 1, z / y]);
  const to = times(bradford, d50);
  const [l, m, s] = [to[0] / from[0], to[1] / from[1], to[2] / from[2]];
  return product(inverse(bradford), product([l, 0, 0, 0, m, 0, 0, 0, s], bradford));
}

/** Linear RGB to XYZ D50, row-major. */
export function toD50(at: Chromaticities): Matrix {
  const [rx, ry, gx, gy, bx, by, wx, wy] = at;
  const primaries = columns(xyzOf(rx, ry), xyzOf(gx, gy), xyzOf(bx, by));
  const white = xyzOf(wx, wy);
  const [r, g, b] = times(inverse(primaries), [white[0] / wy, 1, white[2] / wy]);
  const rgb = product(primaries, [r, 0, 0, 0, g, 0, 0, 0, b]);
  return product(adaptation(wx, wy), rgb);
}

/** True when these places span colours at all, so that a profile can be made of them. */
export function isUsable(at: Chromaticities): boolean {
  if (at.some((value) => !Number.isFinite(value) || Math.abs(value) > 2) || at[7] <= 0.01)
    return false;
  return toD50(at).every((value) => Number.isFinite(value) && Math.abs(value) < 8);
}

const ascii = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));
const u32 = (...values: number[]): Uint8Array => {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setUint32(index * 4, value));
  return bytes;
};
const s15 = (values: readonly number[]): Uint8Array =>
  u32(...values.map((value) => Math.round(value * 65_536) >>> 0));

const text = (words: string): Uint8Array => {
  const utf16 = new Uint8Array(
    [...words].flatMap((character) => [
      character.charCodeAt(0) >> 8,
      character.charCodeAt(0) & 255,
    ]),
  );
  return concatBytes([ascii('mluc'), u32(0, 1, 12), ascii('enUS'), u32(utf16.length, 28), utf16]);
};

const xyz = (values: Vector): Uint8Array => concatBytes([ascii('XYZ '), u32(0), s15(values)]);

/** Nodes of a curve that no formula of the standard states. */
const NODES = 4096;

function curve(transfer: Transfer): Uint8Array {
  if (transfer.kind === 'gamma')
    return concatBytes([ascii('para'), u32(0, 0), s15([transfer.gamma])]);
  if (transfer.kind === 'parametric')
    return concatBytes([ascii('para'), u32(0, 3 << 16), s15(transfer.parameters)]);
  const nodes = new Uint8Array(NODES * 2);
  const view = new DataView(nodes.buffer);
  for (let at = 0; at < NODES; at++)
    view.setUint16(at * 2, Math.round(transfer.curve(at / (NODES - 1)) * 65_535));
  return concatBytes([ascii('curv'), u32(0, NODES), nodes]);
}

/** Tables hold gray pictures by one curve, others by three and a matrix. */
export function profileOfColour(colour: ProfiledColour, space: 'RGB ' | 'GRAY'): Uint8Array {
  const { primaries, hdrCodes } = colour;
  const matrix = toD50(primaries);
  const trc = curve(colour.transfer);
  const tags: [string, Uint8Array][] = [
    ['desc', text(colour.name)],
    ['cprt', text('CC0')],
    ['wtpt', xyz(d50)],
    ['chad', concatBytes([ascii('sf32'), u32(0), s15(adaptation(primaries[6], primaries[7]))])],
  ];
  if (space === 'GRAY') tags.push(['kTRC', trc]);
  else
    ['r', 'g', 'b'].forEach((name, at) =>
      tags.push(
        [`${name}XYZ`, xyz([matrix[at]!, matrix[at + 3]!, matrix[at + 6]!])],
        [`${name}TRC`, trc],
      ),
    );
  // ICC.1:2022, 9.2.17: the codes of RGB pictures, full range.
  if (hdrCodes && space === 'RGB ')
    tags.push([
      'cicp',
      concatBytes([
        ascii('cicp'),
        u32(0),
        Uint8Array.of(hdrCodes.primaries, hdrCodes.transfer, 0, 1),
      ]),
    ]);
  return assembled(space, tags);
}

function assembled(space: string, tags: readonly [string, Uint8Array][]): Uint8Array {
  const header = new Uint8Array(128);
  header.set(u32(0x0440_0000), 8);
  header.set(ascii(`mntr${space}XYZ `), 12);
  // A fixed date: the same colours give the same bytes.
  header.set([0x07, 0xe8, 0, 1, 0, 1], 24);
  header.set(ascii('acsp'), 36);
  header.set(s15(d50), 68);
  const table: Uint8Array[] = [u32(tags.length)];
  const bodies: Uint8Array[] = [];
  const places = new Map<Uint8Array, number>();
  let end = 132 + tags.length * 12;
  for (const [name, body] of tags) {
    let at = places.get(body);
    if (at === undefined) {
      at = end;
      places.set(body, at);
      const padded = concatBytes([body, new Uint8Array((4 - (body.length % 4)) % 4)]);
      bodies.push(padded);
      end += padded.length;
    }
    table.push(ascii(name), u32(at, body.length));
  }
  const whole = concatBytes([header, ...table, ...bodies]);
  whole.set(u32(whole.length), 0);
  return whole;
}
