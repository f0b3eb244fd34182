/** Decodes one file for `peak.ts`, and tells how far its memory rose above what it began with. */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { decodeImage, defaultLimits } from '../../app/pixels/index.ts';

process.on('message', (path: string) => void measure(path));

/** `resourceUsage().maxRSS` would be that of the process that this one was forked from, where that held more. */
const highest = (): number =>
  1024 * Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);

async function measure(path: string): Promise<void> {
  // The libraries are loaded, and have their threads.
  await sharp({ create: { width: 8, height: 8, channels: 3, background: 'gray' } })
    .png()
    .toBuffer();
  const before = process.memoryUsage().rss;
  const limits = { ...defaultLimits, timeoutMs: 600_000 };
  const { raster } = await decodeImage({ path, limits });
  const peak = highest() - before;
  process.send!({ peak, raster: raster.data.byteLength });
  process.disconnect();
}
