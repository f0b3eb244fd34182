/** A checkout's page in a browser of its own, opened anew each time: from asking for it until a file that is dragged over it would be taken. */
import { chromium } from '@playwright/test';
import { chromiumArguments, findChromium } from '../../../build/chromium.mjs';
import { startWebHost } from '../../e2e/web-host.ts';
import { treeSeconds } from '../_tree.ts';
import { sumOf, type BenchCase, type Sample } from './side.ts';

/**
 * Runs in the page before anything else. What takes a file says so of a file that is held over it; asked in every frame, for a person can not
 * be sooner. Milliseconds since the page was asked for.
 */
const untilTaken = `window.taken = new Promise((settle) => {
  const ask = () => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
    const over = new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true });
    (document.body ?? document.documentElement)?.dispatchEvent(over);
    // Something is to be seen, too.
    const shown = document.querySelector('#app button');
    over.defaultPrevented && shown ? settle(performance.now()) : requestAnimationFrame(ask);
  };
  requestAnimationFrame(ask);
});`;

const PATIENCE = 60_000;

export const pageStart: BenchCase = {
  title: 'from asking for the page to a drop zone that takes a file',
  async probe(side) {
    const host = await startWebHost([], { root: side.checkout, home: side.folder, env: side.env });
    const path = findChromium();
    // Its process is asked for its CPU time.
    const server = await chromium.launchServer({
      ...(path ? { executablePath: path } : {}),
      args: chromiumArguments,
    });
    const browser = await chromium.connect(server.wsEndpoint());
    const seconds = (): number | null => {
      const parts = [treeSeconds(host.pid), treeSeconds(server.process().pid!)];
      return parts.includes(null) ? null : (parts as number[]).reduce((sum, one) => sum + one);
    };

    const open = async (): Promise<Sample> => {
      // Nothing is kept from the time before.
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      try {
        const page = await context.newPage();
        await page.addInitScript(untilTaken);
        const before = seconds();
        await page.goto(host.address, { timeout: PATIENCE, waitUntil: 'commit' });
        const wall = await page.evaluate<number>('window.taken');
        const after = seconds();
        return {
          wall: wall / 1000,
          cpu: before === null || after === null ? null : after - before,
          peakBytes: null,
        };
      } finally {
        await context.close();
      }
    };
    return {
      async sample(repeat) {
        const samples: Sample[] = [];
        for (let i = 0; i < repeat; i++) samples.push(await open());
        return sumOf(samples);
      },
      async close() {
        await browser.close();
        await server.close();
        await host.stop();
      },
    };
  },
};
