/**
 * JPEG 2000 of what our encoder can not make (two channels, four of more than 8 bits, lossy ones), by Debian's `opj_compress`, beside what
 * `opj_decompress` reads of it. The codec thread must be built.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codecReader } from '../../../app/codecs/reader.ts';
import { decodeImage } from '../../../app/pixels/index.ts';
import { debianTool } from '../../debian.ts';
import { grayAndOpacity, jp2File, rgba } from '../../jpeg-2000.ts';
import { scratchFolder } from '../pixels/support.ts';

const folder = scratchFolder();
const readers = { jp2: codecReader('jp2') };
const compress = debianTool('opj_compress', 'libopenjp2-tools');
const decompress = compress && debianTool('opj_decompress', 'libopenjp2-tools');
const size = { width: 97, height: 80 };

/** PAM, whose samples of 16 bits have their high byte first. */
function pam(channels: 2 | 4, bits: number, samples: readonly number[]): Buffer {
  const kind = { 2: 'GRAYSCALE_ALPHA', 4: 'RGB_ALPHA' }[channels];
  const head = `P7\nWIDTH ${size.width}\nHEIGHT ${size.height}\nDEPTH ${channels}\nMAXVAL ${2 ** bits - 1}\nTUPLTYPE ${kind}\nENDHDR\n`;
  const bytes = bits > 8 ? samples.flatMap((value) => [value >> 8, value & 255]) : samples;
  return Buffer.concat([Buffer.from(head), Uint8Array.from(bytes)]);
}

/** Planes one after another, little end first, to samples side by side. */
function samplesOfRaw(file: Buffer, channels: number, bits: number): number[] {
  const values = bits > 8 ? new Uint16Array(Uint8Array.from(file).buffer) : file;
  const pixels = size.width * size.height;
  return Array.from(
    { length: values.length },
    (_, at) => values[(at % channels) * pixels + Math.floor(at / channels)]!,
  );
}

const spread = (value: number, bits: number): number =>
  Math.round((value * (bits > 8 ? 65535 : 255)) / (2 ** bits - 1));

describe.skipIf(!decompress).each([
  [2, 8, 0],
  [2, 16, 0],
  [4, 8, 0],
  [4, 12, 0],
  [4, 16, 0],
  [4, 8, 12],
  [4, 16, 20],
] as const)('%i channels of %i bits, %i times smaller (0: lossless)', (channels, bits, rate) => {
  it('are those that OpenJPEG’s own program reads', async () => {
    const name = join(folder, `${channels}-${bits}-${rate}`);
    const most = 2 ** bits - 1;
    const samples = Array.from({ length: size.width * size.height * channels }, (_, at) =>
      Math.round(most * (0.5 + 0.4 * Math.sin(Math.floor(at / channels) / 40 + (at % channels)))),
    );
    writeFileSync(`${name}.pam`, pam(channels, bits, samples));
    const lossy = rate > 0 ? ['-I', '-r', String(rate)] : [];
    const quiet = { stdio: 'ignore' } as const;
    execFileSync(compress!, ['-i', `${name}.pam`, '-o', `${name}.j2k`, ...lossy], quiet);
    execFileSync(decompress!, ['-i', `${name}.j2k`, '-o', `${name}-read.rawl`], quiet);
    const theirs = samplesOfRaw(readFileSync(`${name}-read.rawl`), channels, bits);
    if (rate === 0) expect(theirs).toEqual(samples);
    const path = `${name}.jp2`;
    const stream = Uint8Array.from(readFileSync(`${name}.j2k`));
    const isGray = channels === 2;
    writeFileSync(path, jp2File(stream, { channels: isGray ? grayAndOpacity : rgba, space: isGray ? 17 : 16 })); // prettier-ignore
    const { raster } = await decodeImage({ path, readers });
    expect(raster).toMatchObject({ ...size, channels, hasAlpha: true });
    expect(raster.bits).toBe(bits === 12 ? 12 : undefined);
    const apart = theirs.map((value, at) => Math.abs(spread(value, bits) - raster.data[at]!));
    // What is not lossless goes through floats, which two compilers round apart.
    expect(Math.max(...apart)).toBeLessThanOrEqual(rate > 0 ? 1 : 0);
  });
});
