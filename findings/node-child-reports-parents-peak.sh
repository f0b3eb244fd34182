#!/usr/bin/env bash
# The memory peak that a fresh process tells of itself is its parent's.
#
# Version:     Node 20.20.2 on Linux 6.18 (getrusage(2) by libuv); the version that runs is printed
# Most guess:  process.resourceUsage().maxRSS is what this process took, so that a child per job measures the job
# Seen:        a child that does nothing tells 600 MB where the parent that started it holds 600 MB, and 40 MB where the parent is
#              small. VmHWM in /proc/self/status is right in both. A bench that decodes each file in a child of its own so measures
#              itself: a picture that takes 50 MB "takes" what the bench held
# Source:      getrusage(2) says maxrss is kept by the process, not by its program; Linux carries the peak of the memory that was
#              shared or copied at the fork over into the new program (fs/exec.c, exec_mmap: setmax_mm_hiwater_rss of the old one).
#              Run here
#
# Exits 0 while this is what happens, 1 when it changes. Nothing is installed: it is Node itself.
set -euo pipefail
[ "$(uname -s)" = Linux ] || { echo 'skipped: Linux only'; exit 0; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
cat > run.mjs <<'JS'
import { spawnSync } from 'node:child_process';
const child = `
  const status = require('node:fs').readFileSync('/proc/self/status', 'utf8');
  const own = Number(/VmHWM:\\s+(\\d+)/.exec(status)[1]);
  console.log(JSON.stringify({ maxRssMb: process.resourceUsage().maxRSS >> 10, vmHwmMb: own >> 10 }));
`;
const ask = () => JSON.parse(spawnSync(process.execPath, ['-e', child], { encoding: 'utf8' }).stdout);
const small = ask();
const held = Buffer.alloc(600e6, 1);
const large = ask();
console.log(process.version, { small, large }, held.length);
const asSaid = small.maxRssMb < 200 && large.maxRssMb > 500 && large.vmHwmMb < 200;
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
