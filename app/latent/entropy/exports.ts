/** The interface of the compiled `assembly/`. */

/** What `assembly/` exports; addresses and lengths are bytes. */
export interface Exports {
  readonly memory: WebAssembly.Memory;
  freeFrom(): number;
  convolve(
    input: number,
    inputPixel: number,
    inputRow: number,
    kernel: number,
    run: number,
    weights: number,
    bias: number,
    blocks: number,
    output: number,
    outputPixel: number,
    outputRow: number,
    columns: number,
    rows: number,
    floor: number,
  ): void;
  codeFirst(
    tile: number,
    net: number,
    plane: number,
    planeRow: number,
    next: number,
    nextPixel: number,
    nextRow: number,
  ): number;
  codeGroup(
    tile: number,
    first: number,
    channels: number,
    head: number,
    headPixel: number,
    next: number,
    nextPixel: number,
    nextRow: number,
  ): number;
  openStream(at: number, bytes: number, states: number): void;
  closeStream(): number;
  takeOperations(): number;
  takeBits(): number;
  beginStream(at: number, operations: number, states: number): void;
  writeFirst(tile: number, channels: number): void;
  writeRest(tile: number, from: number, to: number): void;
  finishStream(): number;
}
