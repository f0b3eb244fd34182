/** What is kept of a document that is shown compressed: the bytes of the file, and its latents. */
import { readFileSync, rmSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LatentStore } from '../../../app/latent/latent-store.ts';
import { buildAppIfStale } from '../../../build/build.mjs';
import { createTestEngine, hasLatentModel, writePhoto, type TestEngine } from './codec-support.ts';

let folder = '';
let engine: TestEngine;
const at = (name: string): string => join(folder, name);
const patience = 180_000;

beforeAll(async () => {
  await buildAppIfStale();
  folder = await mkdtemp(join(tmpdir(), 'latent-shown-'));
  engine = createTestEngine();
  await writePhoto(at('photo.png'));
}, 300_000);
afterAll(async () => {
  await engine.services.inference.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(hasLatentModel)('a document that is shown compressed', () => {
  it(
    'what is shown is what is written, byte for byte, without being made again',
    { timeout: patience },
    async () => {
      const source = at('photo.png');
      const settings = { quality: 52, clean: 'auto' as const };
      const fresh = await engine.run('encode', { source, ...settings, out: at('fresh.hgl') });
      await engine.run('open', { source, document: 'shown' });
      const shown = await engine.run('compress', { document: 'shown', ...settings });
      engine.steps.length = 0;
      const written = await engine.run('encode', { source, ...settings, out: at('kept.hgl') });
      expect(readFileSync(at('kept.hgl')).equals(readFileSync(at('fresh.hgl')))).toBe(true);
      expect(statSync(at('kept.hgl')).mtimeMs).toBe(statSync(at('fresh.hgl')).mtimeMs);
      const { output, seconds, megapixelsPerSecond } = fresh;
      expect({ ...written, output, seconds, megapixelsPerSecond }).toEqual(fresh);
      expect(written.bytes).toBe(shown.bytes);
      // Opened, written: no stage of analysis, cleaning or coding in between.
      const said = () => engine.steps.map(({ message }) => message);
      expect(said()).toEqual(['Opening photo.png', 'Writing']);
      for (const other of [
        { ...settings, quality: 53 },
        { ...settings, clean: 0 },
      ]) {
        engine.steps.length = 0;
        await engine.run('encode', { source, ...other, out: at('other.hgl'), overwrite: true });
        expect(said()).not.toContain('Writing');
      }
      engine.services.documents.close('shown');
    },
  );

  it(
    'latents go with their document, also when they are in use',
    { timeout: patience },
    async () => {
      const closing = vi.spyOn(LatentStore.prototype, 'close');
      const open = () => engine.run('open', { source: at('photo.png'), document: 'closing' });
      await open();
      await engine.run('compress', { document: 'closing', quality: 30 });
      // Those of the document before have gone.
      const before = closing.mock.calls.length;
      engine.services.documents.close('closing');
      expect(closing.mock.calls.length).toBe(before + 1);
      await open();
      const used = engine.run('compress', { document: 'closing', quality: 31 });
      await vi.waitFor(() => {
        expect(engine.steps.at(-1)?.message).toMatch(/^Coding/);
      }, patience);
      engine.services.documents.close('closing');
      expect(closing.mock.calls.length).toBe(before + 1);
      await used.catch(() => undefined);
      expect(closing.mock.calls.length).toBe(before + 2);
      closing.mockRestore();
    },
  );
});
