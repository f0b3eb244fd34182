/** Native code can abort a process, and costs its memory: no host loads any. Read in the built files, as they run. */
import { build } from 'esbuild';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../data.ts';

/** Packages that a built file loads, itself or through its chunks, at once or when it needs them. */
async function loadedBy(entry: string): Promise<Set<string>> {
  const { metafile } = await build({
    ...{ absWorkingDir: join(repositoryRoot, 'dist/app'), entryPoints: [entry] },
    ...{ bundle: true, packages: 'external', platform: 'node', format: 'esm' },
    ...{ write: false, outdir: 'unwritten', metafile: true, logLevel: 'error' },
  });
  const packages = new Set<string>();
  const waiting = [entry];
  const seen = new Set(waiting);
  for (const file of waiting)
    for (const { path, external, kind } of metafile.inputs[file]!.imports) {
      if (kind !== 'import-statement' && kind !== 'dynamic-import') continue;
      if (external) packages.add(path);
      else if (!seen.has(path)) waiting.push(path);
      seen.add(path);
    }
  return packages;
}

describe('what a host loads', () => {
  const native = ['sharp', 'onnxruntime-node'];

  it('is read rightly: the engine has the decoders, and its thread the runtime', async () => {
    expect(await loadedBy('jobs/engine/main.js')).toContain('sharp');
    expect(await loadedBy('runtime/inference-thread.js')).toContain('onnxruntime-node');
  });

  it.each(['hosts/cli/main.js', 'hosts/web/main.js', 'hosts/electron/main.js'])(
    'has no native code: %s',
    async (entry) => {
      const loaded = await loadedBy(entry);
      expect(loaded.size).toBeGreaterThan(5);
      expect([...loaded].filter((name) => native.includes(name))).toEqual([]);
    },
  );
});
