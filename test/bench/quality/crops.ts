/**
 * Crops side by side for the page: noisy, best peer, Hourglass, clean. Only of pictures whose licence
 * lets them be passed on (gb82: CC0; the scans: BSD-2-Clause), and of scans only inside the skull.
 */
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import type { Rect } from '../../../app/contract/index.ts';
import { dataPack } from '../../data.ts';
import { plane, type Field, type Span } from './field.ts';
import { clipped, psnr } from './metrics.ts';
import { noisyItem } from './photos.ts';
import type { Peer, Setting } from './peers.ts';
import { ctItem, doses, mrItem } from './scans.ts';
import type { Summary } from './summary.ts';
import { SUGGESTED, UNBIASED, type Item } from './tasks.ts';
import type { Ours } from './ours.ts';

export interface Crop {
  readonly set: string;
  readonly file: string;
  readonly caption: string;
}

interface Subject {
  readonly set: string;
  readonly noise: string;
  readonly file: string;
  readonly what: string;
  readonly region: Rect;
  /** Values shown as black and white; null: those of the item. */
  readonly window: Span | null;
  item(): Promise<Item>;
}

const scan = (kind: string, name: string): string => join(dataPack!, 'medical-train', kind, name);

const subjects: readonly Subject[] = [
  {
    set: 'white',
    noise: 'σ 25',
    file: 'white.webp',
    what: 'gb82 “flowers” (CC0), white noise of 25 levels',
    region: { x: 180, y: 180, width: 192, height: 192 },
    window: null,
    item: () => noisyItem(join(dataPack!, 'dev-bench/gb82/flowers-lossless.webp'), 0, 25),
  },
  {
    set: 'ct',
    noise: doses[1].name,
    file: 'ct.webp',
    what: 'CT of a head (dcm_qa_ct, BSD-2-Clause), simulated low dose, window −20 to 100 HU',
    region: { x: 160, y: 160, width: 192, height: 192 },
    window: { low: -20, high: 100 },
    item: () => ctItem(scan('ct', 'ge_head_09.png'), doses[1].photons, 1),
  },
  {
    set: 'mr',
    noise: '7 % of the maximum',
    file: 'mr.webp',
    what: 'T1 MR of a brain (dcm_qa_uih, BSD-2-Clause), Rician noise of 7 % of the maximum, window 0 to 420 stored values',
    region: { x: 130, y: 90, width: 192, height: 192 },
    window: { low: 0, high: 420 },
    item: () => mrItem(scan('mr', 'uih_t1_sag_11.png'), 0.07, 1),
  },
];

export interface CropTools {
  readonly ours: Ours;
  readonly peers: readonly Peer[];
  /** What a peer was tuned to, by set and noise. */
  readonly tuned: ReadonlyMap<string, ReadonlyMap<string, Setting>>;
  readonly summaries: readonly Summary[];
  readonly signal: AbortSignal;
}

export const tunedKey = (set: string, noise: string): string => `${set} ${noise}`;

/** Writes the crops of the sets that were measured in this run. */
export async function writeCrops(folder: string, tools: CropTools): Promise<Crop[]> {
  const { ours, peers, tuned, summaries, signal } = tools;
  await mkdir(folder, { recursive: true });
  const crops: Crop[] = [];
  for (const { set, noise, file, what, region, window, item: make } of subjects) {
    const settings = tuned.get(tunedKey(set, noise));
    if (!settings) continue;
    const item = await make();
    const judge = (field: Field): string => {
      const seen = item.zero === undefined ? clipped(field) : field;
      return `${psnr(seen, item.reference, item.span).toFixed(1)} dB`;
    };
    const shown: Field[] = [item.source];
    const words = [`noisy, ${judge(item.source)}`];
    const best = bestPeer(summaries, set, noise, peers);
    if (best) {
      const options = { scan: item.zero !== undefined, signal };
      const plain = await best.peer.run(item.source, settings.get(best.peer.name)!, options);
      const result = best.unbiased && item.unbias ? item.unbias(plain) : plain;
      shown.push(result);
      words.push(`${best.peer.name}${best.unbiased ? UNBIASED : ''}, ${judge(result)}`);
    }
    const { raster } = await ours.clean(item.noisy, null, signal);
    const own = item.read(raster);
    shown.push(own, item.reference);
    words.push(`${SUGGESTED}, ${judge(own)}`, 'clean');
    await sideBySide(shown, region, window ?? item.span, join(folder, file));
    crops.push({
      set,
      file: `${basename(folder)}/${file}`,
      caption: `${what}. From left to right: ${words.join('; ')} (PSNR of the whole picture).`,
    });
  }
  return crops;
}

/** The peer with the highest mean PSNR, and whether that was with the bias removed. */
function bestPeer(
  summaries: readonly Summary[],
  set: string,
  noise: string,
  peers: readonly Peer[],
) {
  let best: { peer: Peer; unbiased: boolean; psnr: number } | null = null;
  for (const entry of summaries) {
    if (entry.set !== set || entry.noise !== noise || entry.group !== null) continue;
    const unbiased = entry.method.endsWith(UNBIASED);
    const name = unbiased ? entry.method.slice(0, -UNBIASED.length) : entry.method;
    const peer = peers.find((one) => one.name === name);
    if (peer && entry.psnr > (best?.psnr ?? -Infinity)) best = { peer, unbiased, psnr: entry.psnr };
  }
  return best;
}

const GAP = 4;

async function sideBySide(
  fields: readonly Field[],
  { x, y, width, height }: Rect,
  { low, high }: Span,
  path: string,
): Promise<void> {
  const total = fields.length * (width + GAP) - GAP;
  const pixels = Buffer.alloc(total * height * 3, 255);
  fields.forEach((field, place) => {
    const planes = [0, 1, 2].map((c) => plane(field, field.channels === 1 ? 0 : c));
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        for (let c = 0; c < 3; c++) {
          const value = planes[c]![(y + row) * field.width + x + column]!;
          const shade = Math.min(255, Math.max(0, ((value - low) / (high - low)) * 255 + 0.5));
          pixels[(row * total + place * (width + GAP) + column) * 3 + c] = shade;
        }
  });
  await sharp(pixels, { raw: { width: total, height, channels: 3 } })
    .webp({ quality: 90, smartSubsample: true })
    .toFile(path);
}
