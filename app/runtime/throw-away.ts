/**
 * Runs a check in a process of its own (`probe/main.ts`), for native code that may abort or hang below
 * any `catch`: the death of such a process is a finding. What a finding means is `devices.ts`, and
 * `app/jobs/user-models.ts` for networks that are added.
 */
import type { ZodType } from 'zod';
import { throwIfCancelled } from '../contract/index.ts';
import { say } from './sentences.ts';

/** A process of ours, as far as a check needs it; every `LaunchProcess` of `app/jobs` fits. */
export type LaunchProbe = (
  entry: 'probe',
  args: readonly string[],
) => {
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (reason: string) => void): void;
  kill(): void;
};

export interface ThrowAwayOptions {
  readonly launch: LaunchProbe;
  /** A process that has not answered by then hangs, milliseconds. Default: one minute. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export type Outcome<T> =
  | { readonly kind: 'answer'; readonly value: T }
  /** `reason` is a sentence that begins with "Its check". */
  | { readonly kind: 'hung' | 'died'; readonly reason: string };

/**
 * @param args of `probe/main.ts`, which say what to check
 * @param schema of the answer; a message that does not fit is passed over
 * @throws HourglassError cancelled; the process is killed then, as it is in the end always
 */
export function throwAway<T>(
  args: readonly string[],
  schema: ZodType<T>,
  options: ThrowAwayOptions,
): Promise<Outcome<T>> {
  const { launch, timeoutMs = 60_000, signal } = options;
  if (signal) throwIfCancelled(signal);
  return new Promise((resolve, reject) => {
    const child = launch('probe', args);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      child.kill();
      settle();
    };
    const cancel = (): void =>
      end(() => {
        try {
          throwIfCancelled(signal!);
        } catch (error) {
          reject(error as Error);
        }
      });
    const finish = (outcome: Outcome<T>): void => end(() => resolve(outcome));
    const timer = setTimeout(
      () =>
        finish({
          kind: 'hung',
          reason: say('checkDidNotEndWithin', { seconds: Math.round(timeoutMs / 1000) }),
        }),
      timeoutMs,
    );
    signal?.addEventListener('abort', cancel, { once: true });
    child.onMessage((message) => {
      const answer = schema.safeParse((message as { value?: unknown } | null)?.value);
      if (answer.success) finish({ kind: 'answer', value: answer.data });
    });
    child.onExit((reason) =>
      finish({ kind: 'died', reason: say('checkEndedUnexpectedly', { reason }) }),
    );
  });
}
