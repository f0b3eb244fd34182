/**
 * `npm run bench -- raw-noise [--photos 3] [--iso 800,3200,12800]`
 *
 * How well does the noise of the mosaic choose the strength? Camera files of known noise are made of photographs of
 * the data pack, cleaned at the suggestion, which follows from the mosaic, and at multiples of it, and compared with the developed picture without noise
 * (PSNR on the encoded 16 bits).
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { dataPack, noDataPack } from '../data.ts';
import { lightOf, noiseAtIso, noisyMosaic } from '../unit/raw/made-noise.ts';
import { makeDng } from '../unit/raw/make-dng.ts';
import { hourglass } from './_program.ts';

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '3' },
    iso: { type: 'string', default: '800,3200,12800' },
    times: { type: 'string', default: '0.5,0.75,1.4,2,3' },
  },
});
if (!dataPack) throw new Error(noDataPack);
const wall = join(dataPack, 'photo-train/wall');
const names = readdirSync(wall).filter((name) => name.endsWith('.jpg'));
const photos = Array.from({ length: Number(values.photos) }, (_, at) => names[Math.floor(((at + 0.5) * names.length) / Number(values.photos))]!); // prettier-ignore
const times = values.times.split(',').map(Number);
const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));

async function pixels(path: string): Promise<Uint16Array> {
  const data = await sharp(path, { ignoreIcc: true }).removeAlpha().toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer(); // prettier-ignore
  return new Uint16Array(Uint8Array.from(data).buffer);
}

function psnr(one: Uint16Array, other: Uint16Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at]! - other[at]!) ** 2;
  return 10 * Math.log10(65535 ** 2 / (sum / one.length));
}

interface Cleaned {
  readonly sigma: number;
}
async function cleaned(source: string, name: string, options: readonly string[]): Promise<{ sigma: number; picture: Uint16Array }> {
  const path = join(folder, name);
  const { outputs } = await hourglass<Cleaned>(['denoise', source, '--out', path, '--overwrite', '--device', 'cpu', ...options], { stderr: 'pipe' });
  return { sigma: outputs[0]!.sigma, picture: await pixels(path) };
} // prettier-ignore

try {
  console.log(`| photo | ISO | noisy dB | suggestion: level | dB | ${times.map((by) => `${by} × that`).join(' | ')} |`); // prettier-ignore
  console.log(`|---|---|---|---|---|${times.map(() => '---|').join('')}`);
  for (const photo of photos) {
    const light = await lightOf(join(wall, photo), 384, false);
    const size = { width: light.width, height: light.height };
    const file = (name: string, samples: Uint16Array): string => {
      const path = join(folder, name);
      writeFileSync(path, makeDng({ ...size, samples, black: [2048], white: 16383 }));
      return path;
    };
    const { picture: clean } = await cleaned(file('clean.dng', noisyMosaic(light, null)), 'clean.png', ['--sigma', '0']); // prettier-ignore
    for (const iso of values.iso.split(',').map(Number)) {
      const data = noisyMosaic(light, noiseAtIso(iso));
      const source = file(`${iso}.dng`, data);
      const raw = await cleaned(source, 'noisy.png', ['--sigma', '0']);
      const auto = await cleaned(source, 'auto.png', []);
      const level = auto.sigma;
      const tried: string[] = [];
      for (const by of times) {
        const { picture } = await cleaned(source, 'own.png', ['--sigma', String(Math.min(255, by * level))]); // prettier-ignore
        tried.push(psnr(picture, clean).toFixed(2));
      }
      console.log(
        `| ${photo.slice(0, 24)} | ${iso} | ${psnr(raw.picture, clean).toFixed(2)} | ${auto.sigma.toFixed(1)} | ${psnr(auto.picture, clean).toFixed(2)} | ${tried.join(' | ')} |`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
