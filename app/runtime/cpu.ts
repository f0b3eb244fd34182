/** What the processor is: its name for people and the number of threads for the network. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { say } from './sentences.ts';

/**
 * Threads for one inference: the physical cores that this process may use. Hyper-threads share the
 * vector units that convolutions fill. 0 lets ONNX Runtime count, where the system does not tell us.
 */
export function inferenceThreads(): number {
  if (process.platform !== 'linux') return 0;
  const available = availableParallelism();
  try {
    const cores = new Set<string>();
    for (const block of readFileSync('/proc/cpuinfo', 'utf8').split('\n\n')) {
      const socket = /^physical id\s*:\s*(\d+)/m.exec(block)?.[1];
      const core = /^core id\s*:\s*(\d+)/m.exec(block)?.[1];
      if (socket !== undefined && core !== undefined) cores.add(`${socket}/${core}`);
    }
    return cores.size === 0 ? available : Math.min(cores.size, available);
  } catch {
    // /proc may be hidden in a sandbox; the logical count is right without hyper-threads.
    return available;
  }
}

/** For example "CPU (AMD EPYC, 2 cores)". */
export function cpuLabel(): string {
  const model = cpus()[0]?.model.replace(/\((R|TM)\)|\bCPU\b|\bProcessor\b|@.*$/gi, '') ?? '';
  const name = model.replace(/\s+/g, ' ').trim();
  const count = availableParallelism();
  return name ? say('cpuNamed', { name, count }) : say('cpu', { count });
}
