#!/usr/bin/env bash
# NIfTI-1: a file that stores its orientation as a quaternion only (qform) can get an affine of NaN from the JavaScript readers.
#
# Version:     nifti-reader-js 0.8.0 and @bids/nifti-reader-js 0.6.9
# Most guess:  a valid header with qform_code > 0 gives twelve finite numbers
# Seen:        b, c, d are stored as float32. For a rotation with a = 0 (half a turn about any axis) their rounded squares add up
#              to slightly more than 1 in about half of the cases; the readers take the root of the negative rest, and every
#              element of the rotation that a enters is NaN, without an error
# Right:       nifti1.h says of the quaternion "a = sqrt(1.0-(b*b+c*c+d*d))" for values that come from a rotation; the reference
#              library (nifti1_io.c, nifti_quatern_to_mat44) takes a = 0 and renormalises b, c, d where 1-(b*b+c*c+d*d) < 1e-7
# Source:      nifti1.h (NIfTI-1.1, section on orientation, method 2); both packages, run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error nifti-reader-js@0.8.0 @bids/nifti-reader-js@0.6.9
cat > run.mjs <<'JS'
import * as current from 'nifti-reader-js';
import * as fork from '@bids/nifti-reader-js';

/** 348 bytes of header, 4 of extension flag, 2 x 2 x 2 voxels of uint8. */
function file(b, c, d) {
  const view = new DataView(new ArrayBuffer(352 + 8));
  const f32 = (at, ...values) => values.forEach((value, i) => view.setFloat32(at + 4 * i, value, true));
  const i16 = (at, ...values) => values.forEach((value, i) => view.setInt16(at + 2 * i, value, true));
  view.setInt32(0, 348, true);
  i16(40, 3, 2, 2, 2, 1, 1, 1, 1);
  i16(70, 2, 8);
  f32(76, 1, 0.8, 0.8, 2.5, 0, 0, 0, 0);
  f32(108, 352);
  i16(252, 1, 0);
  f32(256, b, c, d, -90, 126, -72);
  'n+1\0'.split('').forEach((letter, i) => view.setUint8(344 + i, letter.charCodeAt(0)));
  return view.buffer;
}

const libraries = { 'nifti-reader-js': current, '@bids/nifti-reader-js': fork };
let asSaid = true;
for (const [name, library] of Object.entries(libraries)) {
  const readHeader = library.readHeader ?? library.default.readHeader;
  let over = 0, nan = 0, nanElsewhere = 0;
  for (let degrees = 1; degrees <= 90; degrees++) {
    // Half a turn about an axis in the plane of b and c: a = 0, as an oblique slice that is also flipped has it.
    const angle = (degrees * Math.PI) / 180;
    const [b, c, d] = [Math.fround(Math.cos(angle)), Math.fround(Math.sin(angle)), 0];
    const isOver = b * b + c * c + d * d > 1;
    const header = readHeader(file(b, c, d));
    const isNaNs = header.affine.flat().some(Number.isNaN);
    if (isOver) over++;
    if (isNaNs) nan++;
    if (isNaNs && !isOver) nanElsewhere++;
  }
  console.log(name, { rotations: 90, sumOfSquaresOverOne: over, affineWithNaN: nan });
  asSaid &&= over > 20 && nan === over && nanElsewhere === 0;
}
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
