/**
 * What a process and everything that it starts use: CPU time and peak memory. Linux tells it in /proc;
 * elsewhere the answers are null. The tree is found by parents, since not every kernel lists children.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Ticks per second in /proc (`USER_HZ`): 100 on every architecture that Node runs on (proc(5)). */
const TICKS = 100;

interface Stat {
  readonly parent: number;
  /** Ticks since boot; with the id it names a process for ever. */
  readonly started: string;
  /** Seconds of its own threads, user and system. */
  readonly own: number;
  /** Seconds of its children that have ended and were waited for, theirs included. */
  readonly children: number;
}

/** One line of /proc/<pid>/stat; the name in brackets may hold anything. Null: no such process. */
function statOf(pid: number | 'self'): Stat | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const ticks = (at: number): number => Number(fields[at]);
    return {
      parent: Number(fields[1]),
      own: (ticks(11) + ticks(12)) / TICKS,
      children: (ticks(13) + ticks(14)) / TICKS,
      started: fields[19]!,
    };
  } catch {
    return null;
  }
}

/** Seconds of CPU of all ended children of this process, theirs included; null where it is not told. */
export const endedChildrenSeconds = (): number | null => statOf('self')?.children ?? null;

/** A process and its descendants, root first; a child whose parent has gone before is not found. */
function treeOf(root: number): { pid: number; stat: Stat }[] {
  const children = new Map<number, { pid: number; stat: Stat }[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const stat = pid > 0 ? statOf(pid) : null;
    if (!stat) continue;
    const siblings = children.get(stat.parent) ?? [];
    siblings.push({ pid, stat });
    children.set(stat.parent, siblings);
  }
  const own = statOf(root);
  const tree = own ? [{ pid: root, stat: own }] : [];
  for (const { pid } of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** Seconds of CPU that a living process and its descendants have used; null where it is not told. */
export function treeSeconds(root: number): number | null {
  const tree = processesTold() ? treeOf(root) : [];
  if (tree.length === 0) return null;
  return tree.reduce((sum, { stat }) => sum + stat.own + stat.children, 0);
}

let told: boolean | null = null;
const processesTold = (): boolean => (told ??= statOf('self') !== null);

export interface TreeUse {
  /**
   * Sum of each process's own high-water mark (`VmHWM`); pages that they share count in each, so this is an
   * upper bound. Null where the system does not tell.
   */
  readonly peakBytes: number | null;
  /** Of what the looks at it saw: some milliseconds of each process's end are missing. */
  readonly cpuSeconds: number | null;
}

/** Watches a process and its descendants until told to stop. */
export function watchTree(root: number, everyMs = 50): { now(): TreeUse; stop(): TreeUse } {
  const peaks = new Map<string, number>();
  const seconds = new Map<string, number>();
  const look = (): void => {
    if (!processesTold()) return;
    for (const { pid, stat } of treeOf(root)) {
      const id = `${pid}@${stat.started}`;
      seconds.set(id, stat.own);
      const peak = highWaterMark(pid);
      if (peak !== null) peaks.set(id, peak);
    }
  };
  look();
  const timer = setInterval(look, everyMs);
  const total = (values: Map<string, number>): number | null =>
    values.size === 0 ? null : [...values.values()].reduce((sum, value) => sum + value, 0);
  const now = (): TreeUse => {
    look();
    return { peakBytes: total(peaks), cpuSeconds: total(seconds) };
  };
  return {
    now,
    stop() {
      clearInterval(timer);
      return now();
    },
  };
}

/** Memory that a process and its descendants hold now, bytes, shared pages in each; null where it is not told. */
export function residentBytes(root: number): number | null {
  const tree = processesTold() ? treeOf(root) : [];
  if (tree.length === 0) return null;
  return tree.reduce((sum, { pid }) => sum + (sizeFromStatus(pid, 'VmRSS') ?? 0), 0);
}

const highWaterMark = (pid: number): number | null => sizeFromStatus(pid, 'VmHWM');

/** Bytes; null for a process that has just ended: it has no such line any more. */
function sizeFromStatus(pid: number, field: 'VmHWM' | 'VmRSS'): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const found = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status);
    return found ? Number(found[1]) * 1024 : null;
  } catch {
    return null;
  }
}
