/**
 * Whose a temporary file or a session's folder is, so that only what nobody needs any more is removed.
 * A folder may be shared between machines and containers, where process ids say nothing: the owner is
 * machine, boot and namespace of processes, and the process with its start. The owner stands in the
 * name, so that a listing is enough to judge.
 *
 * - The same machine, boot and namespace: gone when no process of that id and start is there.
 * - The same machine, another boot or namespace (it was restarted, or a container beside us): gone after
 *   an hour without a sign of life.
 * - Another machine: after three days without one.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync, rmSync, statSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const HOUR = 3_600_000;
const sameMachineSilence = HOUR;
const otherMachineSilence = 72 * HOUR;
/** Owners touch what they keep this often: six signs of life in the shorter of the two times. */
const heartbeat = HOUR / 6;

/** Where processes are numbered. */
export interface Place {
  /** Of the machine, 8 hexadecimal digits. */
  readonly machine: string;
  /** Of its boot and of the namespace in which process ids count, 8 hexadecimal digits. */
  readonly life: string;
}

const digits = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 8);

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
};

/** This process's own. Linux tells all of it (proc(5)); elsewhere boots and namespaces are not told apart. */
function here(): Place {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // No such thing on this system.
  }
  return {
    machine: digits(read('/etc/machine-id'), hostname()),
    life: digits(read('/proc/sys/kernel/random/boot_id'), namespace),
  };
}

const place = here();

/** Of this machine's boot, 8 hexadecimal digits; the same in all of its containers. */
export const boot = digits(read('/proc/sys/kernel/random/boot_id'));

/**
 * When a process began, in the clock ticks of its boot (proc(5), field 22 of `stat`); '0' where the
 * system does not tell; null: there is no such process.
 */
function startOf(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  // The name in brackets may hold anything; the fields after it do not.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const start = fields[19];
  // Killed, and its parent has not asked yet.
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  if (start) return start;
  try {
    process.kill(pid, 0);
    return '0';
  } catch (error) {
    // EPERM: it is alive and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? '0' : null;
  }
}

/** Stands in the names of what this process owns. */
export const owner = ownerName(place, process.pid, startOf(process.pid) ?? '0');

/** As in `owner`. Letters, digits and `-` only. */
export function ownerName({ machine, life }: Place, pid: number, start: string): string {
  return `${machine}-${life}-${pid}-${start}`;
}

/** An owner at the beginning of a text, as `ownerName` writes it. */
export const ownerPattern = '([0-9a-f]{8})-([0-9a-f]{8})-(\\d+)-(\\d+)';

/**
 * True when the owner in a name is gone, so that what has this name may be removed.
 * @param match of `ownerPattern` @param path what is owned: its time is the last sign of life
 */
export function isAbandoned(match: RegExpExecArray, path: string): boolean {
  const [, machine, life, pid, start] = match;
  if (machine === place.machine && life === place.life) {
    const now = startOf(Number(pid));
    return now === null || (now !== start && now !== '0' && start !== '0');
  }
  const limit = machine === place.machine ? sameMachineSilence : otherMachineSilence;
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts !== undefined && Date.now() - facts.mtimeMs > limit;
}

/**
 * The same where the owner also wrote down its `boot`: after a restart of its machine it is gone at once.
 * @param path as of `isAbandoned`
 */
export function isGone(
  who: { readonly owner: string; readonly boot: string },
  path: string,
): boolean {
  const match = new RegExp(`^${ownerPattern}$`).exec(who.owner);
  if (!match) return true;
  return (match[1] === place.machine && who.boot !== boot) || isAbandoned(match, path);
}

const kept = new Set<string>();
let timer: NodeJS.Timeout | null = null;

/** Gives signs of life for a file or folder of ours until it is forgotten. */
export function keepAlive(path: string): void {
  kept.add(path);
  timer ??= setInterval(() => {
    const now = new Date();
    for (const one of kept)
      try {
        utimesSync(one, now, now);
      } catch {
        // Removed by somebody: whoever uses it next says so.
      }
  }, heartbeat).unref();
}

export function stopKeepingAlive(path: string): void {
  kept.delete(path);
  if (kept.size > 0 || !timer) return;
  clearInterval(timer);
  timer = null;
}

/** Removes what abandoned owners left in a folder, of the given names in it. */
export function removeAbandoned(folder: string, names: readonly string[], prefix: string): void {
  const pattern = new RegExp(`^${prefix.replaceAll('.', '\\.')}${ownerPattern}-`);
  for (const name of names) {
    const match = pattern.exec(name);
    const path = join(folder, name);
    try {
      if (match && isAbandoned(match, path)) rmSync(path, { recursive: true, force: true });
    } catch {
      // Not ours to remove after all (another user's); it does no harm.
    }
  }
}
