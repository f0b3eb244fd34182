/**
 * Whether a picture was made by Hourglass, found in its bytes without decoding it: results carry the history of
 * `metadata/xmp.ts` where their format keeps such text, near the beginning or the end of the file.
 */
import { open } from 'node:fs/promises';
import { namespace } from './metadata/xmp.ts';

/** A line of the history: "Hourglass 0.1.0: what was done". */
const line = /<rdf:li>[^<]*?Hourglass [^<:]*: ([^<]*)<\/rdf:li>/g;

/**
 * @param parts of a file, its first and its last bytes for example
 * @returns what was done to it last, as its mark says; null: these bytes hold no mark
 */
export function ownMarkIn(parts: readonly Buffer[]): string | null {
  for (const part of parts) {
    const at = part.indexOf(namespace);
    if (at < 0) continue;
    const text = part.toString('utf8', at, Math.min(part.length, at + 65_536));
    return [...text.matchAll(line)].at(-1)?.[1] ?? '';
  }
  return null;
}

/** Where JPEG's segments before the picture end, if that is beyond `head`. */
function endOfSegments(head: Buffer): number | null {
  if (head.readUInt16BE(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 4 <= head.length) {
    if (head[at] !== 0xff || head[at + 1] === 0xda) return null;
    at += 2 + head.readUInt16BE(at + 2);
  }
  return at;
}

/** Most of a file that is looked through for a mark behind long segments, bytes. */
const mostHead = 1 << 20;

/**
 * The same for a file of which the first and last bytes have been read already.
 * @throws of the file system
 */
export async function ownMarkOf(path: string, head: Buffer, tail: Buffer): Promise<string | null> {
  const found = ownMarkIn([head, tail]);
  if (found !== null || head.length < 4 || tail.length === 0) return found;
  if (endOfSegments(head) === null) return null;
  const file = await open(path, 'r');
  try {
    const more = Buffer.alloc(mostHead);
    const { bytesRead } = await file.read(more, 0, mostHead, 0);
    return ownMarkIn([more.subarray(0, bytesRead)]);
  } finally {
    await file.close();
  }
}
