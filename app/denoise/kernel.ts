/** The loops in WASM (`assembly/`), and the memory that they are given. */
import { readFileSync } from 'node:fs';
import { locateBuilt } from '../runtime/index.ts';

/** What every kernel has. */
export interface Kernel {
  readonly memory: WebAssembly.Memory;
}

/** Below it AssemblyScript keeps its constants. */
export const FREE_FROM = 1024;

const compiled = new Map<string, WebAssembly.Module>();

/**
 * @param file below `dist/app`; a kilobyte: not worth a turn of the event loop
 * @param end of what will be put into its memory, bytes
 * @returns an instance of its own @throws Error when the program was not built
 */
export function kernelOf<K extends Kernel>(file: string, end: number): K {
  const known = compiled.get(file) ?? new WebAssembly.Module(readFileSync(locateBuilt(file)));
  compiled.set(file, known);
  const kernel = new WebAssembly.Instance(known).exports as unknown as K;
  kernel.memory.grow(Math.max(0, Math.ceil((end - kernel.memory.buffer.byteLength) / 65_536)));
  return kernel;
}
