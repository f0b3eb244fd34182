/**
 * The integer context network in WASM: 3×3 and 1×1 convolutions of int16, and group 0's prediction.
 * Same numbers as `../network.ts`. AssemblyScript; the memory's layout is made by `../packed.ts`.
 *
 * Activations lie pixel by pixel with the channels inside (channels padded to a multiple of 4 with zero
 * weights), so the three pixels of a kernel's row are one run. Weights lie as one instruction wants them:
 * for 8 outputs at a time, per kernel row, per pair of inputs, two vectors of 4 outputs × 2 inputs.
 */

/**
 * Four pixels by eight outputs at a time: eight sums in registers, two loads of weights serve four pixels.
 * @param input first value of the (top left) pixel under the kernel of output pixel (0, 0)
 * @param kernel rows of the kernel
 * @param run int16 values under one row of the kernel; a multiple of 4
 * @param bias int32, with the step's part and the rounding's 512 added
 * @param blocks of eight outputs
 * @param floor 0 for relu, else -32768
 */
export function convolve(
  input: usize,
  inputPixel: usize,
  inputRow: usize,
  kernel: i32,
  run: i32,
  weights: usize,
  bias: usize,
  blocks: i32,
  output: usize,
  outputPixel: usize,
  outputRow: usize,
  columns: i32,
  rows: i32,
  floor: i32,
): void {
  const rowBytes: usize = <usize>run * 16;
  const lowest = i16x8.splat(<i16>floor);
  for (let block = 0; block < blocks; block++) {
    const bias0 = v128.load(bias);
    const bias1 = v128.load(bias, 16);
    for (let y = 0; y < rows; y++) {
      let target = output + <usize>y * outputRow;
      let source = input + <usize>y * inputRow;
      for (let x = 0; x < columns; x += 4) {
        let a0 = bias0;
        let a1 = bias1;
        let b0 = bias0;
        let b1 = bias1;
        let c0 = bias0;
        let c1 = bias1;
        let d0 = bias0;
        let d1 = bias1;
        let w = weights;
        for (let ky = 0; ky < kernel; ky++) {
          let a = source + <usize>ky * inputRow;
          let b = a + inputPixel;
          let c = b + inputPixel;
          let d = c + inputPixel;
          const end = w + rowBytes;
          while (w < end) {
            let w0 = v128.load(w);
            let w1 = v128.load(w, 16);
            let v = v128.load32_splat(a);
            a0 = i32x4.add(a0, i32x4.dot_i16x8_s(w0, v));
            a1 = i32x4.add(a1, i32x4.dot_i16x8_s(w1, v));
            v = v128.load32_splat(b);
            b0 = i32x4.add(b0, i32x4.dot_i16x8_s(w0, v));
            b1 = i32x4.add(b1, i32x4.dot_i16x8_s(w1, v));
            v = v128.load32_splat(c);
            c0 = i32x4.add(c0, i32x4.dot_i16x8_s(w0, v));
            c1 = i32x4.add(c1, i32x4.dot_i16x8_s(w1, v));
            v = v128.load32_splat(d);
            d0 = i32x4.add(d0, i32x4.dot_i16x8_s(w0, v));
            d1 = i32x4.add(d1, i32x4.dot_i16x8_s(w1, v));
            w0 = v128.load(w, 32);
            w1 = v128.load(w, 48);
            v = v128.load32_splat(a, 4);
            a0 = i32x4.add(a0, i32x4.dot_i16x8_s(w0, v));
            a1 = i32x4.add(a1, i32x4.dot_i16x8_s(w1, v));
            v = v128.load32_splat(b, 4);
            b0 = i32x4.add(b0, i32x4.dot_i16x8_s(w0, v));
            b1 = i32x4.add(b1, i32x4.dot_i16x8_s(w1, v));
            v = v128.load32_splat(c, 4);
            c0 = i32x4.add(c0, i32x4.dot_i16x8_s(w0, v));
            c1 = i32x4.add(c1, i32x4.dot_i16x8_s(w1, v));
            v = v128.load32_splat(d, 4);
            d0 = i32x4.add(d0, i32x4.dot_i16x8_s(w0, v));
            d1 = i32x4.add(d1, i32x4.dot_i16x8_s(w1, v));
            w += 64;
            a += 8;
            b += 8;
            c += 8;
            d += 8;
          }
        }
        // Pixels beyond the tile's right edge were computed from whatever lies there, and are not kept.
        v128.store(target, requantise(a0, a1, lowest));
        if (x + 1 < columns) v128.store(target + outputPixel, requantise(b0, b1, lowest));
        if (x + 2 < columns) v128.store(target + 2 * outputPixel, requantise(c0, c1, lowest));
        if (x + 3 < columns) v128.store(target + 3 * outputPixel, requantise(d0, d1, lowest));
        target += 4 * outputPixel;
        source += 4 * inputPixel;
      }
    }
    weights += <usize>kernel * rowBytes;
    bias += 32;
    output += 16;
  }
}

/** Sums with 16 fraction bits to int16 with 6; the bias held the rounding. Narrowing saturates. */
function requantise(low: v128, high: v128, lowest: v128): v128 {
  return i16x8.max_s(i16x8.narrow_i32x4_s(i32x4.shr_s(low, 10), i32x4.shr_s(high, 10)), lowest);
}

/** One pixel of a 1×1 layer; as `convolve`. */
function dense(
  input: usize,
  run: i32,
  weights: usize,
  bias: usize,
  blocks: i32,
  output: usize,
  floor: i32,
): void {
  const lowest = i16x8.splat(<i16>floor);
  for (let block = 0; block < blocks; block++) {
    // Even and odd pairs apart: additions wait for each other otherwise.
    let a0 = v128.load(bias);
    let a1 = v128.load(bias, 16);
    let b0 = i32x4.splat(0);
    let b1 = i32x4.splat(0);
    let from = input;
    const end = weights + <usize>run * 16;
    while (weights < end) {
      let v = v128.load32_splat(from);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load(weights), v));
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load(weights, 16), v));
      v = v128.load32_splat(from, 4);
      b0 = i32x4.add(b0, i32x4.dot_i16x8_s(v128.load(weights, 32), v));
      b1 = i32x4.add(b1, i32x4.dot_i16x8_s(v128.load(weights, 48), v));
      weights += 64;
      from += 8;
    }
    v128.store(output, requantise(i32x4.add(a0, b0), i32x4.add(a1, b1), lowest));
    bias += 32;
    output += 16;
  }
}

/** Where group 0's network lies. Written by `../packed.ts` in this order. */
@unmanaged
export class FirstNetwork {
  channels: i32;
  tapsRun: i32;
  weights0: usize;
  bias0: usize;
  hidden: usize;
  weights1: usize;
  bias1: usize;
  /** 32 hidden values, then the taps. */
  headInput: usize;
  headRun: i32;
  headBlocks: i32;
  weights2: usize;
  bias2: usize;
  /** Means, then scale outputs. */
  head: usize;
}

/**
 * Predicts group 0 at one position.
 * @param at its first channel in the int16 plane of values, which has a border of zeros
 * @param row bytes of a row of that plane
 */
export function predictFirst(net: FirstNetwork, at: usize, row: usize): void {
  const pixel: usize = <usize>net.channels * 2;
  const taps = net.headInput + 64;
  const left = at - 2 * pixel;
  copy(taps, left - 2 * row, 5 * pixel);
  copy(taps + 5 * pixel, left - row, 5 * pixel);
  copy(taps + 10 * pixel, left, 2 * pixel);
  dense(taps, net.tapsRun, net.weights0, net.bias0, 4, net.hidden, 0);
  dense(net.hidden, 32, net.weights1, net.bias1, 4, net.headInput, 0);
  dense(net.headInput, net.headRun, net.weights2, net.bias2, net.headBlocks, net.head, -32768);
}

/** A few bytes; the built-in copy costs a call out of WASM. */
function copy(to: usize, from: usize, bytes: usize): void {
  for (const end = from + bytes; from < end; from += 2, to += 2) store<u16>(to, load<u16>(from));
}
