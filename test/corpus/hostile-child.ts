/**
 * Decodes files named on its input, one at a time, and reports each: run as a process of its own by
 * `hostile.test.ts`, so that a crash below JavaScript is seen and attributed to its file.
 */
import { decodeImage } from '../../app/pixels/index.ts';

process.on('message', (path: string) => {
  const started = performance.now();
  const report = (outcome: string): void => {
    process.send!({
      path,
      outcome,
      ms: performance.now() - started,
      rss: process.memoryUsage().rss,
    });
  };
  decodeImage({ path }).then(
    ({ raster }) => {
      const expected = raster.width * raster.height * raster.channels;
      report(raster.data.length === expected ? 'decoded' : 'wrong-size');
    },
    (error: unknown) => report((error as { code?: string }).code ?? `unnamed: ${String(error)}`),
  );
});
