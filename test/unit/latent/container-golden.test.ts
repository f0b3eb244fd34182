/**
 * Golden latent files: made once per format version, decoded alike for ever. Latents must be identical; pixels,
 * which come from floating-point arithmetic, within one 8-bit step of the kept decode. The documentation's
 * example is held to its bytes here, too.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import {
  decoderFingerprint,
  openLatentFile,
  requireModel,
} from '../../../app/latent/container/index.ts';
import {
  createWasmCoder,
  loadModule,
  parseEntropyModel,
} from '../../../app/latent/entropy/index.ts';
import { decodeImage } from '../../../app/pixels/index.ts';
import { maxValue, type Raster } from '../../../app/pixels/raster.ts';
import { buildAppIfStale } from '../../../build/build.mjs';
import { bytesOfDump, dumpLatentFile, exampleMarks } from '../../../build/latent-dump.ts';
import { repositoryRoot } from '../../data.ts';
import { signal } from './container-support.ts';

interface Golden {
  readonly file: string;
  readonly sha256: string;
  /** Of the latents. */
  readonly hash: string;
  readonly reference: string;
  readonly width: number;
  readonly height: number;
}

const fixtures = join(repositoryRoot, 'test/fixtures/latent');
const list = join(fixtures, 'golden.json');
const golden = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as Golden[]) : [];
if (golden.length === 0)
  process.stderr.write(
    'skipped: golden latent files: there are none yet (node build/make-latent-goldens.mjs makes them)\n',
  );

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface PartsCard {
  readonly id: string;
  readonly version: string;
  readonly parts: Record<
    'entropy' | 'synthesis',
    { readonly file: string; readonly sha256: string }
  >;
}

/** The installed model of a file. */
function installed(id: string): PartsCard & { fingerprint: string } {
  const folder = join(repositoryRoot, 'models', id);
  const card = JSON.parse(readFileSync(join(folder, 'card.json'), 'utf8')) as PartsCard;
  const { entropy, synthesis } = card.parts;
  return {
    ...card,
    fingerprint: decoderFingerprint({ entropy: entropy.sha256, synthesis: synthesis.sha256 }),
  };
}

/** Largest difference, 8-bit steps. */
function largestDifference(one: Raster, other: Raster): number {
  expect([one.width, one.height, one.channels, one.sampleType]).toEqual([
    ...[other.width, other.height, other.channels, other.sampleType],
  ]);
  const step = maxValue(one.sampleType) / 255;
  let most = 0;
  for (let i = 0; i < one.data.length; i++)
    most = Math.max(most, Math.abs(one.data[i]! - other.data[i]!) / step);
  return most;
}

describe.skipIf(golden.length === 0)('golden files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-golden-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(golden)('$file', async (entry) => {
    await buildAppIfStale();
    const path = join(fixtures, entry.file);
    expect(sha256(readFileSync(path))).toBe(entry.sha256);
    const file = await openLatentFile(path);
    expect(await file.verifyContent(signal)).toBe(true);
    expect(file.notices).toEqual([]);
    const { header } = file;
    const { parts } = requireModel(entry.file, header.model, [installed(header.model.id)]);
    const model = parseEntropyModel(
      readFileSync(join(repositoryRoot, 'models', header.model.id, parts.entropy.file)),
    );
    const coder = createWasmCoder(await loadModule(), model);
    const latents = createHash('sha256');
    for (const tile of file.tiles) {
      const { preview, rest } = await file.readTile(tile.index);
      const decoded = coder.decode({
        ...{ preview: preview!, rest: rest!, step: header.step },
        ...{ columns: tile.latentColumns, rows: tile.latentRows },
      });
      expect([decoded.previewCrc, decoded.crc]).toEqual([tile.previewCrc, tile.crc]);
      const { symbols } = decoded;
      latents.update(new Uint8Array(symbols.buffer, symbols.byteOffset, symbols.byteLength));
    }
    expect(latents.digest('hex')).toBe(entry.hash);
    await file.close();
  });

  it('the command line decodes them to the kept pixels', async () => {
    await buildAppIfStale();
    await promisify(execFile)(process.execPath, [
      join(repositoryRoot, 'dist/app/hosts/cli/main.js'),
      'decode',
      ...golden.map(({ file }) => join(fixtures, file)),
      ...['--out', join(folder, '{name}.png'), '--device', 'cpu'],
    ]);
    for (const { reference } of golden) {
      const decoded = await decodeImage({ path: join(folder, reference) });
      const kept = await decodeImage({ path: join(fixtures, reference) });
      expect(largestDifference(decoded.raster, kept.raster), reference).toBeLessThanOrEqual(1);
    }
  }, 120_000);
});

describe('the example in docs/latent-format.md', () => {
  it('is a file, and says of it what the reader says', async () => {
    const page = readFileSync(join(repositoryRoot, 'docs/latent-format.md'), 'utf8');
    const [begin, end] = exampleMarks.map((mark) => page.indexOf(mark)) as [number, number];
    expect(begin).toBeGreaterThan(0);
    const example = page.slice(begin + exampleMarks[0].length, end).trim();
    const bytes = bytesOfDump(example);
    expect(bytes.length).toBeGreaterThan(100);
    expect(example).toBe(`\`\`\`text\n${await dumpLatentFile(bytes)}\n\`\`\``);
    const tiny = join(fixtures, 'tiny.hgl');
    // Once there is a golden file of that name, it is the example.
    if (existsSync(tiny)) expect(sha256(bytes)).toBe(sha256(readFileSync(tiny)));
  });
});
