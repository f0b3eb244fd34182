/** Cleaning while compressing, on noisy photographs: PSNR against the clean ones. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { benchImages, mean } from '../../quality.ts';
import { normal } from '../../random.ts';
import { hourglass } from '../_program.ts';
import type { SetResult, SetRun } from '../latent.ts';
import { deltaRate } from './bd.ts';
import { latentCurves, peerCurve, readPhoto, type Photo } from './curves.ts';

/** White noise, 8-bit levels. */
const SIGMA = 15;
const QUALITIES = [8, 20, 32, 44, 56, 68];

export async function cleanSet({ folder, every }: SetRun): Promise<SetResult> {
  const clean = await Promise.all((await benchImages('gb82', /webp$/, 2 * every)).map(readPhoto));
  const noisy = await Promise.all(clean.map((photo, i) => withNoise(photo, folder, i)));
  const references = new Map(noisy.map((photo, i) => [photo.name, clean[i]!.pixels]));
  const plain = await latentCurves(noisy, QUALITIES, folder, [], references);
  const cleaned = await latentCurves(noisy, QUALITIES, folder, ['--clean', 'auto'], references);
  const denoised = await denoise(noisy, folder);
  const avif = await Promise.all(
    denoised.map((photo, i) => peerCurve(photo, 'AVIF', clean[i]!.pixels)),
  );
  const rows = noisy.map((photo, i) => ({
    name: photo.name,
    against: [plain[i]!, avif[i]!].map((other) => deltaRate(other, cleaned[i]!, 20, 45)),
    best: [plain[i]!, cleaned[i]!, avif[i]!].map((curve) => Math.max(...curve.map((p) => p.psnr))),
    curves: { plain: plain[i]!, cleaned: cleaned[i]!, avif: avif[i]! },
  }));
  const percent = (value: number | undefined): string =>
    value === undefined ? '–' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)} %`;
  const of = (at: number): string => {
    const found = rows.flatMap(({ against }) => against[at] ?? []);
    return found.length === 0 ? '–' : percent(mean(found.map((f) => f.percent)));
  };
  const table = [
    '| photograph | best PSNR: noisy, cleaned, AVIF of the cleaned | cleaned against noisy | against cleaned, then AVIF |',
    '|---|---|---|---|',
    ...rows.map(
      ({ name, best, against }) =>
        `| ${name} | ${best.map((value) => value.toFixed(2)).join(', ')} dB | ${percent(against[0]?.percent)} | ${percent(against[1]?.percent)} |`,
    ),
    `| mean | ${[0, 1, 2].map((i) => mean(rows.map(({ best }) => best[i]!)).toFixed(2)).join(', ')} dB | ${of(0)} | ${of(1)} |`,
  ];
  return { blocks: new Map([['clean', table.join('\n')]]), data: { sigma: SIGMA, rows } };
}

async function withNoise(photo: Photo, folder: string, seed: number): Promise<Photo> {
  const random = normal(500 + seed);
  const pixels = Uint8Array.from(photo.pixels, (value) =>
    Math.min(255, Math.max(0, Math.round(value + SIGMA * random()))),
  );
  const path = join(folder, photo.name.replace(/\.\w+$/, '.png'));
  const raw = { width: photo.width, height: photo.height, channels: 3 } as const;
  writeFileSync(path, await sharp(pixels, { raw }).png().toBuffer());
  return { ...photo, name: basename(path), path, pixels };
}

/** The program's own cleaning at its suggestion, to PNG. */
async function denoise(photos: readonly Photo[], folder: string): Promise<Photo[]> {
  const out = join(folder, 'cleaned');
  mkdirSync(out);
  const { outputs } = await hourglass<{ source: string; output: string }>([
    'denoise',
    ...photos.map(({ path }) => path),
    '--format',
    'png',
    '--out',
    `${out}/`,
    '--device',
    'cpu',
  ]);
  const byName = new Map(outputs.map(({ source, output }) => [basename(source), output]));
  return Promise.all(photos.map(({ name }) => readPhoto(byName.get(name)!)));
}
