/** How fast latent files are written and read, in how much memory. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makePicture } from '../_picture.ts';
import { hourglass } from '../_program.ts';
import type { SetResult, SetRun } from '../latent.ts';
import { symbolRates, type SymbolRates } from './symbols.ts';

/** Grain of a good photograph; more of it would make every file large. */
const NOISE = 6;
const QUALITY = '60';

interface Done {
  readonly seconds: number;
  readonly bytes: number;
}

export async function speedSet({ folder, megapixels }: SetRun): Promise<SetResult> {
  const rows = [];
  let symbols: SymbolRates | null = null;
  for (const wanted of megapixels) {
    const picture = await makePicture(folder, wanted, NOISE);
    const file = join(folder, 'picture.hgl');
    const back = join(folder, 'picture.png');
    const cpu = ['--device', 'cpu', '--overwrite'];
    const encode = await hourglass<Done>([
      'encode',
      picture.path,
      ...['--quality', QUALITY, '--out', file, ...cpu],
    ]);
    const decode = await hourglass<Done>(['decode', file, '--out', back, ...cpu]);
    symbols ??= await symbolRates(file);
    const size = (picture.width * picture.height) / 1e6;
    rows.push({
      megapixels: size,
      bitsPerPixel: (8 * encode.outputs[0]!.bytes) / size / 1e6,
      encode: { seconds: encode.outputs[0]!.seconds, peakBytes: encode.peakBytes },
      decode: { seconds: decode.outputs[0]!.seconds, peakBytes: decode.peakBytes },
    });
    for (const path of [picture.path, file, back]) rmSync(path);
  }
  const memory = (bytes: number | null): string =>
    bytes === null ? '–' : `${(bytes / 1e6).toFixed(0)} MB`;
  const table = [
    '| megapixels | bits per pixel | encode MP/s | peak memory | decode to PNG, MP/s | peak memory |',
    '|---|---|---|---|---|---|',
    ...rows.map(
      (row) =>
        `| ${row.megapixels.toFixed(1)} | ${row.bitsPerPixel.toFixed(2)} | ${(row.megapixels / row.encode.seconds).toFixed(2)} | ${memory(row.encode.peakBytes)} | ${(row.megapixels / row.decode.seconds).toFixed(2)} | ${memory(row.decode.peakBytes)} |`,
    ),
  ];
  const { tiles, threads, decode, encode } = symbols!;
  const coder = `The entropy coder with its integer context network alone, ${tiles} tiles of the first picture on ${threads} threads: ${decode.toFixed(1)} million latents decoded per second, ${encode.toFixed(1)} million encoded.`;
  return {
    blocks: new Map([['speed', [...table, '', coder].join('\n')]]),
    data: { rows, symbols },
  };
}
