/**
 * What tells files and settings apart: fingerprints of inputs, hashes of results, hashes of settings.
 *
 * An input's fingerprint is its size, its time of change to the nanosecond, and its first and last 64 KiB. A hash
 * of the whole would read every byte of a tree twice (40,000 camera files are 1 TB); what these parts can not
 * see, a change in the middle that keeps size *and* time, no camera and no editor makes. The inode is not in it:
 * a tree that was copied with its times or came back from a backup is the same tree. A result is
 * hashed whole: it was just written and lies in memory, and its hash is the proof that it is whole.
 */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import {
  counted,
  parseInput,
  rolesOf,
  throwIfCancelled,
  type CommandId,
} from '../../contract/index.ts';
import { stampOfFacts } from '../../pixels/stamp.ts';

/** Bytes that are read at either end of an input. */
const endBytes = 65_536;

/** Bytes of a file that are hashed at a time: the first ones, and the others where there are more. */
const hashed = { first: 1 << 16, next: 1 << 17 } as const;

export interface InputFacts {
  /** All files of it together. */
  readonly bytes: number;
  /** 32 hexadecimal digits. */
  readonly fingerprint: string;
  /** Sizes and times of change; as `stampOf` finds them. */
  readonly stamp: string;
  /** Device and inode of each, where the file system has them. */
  readonly nodes: readonly string[];
}

/**
 * @param paths all files of an input
 * @throws of the file system
 */
export async function fingerprintOf(
  paths: readonly string[],
  {
    ends = () => {},
    times = true,
  }: {
    /** Is shown the first and the last bytes of the first file. */
    readonly ends?: (head: Buffer, tail: Buffer) => void;
    /** False: a copy with another time of change is the same. */
    readonly times?: boolean;
  } = {},
): Promise<InputFacts> {
  const hash = createHash('sha256');
  const stamps: string[] = [];
  const nodes: string[] = [];
  let bytes = 0;
  for (const [position, path] of paths.entries()) {
    const file = await open(path, 'r');
    try {
      const facts = await file.stat({ bigint: true });
      const { size, dev, ino } = facts;
      const stamp = stampOfFacts(facts);
      const length = Number(size);
      const head = await part(file, 0, Math.min(length, endBytes));
      const rest = Math.min(length - head.length, endBytes);
      const tail = await part(file, length - rest, rest);
      hash
        .update(times ? `${stamp}\n` : `${size}\n`)
        .update(head)
        .update(tail);
      stamps.push(stamp);
      if (ino !== 0n) nodes.push(`${dev}:${ino}`);
      bytes += length;
      if (position === 0) ends(head, tail);
    } finally {
      await file.close();
    }
  }
  return {
    bytes,
    fingerprint: hash.digest('hex').slice(0, 32),
    stamp: stamps.join('\n'),
    nodes,
  };
}

async function part(file: FileHandle, from: number, length: number): Promise<Buffer> {
  if (length === 0) return Buffer.alloc(0);
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, from);
  return bytes.subarray(0, bytesRead);
}

/** SHA-256 of a whole file, hexadecimal, and its size. @throws of the file system; cancelled */
export async function hashOfFile(
  path: string,
  signal?: AbortSignal,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  // Most results are small, and thousands of large buffers are work for the garbage collector.
  let buffer = Buffer.allocUnsafe(hashed.first);
  let bytes = 0;
  const file = await open(path, 'r');
  try {
    for (;;) {
      if (signal) throwIfCancelled(signal);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
      if (bytesRead === hashed.first) buffer = Buffer.allocUnsafe(hashed.next);
    }
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** Fields that change where a result goes or how it comes about, not what is in it. */
const besides = new Set([...Object.keys(counted), 'overwrite', 'threads', 'allowMemory']);

/** What was asked for, with its defaults, without the file it is asked of. @throws HourglassError invalid-parameter */
export function settingsOf(
  command: CommandId,
  settings: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const roles = rolesOf(command);
  const { reads } = roles;
  const filled = parseInput(roles, { ...settings, ...(reads ? { [reads.field]: '-' } : {}) });
  const own = [reads?.field, reads?.files, reads?.series, ...Object.keys(counted)];
  return Object.fromEntries(Object.entries(filled).filter(([field]) => !own.includes(field)));
}

/** Equal for settings that make the same result of the same file. @param settings as of `settingsOf` */
export function hashOfSettings(
  command: CommandId,
  settings: Readonly<Record<string, unknown>>,
): string {
  const place = rolesOf(command).writes?.field;
  const fields = Object.entries(settings)
    .filter(([field, value]) => field !== place && !besides.has(field) && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([command, fields]))
    .digest('hex')
    .slice(0, 32);
}
