/**
 * `npm run bench -- page-latency [--megapixels 100] [--photos 20] [--checkout DIR]`
 *
 * What a person who looks at other photos feels of a large export: the page in Chromium, the browser host
 * behind it (the program alone: `view-latency`). First the idle program, then the same while the export runs. Measured are the time from asking
 * for a cleaned picture to its first finished tile, the time that tiles of the original take, tasks of the
 * page's main thread above 50 ms, and frames. Tasks are counted by the clock, and by the processor time that they
 * took: on a machine with other work the clock counts that work too. A first tile may take as long as the
 * work tile that happens to run, and its own time.
 */
import { chromium, type Browser, type Page } from '@playwright/test';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromiumArguments, findChromium } from '../../build/chromium.mjs';
import { repositoryRoot } from '../data.ts';
import { startWebHost } from '../e2e/web-host.ts';
import { makePicture } from './_picture.ts';

/** Of the photos that are looked at; small, so that their own time is short. */
const LOOKED_AT = 2;
const FRAMES_OVER = 5000;
const PATIENCE = 120_000;
const TILES_OF_A_RUN = 10;

/** What the page wrote down since it was last asked, milliseconds of its own clock. */
interface Heard {
  /** Per document: when cleaning was asked for, and when the first part was told to be finished. */
  readonly asked: Record<string, number>;
  readonly first: Record<string, number>;
  readonly tiles: readonly number[];
  /** When a tile of the export was done. */
  readonly work: readonly number[];
  readonly longTasks: readonly number[];
}

/** Runs in the page before anything else. */
const probe = `(() => {
  const fresh = () => ({ asked: {}, first: {}, tiles: [], work: [], longTasks: [] });
  let heard = fresh();
  const fetching = window.fetch;
  window.fetch = async (resource, init) => {
    const address = String(resource?.url ?? resource);
    const began = performance.now();
    if (/api\\/run\\/preview/.test(address)) heard.asked[JSON.parse(init.body).document] ??= began;
    const answer = await fetching.call(window, resource, init);
    if (/tiles\\//.test(address) && answer.ok) heard.tiles.push(performance.now() - began);
    return answer;
  };
  window.EventSource = class extends EventSource {
    constructor(...given) {
      super(...given);
      this.addEventListener('message', ({ data }) => {
        const event = JSON.parse(data);
        if (event.type === 'layer') heard.first[event.document] ??= performance.now();
        if (event.type === 'job' && event.command === 'denoise' && event.progress?.done > 0)
          heard.work.push(performance.now());
      });
    }
  };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) heard.longTasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  window.latency = {
    take() { const taken = heard; heard = fresh(); return taken; },
    frames: (during) => new Promise((done) => {
      const end = performance.now() + during;
      let count = 0;
      const step = () => { count += 1; performance.now() < end ? requestAnimationFrame(step) : done(count); };
      requestAnimationFrame(step);
    }),
  };
})();`;

interface Phase {
  /** Milliseconds from asking to the first finished part. */
  readonly first: number[];
  readonly tiles: number[];
  readonly longTasks: number[];
  /** Processor time of the page's tasks, milliseconds, longest first. */
  readonly taskTimes: readonly number[];
  readonly frames: number;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time, microseconds. */
  readonly tdur?: number;
}

/** Processor time of each task of the thread that draws the page's frames. */
async function taskTimes(browser: Browser): Promise<number[]> {
  const trace = JSON.parse((await browser.stopTracing()).toString()) as {
    readonly traceEvents: readonly TraceEvent[];
  };
  const frame = trace.traceEvents.find(({ name }) => name === 'FireAnimationFrame');
  return trace.traceEvents
    .filter(({ name, pid, tid }) => name === 'RunTask' && pid === frame?.pid && tid === frame.tid)
    .map(({ tdur = 0 }) => tdur / 1000)
    .sort((a, b) => b - a);
}

const take = (page: Page): Promise<Heard> => page.evaluate<Heard>('window.latency.take()');
const frames = (page: Page): Promise<number> =>
  page.evaluate<number>(`window.latency.frames(${FRAMES_OVER})`);

const share = (values: readonly number[], at: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * at))] ??
  NaN;

/** Since the page began: what is made ready ahead in one phase is asked for only once. */
const everAsked: Record<string, number> = {};
const everFirst: Record<string, number> = {};

/** What was heard since the last call; what was heard first counts. */
async function listen(page: Page): Promise<Heard> {
  const heard = await take(page);
  for (const [id, at] of Object.entries(heard.asked)) everAsked[id] ??= at;
  for (const [id, at] of Object.entries(heard.first)) everFirst[id] ??= at;
  return heard;
}

/** Looks at each photo until its first cleaned part is there. */
async function lookAt(
  { browser, page }: { readonly browser: Browser; readonly page: Page },
  names: readonly string[],
  running: () => Promise<boolean>,
): Promise<Phase> {
  const phase = { first: [] as number[], tiles: [] as number[], longTasks: [] as number[] };
  const categories = ['devtools.timeline', 'disabled-by-default-devtools.timeline'];
  await browser.startTracing(page, { categories });
  for (const name of names) {
    if (!(await running())) break;
    const entry = page.getByRole('option').filter({ hasText: name });
    const id = await entry.getAttribute('data-entry');
    await listen(page);
    await entry.click();
    // Made ready while the page was idle: nothing is waited for, which is what `stepping` measures.
    if (everAsked[id!] !== undefined) continue;
    const deadline = Date.now() + PATIENCE;
    while (everFirst[id!] === undefined) {
      if (Date.now() > deadline) throw new Error(`${name} did not become clean in time.`);
      const heard = await listen(page);
      phase.tiles.push(...heard.tiles);
      phase.longTasks.push(...heard.longTasks);
      work.push(...heard.work);
      await sleep(50);
    }
    phase.first.push(everFirst[id!]! - everAsked[id!]!);
  }
  const times = await taskTimes(browser);
  return { ...phase, taskTimes: times, frames: await frames(page) };
}

/** When tiles of the export were done, all through. */
const work: number[] = [];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      megapixels: { type: 'string', default: '100' },
      photos: { type: 'string', default: '20' },
      checkout: { type: 'string', default: repositoryRoot },
      json: { type: 'string', default: join(repositoryRoot, 'bench-results/page-latency.json') },
    },
  });
  const count = Number(values.photos);
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-bench-'));
  const large = await makePicture(folder, Number(values.megapixels));
  const small = await makePicture(folder, LOOKED_AT);
  const photos = await Promise.all(
    Array.from({ length: 2 * count }, async (_, index) => {
      const path = join(folder, `photo-no-${index + 1}.jpg`);
      await copyFile(small.path, path);
      return path;
    }),
  );
  const names = photos.map((path) => path.split(/[/\\]/).at(-1)!);
  const host = await startWebHost([...photos, large.path], { root: resolve(values.checkout) });
  const browser = await chromium.launch({
    executablePath: findChromium() ?? undefined,
    args: chromiumArguments,
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript(probe);
    await page.goto(host.address);
    await page.locator('[data-picture-state=final]').waitFor({ timeout: PATIENCE });
    await sleep(3000);
    const idle = await lookAt({ browser, page }, names.slice(1, count), async () => true);

    const exported = page.getByRole('option').filter({ hasText: `photo-${values.megapixels}.jpg` });
    await exported.click();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('option').filter({ hasText: names[0]! }).click();
    const running = async (): Promise<boolean> =>
      /Exporting/.test((await exported.textContent()) ?? '');
    while (!/Exporting [1-9]/.test((await exported.textContent()) ?? '')) await sleep(100);
    work.push(...(await listen(page)).work);
    const busy = await lookAt({ browser, page }, names.slice(count), running);

    // The page hears of several at once when it is busy, and a view tile stands between two now and then: the
    // middle over runs of tiles.
    const runs = work
      .slice(TILES_OF_A_RUN)
      .map((at, index) => (at - work[index]!) / TILES_OF_A_RUN);
    const workTile = share(runs, 0.5);
    const viewTile = share(idle.first, 0.5);
    const limit = workTile + viewTile;
    const within =
      busy.first.filter((time) => time <= limit).length / Math.max(1, busy.first.length);
    const result = {
      ...{ checkout: values.checkout, megapixels: Number(values.megapixels) },
      ...{ idle, busy, workTile, viewTile, limit, within },
    };
    const ms = (value: number): string => `${value.toFixed(0)} ms`;
    const line = (what: string, phase: Phase): string => {
      const { first, tiles, longTasks, taskTimes: times, frames: drawn } = phase;
      const busy = times.filter((time) => time > 50).length;
      return (
        `${what}: first cleaned part ${ms(share(first, 0.5))} (95 %: ${ms(share(first, 0.95))}, ${first.length} photos), ` +
        `tiles ${ms(share(tiles, 0.5))} (95 %: ${ms(share(tiles, 0.95))}), ${longTasks.length} tasks above 50 ms` +
        `${longTasks.length > 0 ? ` (longest ${ms(Math.max(...longTasks))})` : ''}, ` +
        `${busy} that took so much of the processor (most: ${ms(times[0] ?? 0)}), ${(drawn / (FRAMES_OVER / 1000)).toFixed(1)} frames/s`
      );
    };
    console.log(line('Idle', idle));
    console.log(line('While it exports', busy));
    console.log(
      `One work tile ${ms(workTile)} and one view tile ${ms(viewTile)}: ${(within * 100).toFixed(0)} % of the first parts within ${ms(limit)}; ` +
        `frames ${((busy.frames / idle.frames) * 100).toFixed(0)} % of the idle program's`,
    );
    await mkdir(join(values.json, '..'), { recursive: true });
    await writeFile(values.json, JSON.stringify(result, null, 2));
  } finally {
    await browser.close();
    await host.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

await main();
