/**
 * Our own profiles of what `colour.ts` makes (ICC.1:2022): ProPhoto RGB with dcraw's curve, and gray with the same
 * curve. LibRaw hands out none.
 */
import { toneCurve } from './colour.ts';

/** Colorants of ROMM RGB (ISO 22028-2, 4.3.2) as XYZ at D50, the columns of its matrix. */
const colorants = [
  [0.7976749, 0.2880402, 0],
  [0.1351917, 0.7118741, 0],
  [0.0313534, 0.0000857, 0.82521],
] as const;

/** PCS illuminant (7.2.16). */
const d50 = [0.9642, 1, 0.8249] as const;

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const u16 = (value: number): number[] => [(value >> 8) & 255, value & 255];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];
const fixed = (value: number): number[] => u32(Math.round(value * 65536) >>> 0);

const xyz = (value: readonly number[]): number[] => [
  ...ascii('XYZ '),
  ...u32(0),
  ...value.flatMap(fixed),
];

/** multiLocalizedUnicodeType (10.15) in English. */
const text = (value: string): number[] => [
  ...ascii('mluc'),
  ...[0, 1, 12].flatMap(u32),
  ...ascii('enUS'),
  ...u32(value.length * 2),
  ...u32(28),
  ...ascii(value).flatMap(u16),
];

/** parametricCurveType (10.18), function 3: the inverse of `toneCurve`. */
const curve = (): number[] => {
  const { power, slope, join, offset } = toneCurve;
  const parameters = [1 / power, 1 / (1 + offset), offset / (1 + offset), 1 / slope, join * slope];
  return [...ascii('para'), ...u32(0), ...u16(3), ...u16(0), ...parameters.flatMap(fixed)];
};

function profile(space: 'RGB ' | 'GRAY', name: string, own: Record<string, number[]>): Uint8Array {
  const tags = Object.entries({
    desc: text(name),
    cprt: text('No copyright, use freely'),
    wtpt: xyz(d50),
    ...own,
  });
  const bodies: number[] = [];
  const table = [...u32(tags.length)];
  const start = 128 + 4 + tags.length * 12;
  const placed = new Map<string, number>();
  for (const [tag, body] of tags) {
    // Equal curves lie there once, as the specification allows (7.3).
    const key = body.join();
    const at = placed.get(key) ?? start + bodies.length;
    if (!placed.has(key)) {
      placed.set(key, at);
      bodies.push(...body, ...Array.from({ length: (4 - (body.length % 4)) % 4 }, () => 0));
    }
    table.push(...ascii(tag), ...u32(at), ...u32(body.length));
  }
  const header = [
    ...u32(start + bodies.length),
    ...u32(0),
    ...u32(0x0440_0000),
    ...ascii(`mntr${space}XYZ `),
    // A fixed date (7.2.8): the same bytes each time.
    ...[2026, 1, 1, 0, 0, 0].flatMap(u16),
    ...ascii('acsp'),
    ...Array.from({ length: 28 }, () => 0),
    ...d50.flatMap(fixed),
  ];
  const rest = Array.from({ length: 128 - header.length }, () => 0);
  return new Uint8Array([...header, ...rest, ...table, ...bodies]);
}

export const prophotoProfile: Uint8Array = profile('RGB ', 'ProPhoto RGB (Hourglass raw)', {
  rXYZ: xyz(colorants[0]),
  gXYZ: xyz(colorants[1]),
  bXYZ: xyz(colorants[2]),
  rTRC: curve(),
  gTRC: curve(),
  bTRC: curve(),
});

export const grayProfile: Uint8Array = profile('GRAY', 'Gray, gamma 1.8 (Hourglass raw)', {
  kTRC: curve(),
});
