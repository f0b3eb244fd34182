#!/usr/bin/env bash
# A derived value that is read while an effect is torn down no longer hears of what it depends on.
#
# Version:     svelte 5.57.3
# Most guess:  reading in the function that an effect returns is harmless: it gets the earlier value, and nothing else changes
# Seen:        where the derived value depends on other state than before (the item that is in front now, not the one that was), the
#              read runs it again with the earlier values, and ties it to the earlier item's state. It keeps today's value and counts as
#              clean, so later changes of today's item never reach it or who uses it. With `{...derived}` among a component's
#              attributes any property of that component, read in a teardown, is such a read
# Costs:       a part of the page that stays as it was, by chance of the order of effects, until something else changes
# Source:      run here; `get` in svelte/src/internal/client/runtime.js executes the derived value for a teardown
#
# Exits 0 while this is what happens, 1 when it changes.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null
npm install --ignore-scripts --no-audit --no-fund --loglevel=error svelte@5.57.3
cat > strip.svelte.js <<'JS'
import { flushSync } from 'svelte';

/** Two items, one in front; what an effect last saw of the one in front. @param reads whether the other effect's teardown reads it too */
export function seenOf(reads) {
  let front = $state('a');
  const items = { a: makeItem(), b: makeItem() };
  let seen;
  const end = $effect.root(() => {
    const shown = $derived(front === 'a' ? items.a.value : items.b.value);
    $effect(() => { seen = shown; });
    $effect(() => {
      void front;
      return () => { if (reads) void shown; };
    });
  });
  const set = (change) => { change(); flushSync(); return seen; };
  const all = [set(() => {}), set(() => (front = 'b')), set(() => (items.b.value = 1)), set(() => (items.b.value = 2))];
  end();
  return all;
}

function makeItem() {
  let value = $state(0);
  return { get value() { return value; }, set value(to) { value = to; } };
}
JS
cat > run.mjs <<'JS'
import { readFileSync, writeFileSync } from 'node:fs';
import { compileModule } from 'svelte/compiler';
writeFileSync('strip.mjs', compileModule(readFileSync('strip.svelte.js', 'utf8'), { generate: 'client', filename: 'strip.svelte.js' }).js.code);
const { seenOf } = await import('./strip.mjs');
const [without, with_] = [seenOf(false), seenOf(true)];
console.log({ 'no read in the teardown': without, 'read in the teardown': with_ });
const asSaid = without.join() === '0,0,1,2' && with_.join() !== '0,0,1,2';
console.log(asSaid ? 'as described' : 'CHANGED');
process.exit(asSaid ? 0 : 1);
JS
node --conditions=browser run.mjs
