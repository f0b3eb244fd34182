/**
 * Opens one camera raw file as the engine does, the thread included, and prints what that took: the engine is running already when a
 * person opens a file, so the start of this process does not count. A second time too: what was compiled for the first serves the next.
 */
import { defaultLimits } from '../../app/pixels/index.ts';
import { identify } from '../../app/pixels/identify.ts';
import { createCameraPreview } from '../../app/pixels/camera-preview.ts';
import { develop, lookInside, rawReader } from '../../app/raw/reader.ts';
import type { RawCall } from '../../app/raw/protocol.ts';

const [, , path, quality] = process.argv;
const { signal } = new AbortController();
const readers = { dng: rawReader, raw: rawReader };
const file = await identify(path!);
const uses: { cpu: number; wall: number }[] = [];
for (let round = 0; round < 2; round++) {
  const started = performance.now();
  const before = process.cpuUsage();
  if (quality === 'preview') await createCameraPreview({ path: path!, readers });
  else await develop(file, quality as RawCall['quality'], await lookInside(file), defaultLimits, signal); // prettier-ignore
  const { user, system } = process.cpuUsage(before);
  uses.push({ cpu: (user + system) / 1e6, wall: (performance.now() - started) / 1000 });
}
console.log(JSON.stringify(uses));
