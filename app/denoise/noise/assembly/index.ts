/**
 * The one costly loop of the noise formula in WASM: what `../covariance.ts` calls, which says what it means.
 * AssemblyScript, compiled by `npm run build` to dist/app/denoise/noise/covariance.wasm.
 *
 * Nothing here allocates: every address is given by the caller.
 */

/**
 * Adds the products of all pairs of lines, blocks of 4 × 2 at a time: eight running sums fit the registers, six loads
 * serve eight products.
 * @param block f64 [dimension][length]
 * @param products f64 [dimension][dimension]; the lower triangle, and up to two values right of it
 * @param dimension a multiple of 4
 * @param length of a line, even
 */
export function addProducts(block: usize, products: usize, dimension: i32, length: i32): void {
  const line = (<usize>length) << 3;
  const row = (<usize>dimension) << 3;
  for (let i = 0; i < dimension; i += 4) {
    const rows = block + <usize>i * line;
    for (let j = 0; j < i + 4; j += 2) {
      let s00 = f64x2.splat(0);
      let s01 = f64x2.splat(0);
      let s10 = f64x2.splat(0);
      let s11 = f64x2.splat(0);
      let s20 = f64x2.splat(0);
      let s21 = f64x2.splat(0);
      let s30 = f64x2.splat(0);
      let s31 = f64x2.splat(0);
      let x = rows;
      let y = block + <usize>j * line;
      for (const end = x + line; x < end; x += 16, y += 16) {
        const y0 = v128.load(y);
        const y1 = v128.load(y + line);
        const x0 = v128.load(x);
        s00 = f64x2.add(s00, f64x2.mul(x0, y0));
        s01 = f64x2.add(s01, f64x2.mul(x0, y1));
        const x1 = v128.load(x + line);
        s10 = f64x2.add(s10, f64x2.mul(x1, y0));
        s11 = f64x2.add(s11, f64x2.mul(x1, y1));
        const x2 = v128.load(x + 2 * line);
        s20 = f64x2.add(s20, f64x2.mul(x2, y0));
        s21 = f64x2.add(s21, f64x2.mul(x2, y1));
        const x3 = v128.load(x + 3 * line);
        s30 = f64x2.add(s30, f64x2.mul(x3, y0));
        s31 = f64x2.add(s31, f64x2.mul(x3, y1));
      }
      const at = products + <usize>i * row + ((<usize>j) << 3);
      addPair(at, s00, s01);
      addPair(at + row, s10, s11);
      addPair(at + 2 * row, s20, s21);
      addPair(at + 3 * row, s30, s31);
    }
  }
}

/** Two sums to two neighbours. */
function addPair(at: usize, first: v128, second: v128): void {
  const sums = f64x2.add(
    v128.shuffle<f64>(first, second, 0, 2),
    v128.shuffle<f64>(first, second, 1, 3),
  );
  v128.store(at, f64x2.add(v128.load(at), sums));
}
