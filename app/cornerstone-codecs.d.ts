/** What is used of codecs that bring no types: CharLS, OpenJPH, libjpeg-turbo and OpenJPEG in WASM by `@cornerstonejs`. */
interface FrameDecoder {
  /** A view of its memory, to be filled. */
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): {
    readonly width: number;
    readonly height: number;
    readonly bitsPerSample: number;
    readonly componentCount: number;
    readonly isSigned: boolean;
  };
  delete(): void;
}
interface FrameEncoder {
  /** A view of its memory, to be filled. */
  getDecodedBuffer(frame: {
    readonly width: number;
    readonly height: number;
    readonly bitsPerSample: number;
    readonly componentCount: number;
    readonly isSigned: boolean;
    /** Of JPEG 2000. */
    readonly isUsingColorTransform: boolean;
  }): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  delete(): void;
}
interface WasmOptions {
  readonly wasmBinary: Uint8Array;
  readonly print: () => void;
  readonly printErr: () => void;
}

declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  const create: (
    options: WasmOptions,
  ) => Promise<{ readonly JpegLSDecoder: new () => FrameDecoder }>;
  export default create;
}

declare module '@cornerstonejs/codec-charls/wasmjs' {
  interface JpegLSEncoder extends FrameEncoder {
    /** Largest difference; 0: none. */
    setNearLossless(difference: number): void;
    setInterleaveMode(mode: number): void;
  }
  const create: (
    options: WasmOptions,
  ) => Promise<{ readonly JpegLSEncoder: new () => JpegLSEncoder }>;
  export default create;
}

declare module '@cornerstonejs/codec-openjph/wasmjs' {
  interface HTJ2KEncoder extends FrameEncoder {
    setQuality(lossless: boolean, quantization: number): void;
  }
  const create: (options: WasmOptions) => Promise<{
    readonly HTJ2KDecoder: new () => FrameDecoder;
    readonly HTJ2KEncoder: new () => HTJ2KEncoder;
  }>;
  export default create;
}

declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  const create: (options: WasmOptions) => Promise<{ readonly JPEGDecoder: new () => FrameDecoder }>;
  export default create;
}

declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  interface J2KDecoder extends FrameDecoder {
    /** OpenJPEG's OPJ_COLOR_SPACE. */
    getColorSpace(): number;
  }
  const create: (options: WasmOptions) => Promise<{ readonly J2KDecoder: new () => J2KDecoder }>;
  export default create;
}
