/** A picture that is compressed on the screen by another codec than the usual one: the shipped networks with an entropy model of their own. */
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LatentInfo } from '../../../app/contract/latent.ts';
import { encodeEntropyModel, parseEntropyModel } from '../../../app/latent/entropy/index.ts';
import { fitEntropy } from '../../../app/latent/own/entropy-fit.ts';
import { buildAppIfStale } from '../../../build/build.mjs';
import { repositoryRoot } from '../../data.ts';
import { uniform } from '../../random.ts';
import { createTestEngine, hasLatentModel, writePhoto, type TestEngine } from './codec-support.ts';

const shipped = join(repositoryRoot, 'models/latent-photo');
const folder = mkdtempSync(join(tmpdir(), 'latent-other-'));
const at = (name: string): string => join(folder, name);
const bytesOf = (name: string): Buffer => readFileSync(at(name));
let engine: TestEngine;

interface Card {
  parts: { entropy: { sha256: string; bytes: number } };
}

/** The same latents, their symbols foretold from pictures of another kind: noise. */
async function writeOther(): Promise<void> {
  const other = at('models/latent-other');
  cpSync(shipped, other, { recursive: true });
  const card = JSON.parse(readFileSync(join(shipped, 'card.json'), 'utf8')) as Card;
  const usual = parseEntropyModel(readFileSync(join(shipped, 'entropy.bin')));
  const [columns, rows, random] = [16, 16, uniform(3)];
  const channels = usual.channels;
  const y = Float32Array.from(
    { length: channels * columns * rows },
    () => 200 * (random() + random() + random() - 1.5),
  );
  const { signal } = new AbortController();
  const entropy = encodeEntropyModel(
    await fitEntropy([{ y, columns, rows }], channels, usual, signal),
  );
  writeFileSync(join(other, 'entropy.bin'), entropy);
  card.parts.entropy = {
    ...card.parts.entropy,
    sha256: createHash('sha256').update(entropy).digest('hex'),
    bytes: entropy.length,
  };
  writeFileSync(join(other, 'card.json'), JSON.stringify({ ...card, id: 'latent-other' }));
}

describe.runIf(hasLatentModel)('another codec', () => {
  beforeAll(async () => {
    await buildAppIfStale();
    await writeOther();
    engine = createTestEngine({ userModelsFolder: at('models') });
    await writePhoto(at('photo.png'));
  }, 300_000);
  afterAll(async () => {
    await engine.services.inference.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('compresses on the screen what it then writes, and its file needs it', async () => {
    const source = at('photo.png');
    const settings = { quality: 52, model: 'latent-other' };
    const fresh = await engine.run('encode', { source, ...settings, out: at('fresh.hgl') });
    await engine.run('open', { source, document: 'd' });
    const usual = await engine.run('compress', { document: 'd', quality: 52 });
    const shown = await engine.run('compress', { document: 'd', ...settings });
    expect(shown.bytes).toBe(fresh.bytes);
    expect(shown.bytes).not.toBe(usual.bytes);
    await engine.run('encode', { source, ...settings, out: at('kept.hgl') });
    expect(bytesOf('kept.hgl').equals(bytesOf('fresh.hgl'))).toBe(true);
    // What was made by the other one is not taken for this.
    await engine.run('encode', { source, quality: 52, out: at('usual.hgl') });
    expect(bytesOf('usual.hgl').length).toBe(usual.bytes);
    const idOf = async (name: string): Promise<string> =>
      ((await engine.run('info', { source: at(name) })) as LatentInfo).model.id;
    expect([await idOf('kept.hgl'), await idOf('usual.hgl')]).toEqual([
      'latent-other',
      'latent-photo',
    ]);
    engine.services.documents.close('d');
  }, 180_000);
});
