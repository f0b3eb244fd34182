/**
 * `npm run bench -- stepping [--megapixels 0.3,2,12,24] [--photos 6]`
 *
 * What a person waits for who steps to the next photo after a look at the one in front: the page in Chromium, the browser
 * host behind it. Each step begins when the next photo was made ready and no tiles are on their way, and ends with the
 * frame in which the page calls the picture final, which it does when all of it is drawn.
 */
import { chromium } from '@playwright/test';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromiumArguments, findChromium } from '../../build/chromium.mjs';
import { repositoryRoot } from '../data.ts';
import { startWebHost } from '../e2e/web-host.ts';
import { makePictureOf } from './_picture.ts';

const PATIENCE = 300_000;

/**
 * Runs in the page before anything else: notes the documents whose cleaning was answered, and tiles, and measures a
 * step, milliseconds from the key to the frame in which the next picture is called final.
 */
const probe = `(() => {
  const cleaned = (window.cleaned = new Set());
  const fetching = window.fetch;
  let lastTile = 0;
  let onWay = 0;
  window.tilesRest = () => onWay === 0 && performance.now() - lastTile > 500;
  window.fetch = async (resource, init) => {
    const tile = /tiles\\//.test(String(resource?.url ?? resource));
    onWay += tile;
    const answer = await fetching.call(window, resource, init).finally(() => {
      onWay -= tile;
      if (tile) lastTile = performance.now();
    });
    if (answer.ok && /api\\/run\\/preview/.test(String(resource?.url ?? resource)))
      cleaned.add(JSON.parse(init.body).document);
    return answer;
  };
  const front = () => document.querySelector('[role=option][tabindex="0"]')?.dataset.entry;
  window.step = () => new Promise((done) => {
    const before = front();
    const began = performance.now();
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    const look = () =>
      front() !== before && document.querySelector('[data-picture-state=final]')
        ? done(performance.now() - began)
        : requestAnimationFrame(look);
    requestAnimationFrame(look);
  });
})();`;

const { values } = parseArgs({
  options: {
    megapixels: { type: 'string', default: '0.3,2,12,24' },
    photos: { type: 'string', default: '6' },
    json: { type: 'string', default: join(repositoryRoot, 'bench-results/stepping.json') },
  },
});
const results: Record<string, number[]> = {};
for (const megapixels of values.megapixels.split(',').map(Number)) {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-bench-'));
  const width = Math.round(Math.sqrt(megapixels * 1.5e6) / 8) * 8;
  const height = Math.round((megapixels * 1e6) / width / 8) * 8;
  const photos: string[] = [];
  for (let index = 0; index < Number(values.photos); index++) {
    photos.push(join(folder, `photo-${index}.jpg`));
    await makePictureOf(photos[index]!, { width, height, offset: 37 * index });
  }
  const host = await startWebHost(photos);
  const browser = await chromium.launch({
    executablePath: findChromium() ?? undefined,
    args: chromiumArguments,
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript(probe);
    await page.goto(host.address);
    const times: number[] = [];
    for (let index = 0; index + 1 < photos.length; index++) {
      const id = await page
        .getByRole('option')
        .nth(index + 1)
        .getAttribute('data-entry');
      await page.locator('[data-picture-state=final]').waitFor({ timeout: PATIENCE });
      // Asked from here: the page's policy lets nothing in it evaluate text.
      const deadline = Date.now() + PATIENCE;
      const ready = `window.cleaned.has(${JSON.stringify(id)}) && window.tilesRest()`;
      while (!(await page.evaluate<boolean>(ready))) {
        if (Date.now() > deadline) throw new Error('The next photo was not made ready in time.');
        await sleep(50);
      }
      times.push(await page.evaluate<number>('window.step()'));
    }
    results[megapixels] = times;
    const most = Math.max(...times);
    const middle = [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
    console.log(
      `${megapixels} megapixels: final ${middle.toFixed(0)} ms after the step (most ${most.toFixed(0)} ms, ${times.length} steps)`,
    );
  } finally {
    await browser.close();
    await host.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
await mkdir(join(values.json, '..'), { recursive: true });
await writeFile(values.json, JSON.stringify(results, null, 2));
