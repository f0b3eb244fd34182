// How a test in another process looks into this one: it sends the text of a function, which is called
// with the electron module, as Playwright's `electronApp.evaluate` does with the real one.
import { openBrowser } from './browser.mjs';

export function listenToTests(electron) {
  if (!process.send) return;
  process.on('message', async ({ id, text, argument }) => {
    try {
      const work = (0, eval)(`(${text})`);
      process.send({ id, value: await work(electron, argument) });
    } catch (error) {
      process.send({ id, error: error.stack ?? String(error) });
    }
  });
  process.once('disconnect', () => process.exit(0));
  electron.app.whenReady().then(async () => process.send({ port: (await openBrowser()).port }));
}
