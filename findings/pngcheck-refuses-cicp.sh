#!/usr/bin/env bash
# The checker of PNG files that everybody has calls the standard's own HDR chunk an error.
#
# Version:     pngcheck 3.0.3 (Debian 12: 3.0.3-1)
# Most guess:  a chunk that is in the standard passes, or is passed over: ancillary chunks that a reader does not know shall be ignored
# Seen:        a 2 × 2 PNG with cICP (Display P3 as code points) is "illegal (unless recently approved)", ERRORS DETECTED, exit 2, so
#              that a test which trusts it takes every HDR or P3 picture for broken. eXIf, younger than the tool's beginnings, passes,
#              and so does the same file without cICP
# Source:      PNG Third Edition (W3C Recommendation, 24 June 2025), among its colour space chunks: cICP, Coding-independent code points. Run here
#
# Exits 0 while this is what happens, 1 when it changes. Takes the tool out of Debian's package, which it does not install.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
apt-get download pngcheck=3.0.3-1 >/dev/null
dpkg -x pngcheck_*.deb tool
cat > make.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});
const crc = (bytes) => ~bytes.reduce((c, byte) => table[(c ^ byte) & 255] ^ (c >>> 8), ~0) >>> 0;
const chunk = (type, ...data) => {
  const body = Buffer.from([...Buffer.from(type), ...data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
};
const png = (...extra) =>
  Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', 0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0),
    ...extra,
    chunk('IDAT', ...deflateSync(Buffer.alloc(14))),
    chunk('IEND'),
  ]);
writeFileSync('plain.png', png());
writeFileSync('cicp.png', png(chunk('cICP', 12, 13, 0, 1)));
writeFileSync('exif.png', png(chunk('eXIf', ...Buffer.from('4d4d002a00000008000000000000', 'hex'))));
JS
node make.mjs
code() { local rc=0; tool/usr/bin/pngcheck -v "$1" || rc=$?; echo "exit $rc"; return $rc; }
as_said=yes
code plain.png || as_said=no
code exif.png || as_said=no
if code cicp.png; then as_said=no; fi
[ "$as_said" = yes ] && echo 'as described' || { echo CHANGED; exit 1; }
