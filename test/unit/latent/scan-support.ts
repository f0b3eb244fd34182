/** Files whose header says what values measure, made for the tests: of 8 × 8 pixels, with streams that mean nothing. */
import {
  noLatentMetadata,
  writeLatentFile,
  type MeasuredValues,
} from '../../../app/latent/container/index.ts';
import type { SampleType } from '../../../app/pixels/index.ts';
import { fakeStreams, mendHeader, plainHeader, signal } from './container-support.ts';

export async function withMeasured(
  measured: MeasuredValues,
  sampleType: SampleType,
): Promise<Uint8Array> {
  const writer = await writeLatentFile({
    ...{ path: null, source: null, overwrite: false, dates: null },
    header: {
      ...plainHeader,
      ...{
        width: 8,
        height: 8,
        tones: 'gray',
        lossyScan: true,
        sampleType,
        bitDepth: 12,
        measured,
      },
    },
    metadata: noLatentMetadata,
  });
  await writer.writeTile(0, fakeStreams(0));
  if (measured.keepsPadding) await writer.writePadding(0, new Uint8Array(64).fill(1));
  return (await writer.finish(signal)).data!;
}

/** The same with one thing more in that part than is known, and a CRC that is right. */
export async function madeByNewerBytes(
  measured: MeasuredValues,
  what: 'version' | 'flag',
): Promise<Uint8Array> {
  const bytes = await withMeasured(measured, 'int16');
  const headerBytes = bytes[10]! + 256 * bytes[11]!;
  const part = 16 + headerBytes - partBytes(measured);
  if (what === 'version') bytes[part] = 2;
  else bytes[part + 1]! |= 0x80;
  return mendHeader(bytes);
}

/** Version, flags, six numbers, the unit, and pairs of numbers for window and padding. */
const partBytes = ({ scale: { unit, window, padding } }: MeasuredValues): number =>
  2 + 6 * 8 + 1 + Buffer.byteLength(unit ?? '') + (window ? 16 : 0) + (padding ? 16 : 0);
