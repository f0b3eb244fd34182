/**
 * Injected faults, for tests of what happens when a device fails. Off unless HOURGLASS_FAULT is set:
 *
 *     HOURGLASS_FAULT=<device>:<kind>[@tile=<n>|@above=<side>]      several separated by commas
 *
 * kinds: `throw`, `hang` (for ever), `nan`, `constant` (answers of the device), `oom` (an allocation
 * fails), `abort` (the process dies as in native code). With `@tile=<n>` the fault happens at the
 * n-th tile (from 0) of every run; with `@above=<side>` at tiles of a larger side; without, at every
 * tile. The device's probe meets only faults without a condition.
 */

const kinds = ['throw', 'hang', 'nan', 'constant', 'oom', 'abort'] as const;
export type FaultKind = (typeof kinds)[number];

export interface Fault {
  readonly device: string;
  readonly kind: FaultKind;
  /** null: at every tile. */
  readonly tile: number | null;
  /** null: at every side. */
  readonly above: number | null;
}

/** @throws Error on a fault that is not understood: a test that injects nothing would pass wrongly */
export function parseFaults(text: string | undefined): readonly Fault[] {
  return (text ?? '')
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const match = /^([a-z]+):([a-z]+)(?:@(tile|above)=(\d+))?$/.exec(part.trim());
      const kind = kinds.find((known) => known === match?.[2]);
      if (!match || !kind) throw new Error(`HOURGLASS_FAULT: not understood: ${part}`);
      const condition = (name: string) => (match[3] === name ? Number(match[4]) : null);
      return { device: match[1]!, kind, tile: condition('tile'), above: condition('above') };
    });
}

/** The fault of a device at the `order`-th tile of a run, of a side; null: none. */
export const faultFor = (
  faults: readonly Fault[],
  device: string,
  order: number,
  side: number,
): FaultKind | null =>
  faults.find(
    ({ device: at, tile, above }) =>
      at === device && (tile === null || tile === order) && (above === null || side > above),
  )?.kind ?? null;

/** The fault that a device's probe meets. */
export const probeFault = (faults: readonly Fault[], device: string): FaultKind | null =>
  faultFor(
    faults.filter(({ tile, above }) => tile === null && above === null),
    device,
    0,
    0,
  );

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
