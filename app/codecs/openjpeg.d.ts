/** What is used of `@cornerstonejs/codec-openjpeg` 1.3.6, which brings no types. */
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  export interface J2KDecoder {
    /** A view of its memory, to be filled. */
    getEncodedBuffer(length: number): Uint8Array;
    readHeader(): void;
    decode(): void;
    getDecodedBuffer(): Uint8Array;
    getFrameInfo(): {
      readonly width: number;
      readonly height: number;
      readonly bitsPerSample: number;
      readonly componentCount: number;
      readonly isSigned: boolean;
    };
    /** OpenJPEG's OPJ_COLOR_SPACE. */
    getColorSpace(): number;
    delete(): void;
  }
  const create: (options: {
    wasmBinary: Uint8Array;
    print: () => void;
    printErr: () => void;
  }) => Promise<{ readonly J2KDecoder: new () => J2KDecoder }>;
  export default create;
}
