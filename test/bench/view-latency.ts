/**
 * `npm run bench -- view-latency [--megapixels 100] [--views 20]`: how long somebody who looks at another
 * photo waits for the first tile while an export runs, against the time of one tile of the export and one
 * of the view. Also the screen's own tiles (no network), which are served by the engine's main thread.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import type { HourglassEvent } from '../../app/contract/index.ts';
import { benchProgram } from './_program.ts';
import { watchTree } from './_tree.ts';

const { values } = parseArgs({
  options: {
    megapixels: { type: 'string', default: '100' },
    views: { type: 'string', default: '20' },
  },
});
const megapixels = Number(values.megapixels);
const views = Number(values.views);

/** Noise over a gradient: what it shows does not matter to time. */
async function makePicture(path: string, width: number, height: number): Promise<void> {
  const data = Buffer.alloc(width * height * 3);
  let state = 1;
  for (let at = 0; at < data.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[at] = 60 + ((at >> 12) & 63) + (state >>> 27);
  }
  await sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .jpeg({ quality: 95 })
    .toFile(path);
}

const quantile = (times: readonly number[], share: number): number =>
  [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(share * times.length))] ??
  NaN;
const ms = (time: number): string => `${Math.round(time)} ms`;

const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
mkdirSync(join(folder, 'out'));
const width = Math.round(Math.sqrt((megapixels * 1e6 * 3) / 2));
await makePicture(join(folder, 'large.jpg'), width, Math.round((width * 2) / 3));
await makePicture(join(folder, 'photo.jpg'), 3000, 2000);

const program = benchProgram(folder);
const peaks = watchTree(process.pid);

/** Resolves at the first event that fits. */
const heard = (fits: (event: HourglassEvent) => boolean): Promise<number> =>
  new Promise((resolve) => {
    const stop = program.listen((event) => {
      if (!fits(event)) return;
      stop();
      resolve(performance.now());
    });
  });

const { document } = await program.run('open', { source: join(folder, 'photo.jpg') });
await program.run('measure', { document });
let level = 5;

/** Milliseconds until the first tile of a new preview, and between its first and second. */
async function look(): Promise<{ first: number; next: number }> {
  const started = performance.now();
  const at: number[] = [];
  const second = heard((event) => {
    if (event.type === 'layer' && event.document === document) at.push(performance.now());
    return at.length === 2;
  });
  const controller = new AbortController();
  level += 0.1;
  const settings = { sigma: level, device: 'cpu' } as const;
  const preview = program.run('preview', { document, settings }, { signal: controller.signal });
  preview.catch(() => undefined);
  await second;
  controller.abort();
  await preview.catch(() => undefined);
  return { first: at[0]! - started, next: at[1]! - at[0]! };
}

async function lookOften(): Promise<{ first: number[]; next: number[]; tiles: number[] }> {
  const first: number[] = [];
  const next: number[] = [];
  const tiles: number[] = [];
  let looking = true;
  const screen = (async () => {
    while (looking) {
      const started = performance.now();
      await program.tile({ document, layer: 'source', level: 1, column: 0, row: 0 });
      tiles.push(performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  })();
  for (let view = 0; view < views; view++) {
    const times = await look();
    first.push(times.first);
    next.push(times.next);
    // People do not look in step with tiles, and the tile that ran when this view was left must not count for the next.
    await new Promise((resolve) => setTimeout(resolve, 500 + 37 * (view % 11)));
  }
  looking = false;
  await screen;
  return { first, next, tiles };
}

await look();
const alone = await lookOften();
const told: number[] = [];
const stop = program.listen((event) => {
  if (event.type === 'job' && event.job === 'export' && (event.progress?.done ?? 0) > 0)
    told.push(performance.now());
});
const controller = new AbortController();
const exported = program.run(
  'denoise',
  { source: join(folder, 'large.jpg'), sigma: 10, device: 'cpu', out: join(folder, 'out/') },
  { job: 'export', signal: controller.signal },
);
let outcome = 'was still running';
exported.then(
  () => (outcome = 'ended before the views did'),
  (error: Error) => (outcome = error.message),
);
while (told.length < 6) await new Promise((resolve) => setTimeout(resolve, 20));
const workTile = quantile(
  told.slice(1).map((time, index) => time - told[index]!),
  0.5,
);
const beside = await lookOften();
console.log(`the export ${outcome}`);
controller.abort();
await exported.catch(() => undefined);
stop();
const viewTile = quantile(alone.first, 0.5);
const describe = (name: string, { first, tiles }: typeof alone): void =>
  console.log(
    `${name}: first tile ${ms(quantile(first, 0.5))} median, ${ms(quantile(first, 0.95))} at 95 %; screen tiles ${ms(quantile(tiles, 0.5))}, ${ms(quantile(tiles, 0.95))} at 95 %`,
  );
describe('alone', alone);
describe(`beside an export of ${megapixels} megapixels`, beside);
const bound = workTile + viewTile;
const within = beside.first.filter((time) => time <= bound).length / beside.first.length;
console.log(
  `one tile of work ${ms(workTile)} + one view alone ${ms(viewTile)} = ${ms(bound)}: ${Math.round(100 * within)} % of first tiles within`,
);
console.log(`peak memory ${Math.round((peaks.stop().peakBytes ?? 0) / 1e6)} MB`);
await program.stop();
rmSync(folder, { recursive: true, force: true });
