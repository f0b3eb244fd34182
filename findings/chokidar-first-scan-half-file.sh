#!/usr/bin/env bash
# chokidar's awaitWriteFinish does not hold for what is there when the watch begins: a copy under way is reported half written.
#
# Version:     chokidar 5.0.0, Linux
# Most guess:  with awaitWriteFinish an `add` comes once the size has stood still for stabilityThreshold
# Seen:        a file that is being written when the watcher starts gets its `add` in the first scan, long before it is complete
#              and sooner than the threshold; the same file begun after `ready` gets one `add`, with all of its bytes
# Costs:       a watch folder that is started while a camera card is being copied takes half pictures for whole ones
# Source:      the package's README describes awaitWriteFinish without this limit; run here
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error chokidar@5.0.0
cat > run.mjs <<'JS'
import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import chokidar from 'chokidar';

const threshold = 1500, part = Buffer.alloc(10_000), parts = 8, every = 400;
const copy = async (path) => {
  for (let at = 0; at < parts; at++) { appendFileSync(path, part); await wait(every); }
};
mkdirSync('watched');
const adds = {};
const begun = copy('watched/before.bin');
await wait(50);
const started = performance.now();
const watcher = chokidar.watch('watched', { awaitWriteFinish: { stabilityThreshold: threshold, pollInterval: 100 } });
watcher.on('add', (path) => {
  const name = path.split('/').at(-1);
  adds[name] ??= { afterMs: Math.round(performance.now() - started), bytes: statSync(path).size };
});
await new Promise((ready) => watcher.on('ready', ready));
await Promise.all([begun, copy('watched/after.bin')]);
await wait(threshold + 1500);
await watcher.close();
const whole = parts * part.length;
console.log({ whole, ...adds });
const asSaid = adds['before.bin']?.bytes < whole && adds['before.bin'].afterMs < threshold && adds['after.bin']?.bytes === whole;
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node run.mjs
