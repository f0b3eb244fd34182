// `npm run package [-- --target linux|win|mac --arch x64|arm64 --dir --check --electron DIR --out DIR]`: packs the program
// for one system, or with `--check` alone all of them as folders, and proves what is in each. See docs/packaging.md.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';

const tools = join(root, 'build/package');
// What packs is a tree of its own, larger than what the program needs; only who packs installs it.
if (!existsSync(join(tools, 'node_modules/electron-builder'))) {
  console.log('Installing what packing needs …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: tools,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(1);
}
const { packageProgram } = await import('./package/main.mjs');
process.exitCode = await packageProgram(process.argv.slice(2));
