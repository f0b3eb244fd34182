/**
 * Opens one camera raw file as the engine does, the thread included, and prints what that took: the engine is running already when a
 * person opens a file, so the start of this process does not count.
 */
import { defaultLimits } from '../../app/pixels/index.ts';
import { identify } from '../../app/pixels/identify.ts';
import { develop, lookInside } from '../../app/raw/reader.ts';
import type { RawCall } from '../../app/raw/protocol.ts';

const [, , path, quality] = process.argv;
const { signal } = new AbortController();
const started = performance.now();
const before = process.cpuUsage();
const file = await identify(path!);
await develop(file, quality as RawCall['quality'], await lookInside(file), defaultLimits, signal);
const { user, system } = process.cpuUsage(before);
const wall = (performance.now() - started) / 1000;
console.log(JSON.stringify({ cpu: (user + system) / 1e6, wall }));
