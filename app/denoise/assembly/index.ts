/**
 * The one costly loop of how far a window repeats itself, in WASM: what `../repeats.ts` calls, which says what it means.
 * AssemblyScript, compiled by `npm run build` to dist/app/denoise/repeats.wasm.
 *
 * Nothing here allocates: every address is given by the caller.
 */

/**
 * Sums of products of the square in the middle with what lies 0 … `reach` rows below and −`reach` … 28 − `reach` − 1 values to the right:
 * 28 distances along a row at a time, as many running sums as fit the registers.
 * @param detail f32 [area][area], and 32 values of room behind it; area = side + 2 reach
 * @param sums f32 [reach + 1][28]
 */
export function correlate(detail: usize, sums: usize, side: i32, reach: i32): void {
  const line = (<usize>(side + 2 * reach)) << 2;
  const middle = detail + <usize>reach * line + ((<usize>reach) << 2);
  for (let down = 0; down <= reach; down++) {
    const apart = <usize>down * line - ((<usize>reach) << 2);
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let s2 = f32x4.splat(0);
    let s3 = f32x4.splat(0);
    let s4 = f32x4.splat(0);
    let s5 = f32x4.splat(0);
    let s6 = f32x4.splat(0);
    for (let y = 0; y < side; y++) {
      let at = middle + <usize>y * line;
      for (const end = at + ((<usize>side) << 2); at < end; at += 4) {
        const value = v128.load32_splat(at);
        const other = at + apart;
        s0 = f32x4.add(s0, f32x4.mul(value, v128.load(other)));
        s1 = f32x4.add(s1, f32x4.mul(value, v128.load(other, 16)));
        s2 = f32x4.add(s2, f32x4.mul(value, v128.load(other, 32)));
        s3 = f32x4.add(s3, f32x4.mul(value, v128.load(other, 48)));
        s4 = f32x4.add(s4, f32x4.mul(value, v128.load(other, 64)));
        s5 = f32x4.add(s5, f32x4.mul(value, v128.load(other, 80)));
        s6 = f32x4.add(s6, f32x4.mul(value, v128.load(other, 96)));
      }
    }
    v128.store(sums, s0);
    v128.store(sums, s1, 16);
    v128.store(sums, s2, 32);
    v128.store(sums, s3, 48);
    v128.store(sums, s4, 64);
    v128.store(sums, s5, 80);
    v128.store(sums, s6, 96);
    sums += 112;
  }
}
