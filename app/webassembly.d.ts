/** What of WebAssembly is used: TypeScript has its types in the browser's library alone. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  /** By module, then by name. */
  type Imports = Readonly<Record<string, unknown>>;
  const Module: new (bytes: Uint8Array) => Module;
  const Instance: new (module: Module, imports?: Imports) => Instance;
  function compile(bytes: Uint8Array): Promise<Module>;
}
