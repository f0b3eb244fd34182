/** What a codec of `@cornerstonejs` is started with. Each has its own: shared, the second module dies. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const silent = (): void => undefined;

export const wasm = (file: string): WasmOptions => ({
  wasmBinary: readFileSync(createRequire(import.meta.url).resolve(file)),
  print: silent,
  printErr: silent,
});
