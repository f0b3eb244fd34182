/** What of WebAssembly the coder uses: TypeScript has its types in the browser's library alone. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  const Instance: new (module: Module) => Instance;
  function compile(bytes: Uint8Array): Promise<Module>;
}
