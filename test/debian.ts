/**
 * Debian's tools that tests compare with: found, or installed where that is possible without asking anybody (root on Debian),
 * else null, and the reason is printed once.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const isThere = (program: string): boolean =>
  spawnSync('which', [program], { stdio: 'ignore' }).status === 0;

/** @returns the program's name, or null: tests that need it say so and are skipped */
export function debianTool(program: string, packageName: string): string | null {
  if (isThere(program)) return program;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args: string[]): boolean =>
      spawnSync('apt-get', args, { stdio: 'ignore', env, timeout: 120_000 }).status === 0;
    const install = ['install', '-y', '--no-install-recommends', packageName];
    if (apt(...install) || (apt('update') && apt(...install))) if (isThere(program)) return program;
  }
  process.stderr.write(
    `${program} is missing (Debian package ${packageName}): its tests are skipped.\n`,
  );
  return null;
}
