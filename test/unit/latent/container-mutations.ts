/** Changes a file as accidents and malice do, for the tests of damage. */

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
