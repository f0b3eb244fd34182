/**
 * Ids that carry the moment when they were made: UUIDs of version 7 (RFC 9562). A run has one, so that whatever is derived
 * from it (UIDs and times of DICOM) is the same on each machine that works for it, and after it was taken up again.
 */

/** @param now milliseconds since 1970 */
export function timedId(now = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let at = 5, rest = now; at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Milliseconds since 1970 when an id was made; null: it carries no time. */
export function timeOfId(id: string): number | null {
  const found = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.exec(
    id,
  );
  return found ? parseInt(found[1]! + found[2]!, 16) : null;
}
