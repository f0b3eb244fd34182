/** Native code can abort a process, and costs its memory: no host loads any. Read in the built files, as they run. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../data.ts';

/** Packages that a built file loads at once, itself or through its chunks. */
function loadedBy(entry: string): Set<string> {
  const packages = new Set<string>();
  const waiting = [join(repositoryRoot, 'dist/app', entry)];
  const seen = new Set(waiting);
  for (const file of waiting) {
    for (const [, from] of readFileSync(file, 'utf8').matchAll(
      /^\s*(?:import|export)\b[^"'();]*?["']([^"']+)["'];?$/gm,
    )) {
      if (!from!.startsWith('.')) packages.add(from!);
      else if (!seen.has(join(dirname(file), from!))) {
        seen.add(join(dirname(file), from!));
        waiting.push(join(dirname(file), from!));
      }
    }
  }
  return packages;
}

describe('what a host loads', () => {
  const native = ['sharp', 'onnxruntime-node'];

  it('is read rightly: the engine has the decoders, and its thread the runtime', () => {
    expect(loadedBy('jobs/engine/main.js')).toContain('sharp');
    expect(loadedBy('runtime/inference-thread.js')).toContain('onnxruntime-node');
  });

  it.each(['hosts/cli/main.js', 'hosts/web/main.js', 'hosts/electron/main.js'])(
    'has no native code: %s',
    (entry) => {
      const loaded = loadedBy(entry);
      expect(loaded.size).toBeGreaterThan(5);
      expect([...loaded].filter((name) => native.includes(name))).toEqual([]);
    },
  );
});
