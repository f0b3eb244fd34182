/** JPEG 2000 codestreams for tests, by OpenJPEG's encoder. It breaks off at grain and at three channels of 16 bits: pictures are soft. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

interface Encoder {
  getDecodedBuffer(info: object): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  setQuality(lossless: boolean, rate: number): void;
}

export interface Codestream {
  readonly width: number;
  readonly height: number;
  readonly componentCount: 1 | 3;
  readonly bitsPerSample: number;
  /** Interleaved; 16 bits where there are more than 8. */
  readonly samples: Uint8Array | Uint16Array;
  /** How many times smaller; absent: lossless. */
  readonly rate?: number;
}

/** An encoder of its own for each. */
export async function jpeg2000Codestream({ samples, rate, ...info }: Codestream) {
  const require = createRequire(import.meta.url);
  const { default: create } = (await import(
    require.resolve('@cornerstonejs/codec-openjpeg/wasmjs')
  )) as { default: (options: object) => Promise<{ J2KEncoder: new () => Encoder }> };
  const wasmBinary = readFileSync(require.resolve('@cornerstonejs/codec-openjpeg/wasm'));
  const { J2KEncoder } = await create({ wasmBinary, print: () => undefined });
  const encoder = new J2KEncoder();
  const stored = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  encoder.getDecodedBuffer({ ...info, isSigned: false }).set(stored);
  encoder.setQuality(rate === undefined, rate ?? 0);
  encoder.encode();
  return Uint8Array.from(encoder.getEncodedBuffer());
}
