/**
 * What one file may take of a run: time, and memory of the engine. Beyond it the file fails by name and the next one
 * begins, in a fresh engine where the old one has grown.
 */
import { HourglassError } from '../../contract/index.ts';
import type { Program } from '../types.ts';
import { say } from './sentences.ts';

export interface Limits {
  /** From its first byte to its last, seconds. */
  readonly seconds?: number | undefined;
  /** Resident memory of the engine, bytes; what it holds of networks and of files before counts. */
  readonly memoryBytes?: number | undefined;
}

/** The engine tells its memory once a second (`engine/main.ts`). */
const lookEvery = 250;

/**
 * @param work ends when its signal says so
 * @throws HourglassError limit-reached; whatever `work` throws
 */
export async function limited<T>(
  program: Pick<Program, 'engineMemory' | 'endEngine'>,
  { seconds, memoryBytes }: Limits,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (seconds === undefined && memoryBytes === undefined) return work(signal);
  const over = new AbortController();
  let reached: HourglassError | null = null;
  const timer =
    seconds === undefined
      ? undefined
      : setTimeout(() => {
          reached ??= limitReached('time', say('tookTooLong', { seconds }));
          over.abort();
        }, seconds * 1000);
  const watch =
    memoryBytes === undefined
      ? undefined
      : setInterval(() => {
          if (program.engineMemory <= memoryBytes || reached) return;
          const megabytes = Math.round(memoryBytes / 1e6);
          reached = limitReached('memory', say('tookTooMuchMemory', { megabytes }));
          // It does not wait for the engine: what it is told to free, it may free too late.
          program.endEngine(say('memoryLimitReached', { megabytes }));
        }, lookEvery);
  try {
    return await work(AbortSignal.any([signal, over.signal]));
  } catch (error) {
    throw signal.aborted ? error : (reached ?? error);
  } finally {
    clearTimeout(timer);
    clearInterval(watch);
  }
}

const limitReached = (limit: 'time' | 'memory', words: string): HourglassError =>
  new HourglassError('limit-reached', words, { details: { limit } });
