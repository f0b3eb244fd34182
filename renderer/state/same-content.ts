/**
 * Whether two files that a browser handed over are one and the same: by size, and by a fingerprint of both ends, where
 * pictures of one camera differ (header, date, and the end of the compressed data). Whole files of gigabytes are not read for it.
 */

/** Of each end, bytes. */
const END = 256 * 1024;

/** A file that is gone or was changed can not be read: it is no other file’s double. */
export async function sameContent(one: File, other: File): Promise<boolean> {
  if (one.size !== other.size) return false;
  const [a, b] = await Promise.all([fingerprintOf(one), fingerprintOf(other)]);
  return a !== null && a === b;
}

async function fingerprintOf(file: File): Promise<string | null> {
  const ends = new Blob([file.slice(0, END), file.slice(Math.max(END, file.size - END))]);
  try {
    const digest = await crypto.subtle.digest('SHA-256', await ends.arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    return null;
  }
}

/** The first for which `is` answers true. */
export async function firstOf<T>(
  all: readonly T[],
  is: (one: T) => Promise<boolean>,
): Promise<T | undefined> {
  for (const one of all) if (await is(one)) return one;
  return undefined;
}

type Named = Pick<File, 'name'>;

/** Only what is called alike is looked into. */
export const sharesName = (files: readonly Named[], others: readonly Named[]): boolean =>
  files.some(({ name }, at) =>
    [...others, ...files.slice(0, at)].some((other) => other.name === name),
  );
