/**
 * Makes a failing input small: pieces are left out while it still fails, then bytes become zeros. Zeller, Hildebrandt:
 * Simplifying and Isolating Failure-Inducing Input, IEEE Trans. Softw. Eng. 28 (2002), without the complements' order.
 */

/** @param tries most times that `fails` is asked */
export async function minimise(
  input: Uint8Array,
  fails: (input: Uint8Array) => Promise<boolean>,
  tries = 400,
): Promise<Uint8Array> {
  let small = input;
  let left = tries;
  const take = async (smaller: Uint8Array): Promise<boolean> => {
    if (left <= 0) return false;
    left -= 1;
    if (!(await fails(smaller))) return false;
    small = smaller;
    return true;
  };
  for (let piece = Math.ceil(small.length / 2); piece >= 1 && left > 0; piece = piece >> 1) {
    for (let at = 0; at < small.length && left > 0;) {
      const without = new Uint8Array(small.length - Math.min(piece, small.length - at));
      without.set(small.subarray(0, at));
      without.set(small.subarray(at + piece), at);
      if (!(await take(without))) at += piece;
    }
  }
  for (let at = 0; at < small.length && left > 0; at++)
    if (small[at] !== 0) await take(small.map((value, i) => (i === at ? 0 : value)));
  return small;
}
