/**
 * Compressed frames to words, by one decoder per family. Runs only in the thread of `frame-thread.ts`: the decoders compute
 * without a pause, and what they hold after an error is not to be trusted.
 */
import { HourglassError } from '../../contract/errors.ts';
import { say } from '../sentences.ts';
import type { FrameCall } from './frame-protocol.ts';
import type { StreamKind } from './stream.ts';
import type { Words } from './values.ts';
import { wasm } from './wasm.ts';

type Decode = (stream: Uint8Array, call: FrameCall) => Words;

const loaders: Readonly<Record<Exclude<StreamKind, 'jpeg-12-bits'>, () => Promise<Decode>>> = {
  async jpeg() {
    const { default: create } =
      await import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs');
    const { JPEGDecoder } = await create(
      wasm('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm'),
    );
    return (stream, call) => decodeWith(new JPEGDecoder(), stream, call);
  },
  async 'jpeg-ls'() {
    const { default: create } = await import('@cornerstonejs/codec-charls/decodewasmjs');
    const { JpegLSDecoder } = await create(wasm('@cornerstonejs/codec-charls/decodewasm'));
    return (stream, call) => decodeWith(new JpegLSDecoder(), stream, call);
  },
  async 'jpeg-2000'() {
    const { default: create } = await import('@cornerstonejs/codec-openjpeg/decodewasmjs');
    const { J2KDecoder } = await create(wasm('@cornerstonejs/codec-openjpeg/decodewasm'));
    return (stream, call) => decodeWith(new J2KDecoder(), stream, call);
  },
  async htj2k() {
    const { default: create } = await import('@cornerstonejs/codec-openjph/wasmjs');
    const { HTJ2KDecoder } = await create(wasm('@cornerstonejs/codec-openjph/wasm'));
    return (stream, call) => decodeWith(new HTJ2KDecoder(), stream, call);
  },
  async 'jpeg-lossless'() {
    const { Decoder } = await import('@cornerstonejs/jpeg-lossless-decoder-js');
    return (stream, call) => {
      const own = stream.slice();
      const out = new Decoder().decompress(own.buffer, 0, own.length);
      return wordsOf(new Uint8Array(out), call);
    };
  },
};

const loaded = new Map<StreamKind, Promise<Decode>>();

/** @throws HourglassError damaged-image */
export async function decodeStream(call: FrameCall): Promise<Words> {
  const { kind, name } = call;
  let decoder = loaded.get(kind);
  if (!decoder) loaded.set(kind, (decoder = loaders[kind]()));
  const decode = await decoder;
  try {
    return decode(call.stream, call);
  } catch (cause) {
    if (cause instanceof HourglassError) throw cause;
    // Some throw numbers.
    throw new HourglassError('damaged-image', say('damaged', { name }), { cause });
  }
}

function decodeWith(decoder: FrameDecoder, stream: Uint8Array, call: FrameCall): Words {
  try {
    decoder.getEncodedBuffer(stream.length).set(stream);
    decoder.decode();
    const { width, height, componentCount } = decoder.getFrameInfo();
    // OpenJPH answers other streams with an empty picture and no error.
    if (width !== call.columns || height !== call.rows || componentCount !== call.samples)
      throw contradiction(call);
    return wordsOf(decoder.getDecodedBuffer(), call);
  } finally {
    decoder.delete();
  }
}

const contradiction = ({ name }: FrameCall): HourglassError =>
  new HourglassError('damaged-image', say('streamContradicts', { name }));

/** A copy of its own, in the sample size that the file's elements promise. */
function wordsOf(decoded: Uint8Array, call: FrameCall): Words {
  const { rows, columns, samples, bitsAllocated } = call;
  const count = rows * columns * samples;
  const own = new Uint8Array(decoded);
  if (own.length === 2 * count) {
    const words = new Uint16Array(own.buffer);
    return bitsAllocated === 16 ? words : new Uint8Array(words);
  }
  if (own.length !== count) throw contradiction(call);
  return bitsAllocated === 8 ? own : new Uint16Array(own);
}
