/**
 * Injected faults, for tests of what happens when a device fails. Off unless HOURGLASS_FAULT is set:
 *
 *     HOURGLASS_FAULT=<device>:<kind>[@tile=<n>]        several separated by commas
 *
 * kinds: `throw`, `hang` (for ever), `nan`, `constant` (answers of the device), `oom` (an allocation
 * fails), `abort` (the process dies as in native code). With `@tile=<n>` the fault happens at the
 * n-th tile (from 0) of every run and the device's probe, which has only tiles 0, passes; without, at
 * every tile and in the probe too.
 */

const kinds = ['throw', 'hang', 'nan', 'constant', 'oom', 'abort'] as const;
export type FaultKind = (typeof kinds)[number];

export interface Fault {
  readonly device: string;
  readonly kind: FaultKind;
  /** null: at every tile. */
  readonly tile: number | null;
}

/** @throws Error on a fault that is not understood: a test that injects nothing would pass wrongly */
export function parseFaults(text: string | undefined): readonly Fault[] {
  return (text ?? '')
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const match = /^([a-z]+):([a-z]+)(?:@tile=(\d+))?$/.exec(part.trim());
      const kind = kinds.find((known) => known === match?.[2]);
      if (!match || !kind) throw new Error(`HOURGLASS_FAULT: not understood: ${part}`);
      return { device: match[1]!, kind, tile: match[3] === undefined ? null : Number(match[3]) };
    });
}

export const faultFor = (
  faults: readonly Fault[],
  device: string,
  tile: number,
): FaultKind | null =>
  faults.find((fault) => fault.device === device && (fault.tile === null || fault.tile === tile))
    ?.kind ?? null;

/**
 * Makes the fault happen in place of the device's answer.
 * @param output filled for `nan` and `constant`
 * @throws Error for `throw` and `oom`; does not return for `hang` and `abort`
 */
export function commitFault(kind: FaultKind, output: Float32Array): void {
  switch (kind) {
    case 'throw':
      throw new Error('injected fault: the device was lost');
    case 'oom':
      throw new Error('injected fault: std::bad_alloc, failed to allocate memory');
    case 'nan':
      output.fill(Number.NaN);
      return;
    case 'constant':
      output.fill(0);
      return;
    case 'hang':
      // Blocks this thread exactly as a driver that never returns does.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      return;
    case 'abort':
      // `process.abort()` does not exist in worker threads; the signal ends the process just so.
      process.kill(process.pid, 'SIGABRT');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
}
