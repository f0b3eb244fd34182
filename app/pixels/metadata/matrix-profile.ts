/**
 * Takes the arithmetic out of ICC profiles that are nothing but tone curves and a matrix (sRGB,
 * Display P3, Adobe RGB, ProPhoto, Rec. 2020, all gray ones): ICC.1:2022, 8.3 and F.3. Profiles
 * with lookup tables are left to libvips; `display.ts` chooses.
 */

/** A profile as curves to linear light and, for colour, a matrix to XYZ (D50). */
export interface MatrixProfile {
  /** One per colour channel: encoded [0,1] to linear [0,1]. */
  readonly curves: readonly ((encoded: number) => number)[];
  /** Row-major 3×3, linear RGB to XYZ D50; null for gray. */
  readonly toXyz: readonly number[] | null;
}

const text = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + 4));

/** The tags of a profile by signature; null when it can not be read. */
function profileTags(icc: Uint8Array): Map<string, Uint8Array> | null {
  if (icc.length < 132 || text(icc, 36) !== 'acsp') return null;
  const view = new DataView(icc.buffer, icc.byteOffset, icc.byteLength);
  const tags = new Map<string, Uint8Array>();
  const count = Math.min(view.getUint32(128), 256);
  for (let index = 0; index < count; index++) {
    const at = 132 + index * 12;
    if (at + 12 > icc.length) return null;
    const offset = view.getUint32(at + 4);
    const length = view.getUint32(at + 8);
    if (offset + length > icc.length) return null;
    tags.set(text(icc, at), icc.subarray(offset, offset + length));
  }
  return tags;
}

/** True when a profile says by a lookup table what its colours are (perceptual intent). */
export const hasLookupTable = (icc: Uint8Array): boolean => profileTags(icc)?.has('A2B0') ?? false;

/** Null when the profile has lookup tables, another colour space, or can not be read. */
export function matrixProfile(icc: Uint8Array): MatrixProfile | null {
  const tags = profileTags(icc);
  if (!tags) return null;
  // Lookup tables win over the matrix where there are both (8.10.2), so they are not ours.
  if (tags.has('A2B0')) return null;
  const space = text(icc, 16);
  if (space === 'GRAY') {
    const curve = toneCurve(tags.get('kTRC'));
    return curve && { curves: [curve], toXyz: null };
  }
  if (space !== 'RGB ' || text(icc, 20) !== 'XYZ ') return null;
  const curves = ['rTRC', 'gTRC', 'bTRC'].map((tag) => toneCurve(tags.get(tag)));
  const columns = ['rXYZ', 'gXYZ', 'bXYZ'].map((tag) => xyz(tags.get(tag)));
  if (curves.some((curve) => !curve) || columns.some((column) => !column)) return null;
  return {
    curves: curves as ((encoded: number) => number)[],
    toXyz: [0, 1, 2].flatMap((row) => columns.map((column) => column![row]!)),
  };
}

function xyz(tag: Uint8Array | undefined): number[] | null {
  if (!tag || tag.length < 20 || text(tag, 0) !== 'XYZ ') return null;
  const view = new DataView(tag.buffer, tag.byteOffset, tag.byteLength);
  return [8, 12, 16].map((at) => view.getInt32(at) / 65536);
}

const clamp = (value: number): number => (value < 0 ? 0 : value > 1 ? 1 : value);

function toneCurve(tag: Uint8Array | undefined): ((encoded: number) => number) | null {
  if (!tag || tag.length < 12) return null;
  const view = new DataView(tag.buffer, tag.byteOffset, tag.byteLength);
  if (text(tag, 0) === 'curv') return sampledCurve(view);
  return text(tag, 0) === 'para' ? parametricCurve(view) : null;
}

/** curveType, 10.6. */
function sampledCurve(view: DataView): ((encoded: number) => number) | null {
  const count = view.getUint32(8);
  if (count === 0) return clamp;
  if (12 + count * 2 > view.byteLength) return null;
  if (count === 1) {
    const gamma = view.getUint16(12) / 256;
    return (encoded) => clamp(encoded) ** gamma;
  }
  const table = Float64Array.from(
    { length: count },
    (_, index) => view.getUint16(12 + index * 2) / 65535,
  );
  return (encoded) => {
    const at = clamp(encoded) * (count - 1);
    const below = Math.min(count - 2, Math.floor(at));
    return table[below]! + (table[below + 1]! - table[below]!) * (at - below);
  };
}

/** parametricCurveType, 10.18, functions 0–4. */
function parametricCurve(view: DataView): ((encoded: number) => number) | null {
  const kind = view.getUint16(8);
  const parameters = [1, 3, 4, 5, 7][kind];
  if (parameters === undefined || 12 + parameters * 4 > view.byteLength) return null;
  const p = Array.from({ length: parameters }, (_, index) => view.getInt32(12 + index * 4) / 65536);
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = p;
  const power = (x: number): number => Math.max(0, a * x + b) ** g;
  const formulas: ((x: number) => number)[] = [
    (x) => x ** g,
    (x) => (x >= -b / a ? power(x) : 0),
    (x) => (x >= -b / a ? power(x) + c : c),
    (x) => (x >= d ? power(x) : c * x),
    (x) => (x >= d ? power(x) + e : c * x + f),
  ];
  const formula = formulas[kind]!;
  return (encoded) => clamp(formula(clamp(encoded)));
}
