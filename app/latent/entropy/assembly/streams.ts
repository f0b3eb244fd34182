/**
 * rANS streams in WASM; the same bytes as `../rans.ts`, which explains them. One stream is open at a time
 * for reading. AssemblyScript.
 */

/** A frequency table. Written by `../packed.ts` in this order. */
@unmanaged
export class Table {
  width: i32;
  /** start | frequency << 16 per entry. */
  entries: usize;
  /** For each 1/256 of the slots: the entry that its first slot falls in, u16. */
  finder: usize;
  /** Bits per entry, f64. */
  bits: usize;
}

export const TABLE_BYTES: usize = 16;

/** What is wrong with a stream; words for them are in `../wasm-coder.ts`. */
export const TOO_SHORT: i32 = 1;
export const TOO_LARGE: i32 = 2;
export const TOO_LONG: i32 = 3;
export const WRONG_END: i32 = 4;

/** Room for four states: in memory, so that operation n can use state n mod N. */
const states: usize = memory.data(16, 16);
let stateMask: usize = 0;
let operation: usize = 0;
let position: usize = 0;
let end: usize = 0;
let fault: i32 = 0;

/** What the encoder's states begin at, and the decoder's end at. */
const ONE: u32 = 0x10000;

function resetStates(stateCount: i32): void {
  stateMask = stateCount - 1;
  for (let i = 0; i < stateCount; i++) store<u32>(states + 4 * i, ONE);
}

/** Begins to read a stream, whose length was checked. */
export function openStream(at: usize, bytes: usize, stateCount: i32): void {
  resetStates(stateCount);
  operation = 0;
  fault = 0;
  position = at;
  end = at + bytes;
  if (bytes === 0) return;
  memory.copy(states, at, 4 * stateCount);
  position += 4 * stateCount;
}

/** 0, or what was wrong with the stream: it must be at its end, and the states at their start. */
export function closeStream(): i32 {
  if (fault !== 0) return fault;
  if (position !== end) return TOO_LONG;
  for (let i: usize = 0; i <= stateMask; i++)
    if (load<u32>(states + 4 * i) !== ONE) return WRONG_END;
  return 0;
}

export function streamFault(): i32 {
  return fault;
}

/** Takes [start, start + frequency) off the current state. */
function advance(x: u32, start: u32, frequency: u32): void {
  x = frequency * (x >>> 16) + (x & 0xffff) - start;
  if (x < ONE) {
    if (position < end) {
      x = (x << 16) | (<u32>load<u16>(position));
      position += 2;
    } else if (fault === 0) fault = TOO_SHORT;
  }
  store<u32>(states + ((operation & stateMask) << 2), x);
  operation++;
}

function currentState(): u32 {
  return load<u32>(states + ((operation & stateMask) << 2));
}

function readBits(count: u32): u32 {
  const x = currentState();
  const shift = 16 - count;
  const value = (x & 0xffff) >>> shift;
  advance(x, value << shift, (<u32>1) << shift);
  return value;
}

/** The next symbol; 0 when the stream is damaged (`streamFault`). */
export function readSymbol(table: Table): i32 {
  const x = currentState();
  const slot = x & 0xffff;
  let entry = <i32>load<u16>(table.finder + ((slot >>> 8) << 1));
  let packed = load<u32>(table.entries + (entry << 2));
  while (slot - (packed & 0xffff) >= packed >>> 16) {
    entry++;
    packed = load<u32>(table.entries + (entry << 2));
  }
  advance(x, packed & 0xffff, packed >>> 16);
  return entry <= 2 * table.width ? entry - table.width : readEscaped(table.width);
}

function readEscaped(width: i32): i32 {
  let bits: u32 = 0;
  while (readBits(1) === 0)
    if (++bits > 14) {
      if (fault === 0) fault = TOO_LARGE;
      return 0;
    }
  let excess: i32 = (1 << bits) - 1;
  if (bits > 0) excess += <i32>readBits(bits);
  const magnitude = width + 1 + excess;
  if (magnitude > 32767) {
    if (fault === 0) fault = TOO_LARGE;
    return 0;
  }
  return readBits(1) !== 0 ? -magnitude : magnitude;
}

/** Begins to write a stream of so many operations, last to first, downwards from `at`. */
export function beginStream(at: usize, operations: usize, stateCount: i32): void {
  resetStates(stateCount);
  operation = operations;
  position = at;
}

function write(start: u32, frequency: u32): void {
  operation--;
  const state = states + ((operation & stateMask) << 2);
  let x = load<u32>(state);
  if (x >>> 16 >= frequency) {
    position -= 2;
    store<u16>(position, <u16>x);
    x >>>= 16;
  }
  const quotient = x / frequency;
  store<u32>(state, (quotient << 16) + (x - quotient * frequency) + start);
}

function writeBits(value: u32, count: u32): void {
  const shift = 16 - count;
  write(value << shift, (<u32>1) << shift);
}

/** Writes a symbol before those that were written already. */
export function writeSymbol(table: Table, symbol: i32): void {
  const magnitude = abs(symbol);
  let entry = symbol + table.width;
  if (magnitude > table.width) {
    const excess = magnitude - table.width - 1;
    const bits = golombBits(excess);
    writeBits(symbol < 0 ? 1 : 0, 1);
    if (bits > 0) writeBits(excess + 1 - (1 << bits), bits);
    writeBits(1, 1);
    for (let i: u32 = 0; i < bits; i++) writeBits(0, 1);
    entry = 2 * table.width + 1;
  }
  const packed = load<u32>(table.entries + (entry << 2));
  write(packed & 0xffff, packed >>> 16);
}

/** Puts the states before the words; where the stream begins. */
export function finishStream(): usize {
  const bytes: usize = 4 * (stateMask + 1);
  position -= bytes;
  memory.copy(position, states, bytes);
  return position;
}

export function golombBits(excess: u32): u32 {
  return 31 - clz<u32>(excess + 1);
}

/** How many operations a symbol is. */
export function operationsOf(table: Table, symbol: i32): i32 {
  const magnitude = abs(symbol);
  if (magnitude <= table.width) return 1;
  const bits = <i32>golombBits(magnitude - table.width - 1);
  return 3 + bits + (bits > 0 ? 1 : 0);
}

/** Bits of a symbol for an ideal coder. */
export function bitsOf(table: Table, symbol: i32): f64 {
  const magnitude = abs(symbol);
  if (magnitude <= table.width) return load<f64>(table.bits + ((symbol + table.width) << 3));
  const escape = load<f64>(table.bits + ((2 * table.width + 1) << 3));
  return escape + <f64>(2 * golombBits(magnitude - table.width - 1) + 2);
}
