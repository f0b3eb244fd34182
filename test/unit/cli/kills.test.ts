/** A batch that is killed and goes on; `npm run soak -- kills` does so for as long as wanted. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { soakKills } from '../../soak/kills.ts';

it.runIf(process.platform === 'linux')(
  'three kills later everything is as if nobody had disturbed it',
  async () => {
    await buildAppIfStale();
    const folder = mkdtempSync(join(tmpdir(), 'hourglass-kills-'));
    try {
      const { host, engine, both } = await soakKills({ folder, count: 3, seed: 3, files: 4 });
      expect(host + engine + both).toBe(3);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  300_000,
);
