/**
 * Ends this process when it takes too much memory. A file that a stranger made may ask for any amount,
 * and the system would choose another program to end. Native code holds the JavaScript thread, so a
 * thread of its own watches.
 */
import { Worker } from 'node:worker_threads';

const watch = `
  const { workerData } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  setInterval(() => {
    if (process.memoryUsage.rss() < workerData) return;
    writeSync(2, 'Error: it took more than ' + Math.round(workerData / 1e6) + ' MB of memory\\n');
    process.kill(process.pid, 'SIGTERM');
  }, 20);
`;

/** @param bytes resident memory of the whole process */
export const guardMemory = (bytes: number): void => {
  new Worker(watch, { eval: true, workerData: bytes }).unref();
};
