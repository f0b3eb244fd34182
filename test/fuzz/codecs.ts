/**
 * JPEG XL and JPEG 2000 for the fuzzer: small files of every kind that can be made here, and what the codec thread does with one,
 * without the thread: a process of which thousands of threads are asked would mostly start threads.
 */
import { inWords, loadDecoder, type Decoder } from '../../app/codecs/decode-file.ts';
import { loadVips } from '../../app/codecs/jpeg-xl.ts';
import type { CodecCall } from '../../app/codecs/protocol.ts';
import { HourglassError } from '../../app/contract/index.ts';
import { jp2File, jpeg2000Codestream, rgba } from '../jpeg-2000.ts';
import { uniform } from '../random.ts';
import type { FuzzTarget } from './targets.ts';

const size = { width: 96, height: 80 };

/** Soft, with a little grain. */
const samplesOf = (channels: number, most: number, grain = 0.05): number[] => {
  const random = uniform(channels);
  return Array.from(
    { length: size.width * size.height * channels },
    (_, i) => most * (0.5 + 0.4 * Math.sin(i / channels / 40) + grain * random()),
  );
};

export async function jxlFiles(): Promise<Uint8Array[]> {
  const vips = await loadVips();
  const made = (
    format: 'uchar' | 'ushort' | 'float',
    channels: 1 | 3 | 4,
    settings: { lossless?: boolean; distance?: number; effort?: number },
  ): Uint8Array => {
    const [Type, most, space] = {
      uchar: [Uint8Array, 255, channels === 1 ? 'b-w' : 'srgb'] as const,
      ushort: [Uint16Array, 65_535, channels === 1 ? 'grey16' : 'rgb16'] as const,
      float: [Float32Array, 1, 'scrgb'] as const,
    }[format];
    const { BandFormat, Image } = vips;
    const data = Type.from(samplesOf(channels, most)) as unknown as Uint8Array;
    return Image.newFromMemory(data, size.width, size.height, channels, BandFormat[format])
      .copy({ interpretation: space })
      .jxlsaveBuffer(settings);
  };
  const files: Uint8Array[] = [];
  for (const [format, channels, settings] of [
    ['uchar', 3, { lossless: true }],
    ['uchar', 3, { distance: 1 }],
    ['uchar', 4, { distance: 3, effort: 3 }],
    ['uchar', 1, { distance: 1 }],
    ['ushort', 3, { lossless: true }],
    ['ushort', 1, { distance: 0.5 }],
    ['float', 3, { distance: 1 }],
  ] as const) {
    await threadsReturn();
    files.push(made(format, channels, settings));
  }
  return files;
}

/** Threads of libvips that have ended are taken again when their messages are heard; without that the next call waits for one for ever. */
const threadsReturn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export async function jp2Files(): Promise<Uint8Array[]> {
  const stream = (componentCount: 1 | 3 | 4, bitsPerSample: number, lossless: boolean) => {
    // This encoder breaks off at small pictures too.
    const soft = samplesOf(componentCount, 2 ** bitsPerSample - 1, 0).map(Math.round);
    const samples = bitsPerSample > 8 ? Uint16Array.from(soft) : Uint8Array.from(soft);
    const info = { ...size, bitsPerSample, componentCount, samples };
    return jpeg2000Codestream(lossless ? info : { ...info, rate: 8 });
  };
  const streams = [
    await stream(1, 8, true),
    await stream(3, 8, true),
    await stream(3, 8, false),
    await stream(1, 12, true),
    await stream(1, 16, false),
  ];
  return [
    ...streams,
    jp2File(streams[1]!, {}),
    jp2File(await stream(4, 8, true), { channels: rgba }),
  ];
}

/** Memory of WebAssembly never shrinks. */
const REUSE = 500;
const MOST_MEGAPIXELS = 4;

/** As `reader.ts` and `thread.ts` do. */
export function runCodec(format: CodecCall['format']): Pick<FuzzTarget, 'run' | 'reached'> {
  let used = 0;
  let decoder: Decoder | null = null;
  let reached = false;
  const run = async (input: Uint8Array): Promise<void> => {
    reached = false;
    if (!decoder || used++ % REUSE === 0) decoder = await loadDecoder(format);
    if (format === 'jxl') await threadsReturn();
    try {
      decoder({ name: 'x' }, input, ({ width, height }) => {
        if (width * height > 1e6 * MOST_MEGAPIXELS)
          throw new HourglassError('image-too-large', 'too large');
        reached = true;
      });
    } catch (error) {
      // OpenJPEG that broke off may be in any state; libvips ends in an orderly way unless it trapped.
      const { cause } = error as Error;
      const trapped = cause instanceof Error && cause.name === 'RuntimeError';
      if (!(error instanceof HourglassError) || trapped || (format === 'jp2' && cause))
        decoder = null;
      throw inWords(error, 'x');
    }
  };
  return { run, reached: () => reached };
}
