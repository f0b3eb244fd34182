/** Large temporary data goes to a disk, also where caches and the system's temporary folder are memory. */
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../../app/pixels/temporaries.ts';

const TMPFS = 0x01021994;
const memory = '/dev/shm';
const hasMemory = (() => {
  try {
    return statfsSync(memory).type === TMPFS && statfsSync('/var/tmp').type !== TMPFS;
  } catch {
    return false;
  }
})();
afterEach(() => vi.unstubAllEnvs());

it.runIf(hasMemory)('not to memory', () => {
  const folder = mkdtempSync(`${memory}/hourglass-test-`);
  try {
    vi.stubEnv('HOURGLASS_TEMP', undefined);
    vi.stubEnv('TMPDIR', folder);
    vi.stubEnv('XDG_CACHE_HOME', folder);
    expect(statfsSync(temporaryFolder()).type).not.toBe(TMPFS);
    vi.stubEnv('HOURGLASS_TEMP', folder);
    expect(temporaryFolder()).toBe(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
