/** JPEG 2000 codestreams for tests, by OpenJPEG's encoder. It breaks off at grain, at two channels and at three of 16 bits: pictures are soft. */
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
  readonly componentCount: 1 | 3 | 4;
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

const bigEndian = (bytes: 2 | 4, ...values: readonly number[]): Uint8Array => {
  const buffer = Buffer.alloc(values.length * bytes);
  values.forEach((value, at) => buffer.writeUIntBE(value, at * bytes, bytes));
  return Uint8Array.from(buffer);
};

export const jp2Box = (type: string, ...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(
    Buffer.concat([
      bigEndian(4, 8 + parts.reduce((sum, { length }) => sum + length, 0)),
      Buffer.from(type, 'latin1'),
      ...parts,
    ]),
  );

/** Number, type and association of each (ISO/IEC 15444-1, I.5.3.6). */
export type ChannelDefinition = readonly [number: number, type: number, association: number];

/** Red, green, blue and opacity; gray and opacity. */
export const rgba: readonly ChannelDefinition[] = [[0, 0, 1], [1, 0, 2], [2, 0, 3], [3, 1, 0]]; // prettier-ignore
export const grayAndOpacity: readonly ChannelDefinition[] = [[0, 0, 1], [1, 1, 0]]; // prettier-ignore

/** A JP2 file around a codestream. @param more boxes behind the header @param space EnumCS; an ICC profile */
export function jp2File(
  stream: Uint8Array,
  { channels = [], space = 16, inside = [], behind = [] }: { readonly channels?: readonly ChannelDefinition[]; readonly space?: number | Uint8Array; readonly inside?: readonly Uint8Array[]; readonly behind?: readonly Uint8Array[] }, // prettier-ignore
): Uint8Array {
  const view = new DataView(stream.buffer, stream.byteOffset);
  const [width, height, count] = [view.getUint32(8), view.getUint32(12), view.getUint16(40)];
  const depths = Uint8Array.from({ length: count }, (_, at) => stream[42 + 3 * at]!);
  return Uint8Array.from(
    Buffer.concat([
      jp2Box('jP  ', Buffer.from('\r\n\x87\n', 'latin1')),
      jp2Box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
      jp2Box(
        'jp2h',
        jp2Box('ihdr', bigEndian(4, height, width), bigEndian(2, count), Uint8Array.of(255, 7, 0, 0)), // prettier-ignore
        jp2Box('bpcc', depths),
        typeof space === 'number'
          ? jp2Box('colr', Uint8Array.of(1, 0, 0), bigEndian(4, space))
          : jp2Box('colr', Uint8Array.of(2, 0, 0), space),
        ...(channels.length === 0
          ? []
          : [jp2Box('cdef', bigEndian(2, channels.length, ...channels.flat()))]),
        ...inside,
      ),
      ...behind,
      jp2Box('jp2c', stream),
    ]),
  );
}
