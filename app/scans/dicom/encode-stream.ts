/** Words to compressed frames, without loss. Runs only in the thread of `frame-thread.ts`, as `decode-stream.ts` does. */
import { HourglassError } from '../../contract/errors.ts';
import { say } from '../sentences.ts';
import type { EncodeCall, FrameCoding } from './frame-protocol.ts';
import { wasm } from './wasm.ts';

type Encode = (call: EncodeCall) => Uint8Array<ArrayBuffer>;

/** Samples of a pixel together (ISO/IEC 14495-1, ILV). */
const BY_SAMPLE = 2;

const loaders: Readonly<Record<FrameCoding, () => Promise<Encode>>> = {
  async 'jpeg-ls'() {
    const { default: create } = await import('@cornerstonejs/codec-charls/wasmjs');
    const { JpegLSEncoder } = await create(wasm('@cornerstonejs/codec-charls/wasm'));
    return (call) =>
      encodeWith(new JpegLSEncoder(), call, (encoder) => {
        encoder.setNearLossless(0);
        encoder.setInterleaveMode(call.samples === 1 ? 0 : BY_SAMPLE);
      });
  },
  async htj2k() {
    const { default: create } = await import('@cornerstonejs/codec-openjph/wasmjs');
    const { HTJ2KEncoder } = await create(wasm('@cornerstonejs/codec-openjph/wasm'));
    return (call) => encodeWith(new HTJ2KEncoder(), call, (encoder) => encoder.setQuality(true, 0));
  },
};

function encodeWith<E extends FrameEncoder>(
  encoder: E,
  { words, rows, columns, samples, bits, signed }: EncodeCall,
  set: (encoder: E) => void,
): Uint8Array<ArrayBuffer> {
  try {
    const input = encoder.getDecodedBuffer({
      ...{ width: columns, height: rows, componentCount: samples },
      ...{ bitsPerSample: bits, isSigned: signed, isUsingColorTransform: false },
    });
    input.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
    set(encoder);
    encoder.encode();
    return new Uint8Array(encoder.getEncodedBuffer());
  } finally {
    encoder.delete();
  }
}

const loaded = new Map<FrameCoding, Promise<Encode>>();

/** @throws HourglassError output-not-writable */
export async function encodeStream(call: EncodeCall): Promise<Uint8Array<ArrayBuffer>> {
  const { coding, name } = call;
  let encoder = loaded.get(coding);
  if (!encoder) loaded.set(coding, (encoder = loaders[coding]()));
  const encode = await encoder;
  try {
    return encode(call);
  } catch (cause) {
    // CharLS is given no more room than the pixels have: noise over all values takes more.
    throw new HourglassError('output-not-writable', say('notEncoded', { name, coding }), {
      hint: say('explicitInstead'),
      cause,
    });
  }
}
