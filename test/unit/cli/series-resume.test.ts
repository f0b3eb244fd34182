/** A series that is cancelled and resumed, with the real network; `npm run soak -- series` does so with 500 real slices. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { uniform } from '../../random.ts';
import { soakSeries } from '../../soak/series.ts';
import { madeDicom } from '../scans/made-dicom.ts';

const slices = 20;
const side = 64;

function makeSlices(folder: string): void {
  mkdirSync(folder);
  const next = uniform(14);
  for (let z = 0; z < slices; z++) {
    const words = Uint16Array.from({ length: side * side }, (_, at) =>
      Math.round(400 + 10 * z + (at % side < side / 2 ? 0 : 300) + 80 * (next() + next() - 1)),
    );
    const slice = madeDicom(
      {
        '0008,0018': ['UI', `1.2.3.9.${z + 1}`],
        '0020,000e': ['UI', '1.2.3.9'],
        '0020,0013': ['IS', z + 1],
        '0020,0032': ['DS', `0\\0\\${2 * z}`],
        '0020,0037': ['DS', '1\\0\\0\\0\\1\\0'],
        '0028,0010': ['US', side],
        '0028,0011': ['US', side],
        '0028,0030': ['DS', '0.5\\0.5'],
      },
      words,
    );
    writeFileSync(join(folder, `${String(z).padStart(2, '0')}.dcm`), slice);
  }
}

it('a series that was cancelled and resumed has the bytes of an undisturbed run', async () => {
  await buildAppIfStale();
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-series-'));
  try {
    makeSlices(join(folder, 'in'));
    const found = await soakSeries({ folder, slices, cancelAt: 5, another: true });
    expect(found.identical).toBe(slices);
    expect(found.cancelledAt).toBeGreaterThanOrEqual(5);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 300_000);
