/** Peak memory of processes that a bench watches. */
import { readFileSync } from 'node:fs';

/**
 * Watches a process and its children (Linux: `VmHWM`, the kernel's own high-water mark, cheap to read;
 * shared pages count in each process, so the sum is an upper bound).
 * @returns `stop` ends the watch and gives the sum in bytes; null where the system does not tell
 */
export function watchPeaks(pid: number): { stop(): number | null } {
  const peaks = new Map<number, number>();
  const timer = setInterval(() => readPeaks(pid, peaks), 100);
  return {
    stop() {
      clearInterval(timer);
      return peaks.size === 0 ? null : [...peaks.values()].reduce((sum, peak) => sum + peak, 0);
    },
  };
}

function readPeaks(pid: number, peaks: Map<number, number>): void {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const peak = /^VmHWM:\s+(\d+)/m.exec(status);
    // A process that has just ended has no such line any more.
    if (peak) peaks.set(pid, Number(peak[1]) * 1024);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    for (const child of children.split(' ').filter(Boolean)) readPeaks(Number(child), peaks);
  } catch {
    // The process has ended; what was read before stays.
  }
}
