/**
 * The kinds of process that the program starts, and what they have in common however a host starts them:
 * what they said before they died, and that their end is told once. Starting is `launch.ts` under plain Node
 * and `hosts/electron/engine-process.ts`; what is said to them lives in `types.ts`, when in `supervisor.ts`.
 */
import { say } from './sentences.ts';

export interface ProcessKind {
  /** Built file, relative to the folder of the built application. */
  readonly entry: string;
  /** How lists of processes call it, where the host can say. */
  readonly title: string;
  /** Variables that it has besides the host's own, which win. */
  readonly env: Readonly<Record<string, string>>;
}

export const processKinds = {
  engine: {
    entry: 'jobs/engine/main.js',
    title: 'Hourglass engine',
    // Decoders, an encoder of the view and one of work hold a thread each, and hung ones for good; files must
    // still be read and written beside them.
    env: { UV_THREADPOOL_SIZE: '8' },
  },
  probe: { entry: 'runtime/probe/main.js', title: 'Hourglass device check', env: {} },
} as const satisfies Record<string, ProcessKind>;

export type ProcessKindId = keyof typeof processKinds;

/** The environment of a process. @param own of the host */
export const environmentOf = (kind: ProcessKindId, own: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...processKinds[kind].env,
  ...own,
});

/** Lines of a process's stderr that are kept to explain its end. */
const keptLines = 20;

/**
 * @returns Node's options for a process of ours. Source maps only where someone looks for a fault
 *   (HOURGLASS_DEBUG): reading them costs every start 6 % of its processor time.
 */
export const debugFlags = (): readonly string[] =>
  process.env.HOURGLASS_DEBUG ? ['--enable-source-maps'] : [];

/** @returns the last lines that were said, as they come; shown as well when HOURGLASS_DEBUG is set */
export function lastWords(stderr: NodeJS.ReadableStream | null): readonly string[] {
  const said: string[] = [];
  stderr?.setEncoding('utf8');
  stderr?.on('data', (text: string) => {
    if (process.env.HOURGLASS_DEBUG) process.stderr.write(text);
    said.push(...text.split('\n').filter((line) => line.trim() !== ''));
    said.splice(0, said.length - keptLines);
  });
  return said;
}

/** The end of a process: told to each listener once, also to one that comes later. */
export class Ending {
  #reason: string | null = null;
  readonly #listeners: ((reason: string) => void)[] = [];

  get isOver(): boolean {
    return this.#reason !== null;
  }

  /** The first reason counts. */
  tell(reason: string): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    for (const listener of this.#listeners.splice(0)) listener(reason);
  }

  listen(listener: (reason: string) => void): void {
    const reason = this.#reason;
    if (reason === null) this.#listeners.push(listener);
    else queueMicrotask(() => listener(reason));
  }
}

/** Why a process ended, in words: signal or code, and the line of its stderr that tells most. */
export function deathReason(
  code: number | null,
  signal: string | null,
  stderr: readonly string[],
): string {
  const how =
    signal === 'SIGKILL'
      ? say('killed')
      : signal
        ? say('endedBySignal', { signal })
        : code === 134
          ? say('endedBySignal', { signal: 'SIGABRT' })
          : code === null
            ? say('endedWithUnknownCode')
            : say('endedWithCode', { code });
  const telling =
    stderr.find((line) => /heap out of memory|bad_alloc|FATAL ERROR/i.test(line)) ??
    stderr.find((line) => /^\w*(Error|Exception)\b|terminate called|what\(\):/.test(line.trim()));
  return telling ? say('endedSaying', { how, line: telling.trim().slice(0, 200) }) : how;
}
