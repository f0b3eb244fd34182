/**
 * The two real series of the data pack, cleaned by the built command line with the real network: slices under other names and out of
 * order, one missing between them, one of another series, and a text among them. What comes out is the same two series, in the same
 * places, with everything that was not listed as changed, and nothing of the sources is touched.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAppIfStale } from '../../build/build.mjs';
import { groupFiles } from '../../app/hosts/shared/grouping.ts';
import { decodeImage } from '../../app/pixels/index.ts';
import { parseDicom } from '../../app/scans/dicom/file.ts';
import { findingsOf, seriesOf } from '../../app/scans/dicom/series.ts';
import { readSlice, type Slice } from '../../app/scans/dicom/slice.ts';
import { dataPack, noDataPack } from '../data.ts';
import { realSeries } from '../long-series.ts';
import { denoiseLines } from '../unit/cli/denoise-lines.ts';
import { changedBeside, valuesOf } from '../unit/scans/changed-tags.ts';
import { dciodvfy, dcmdump, errorsOf, excepted } from '../unit/scans/pack-objects.ts';
import { readers } from '../unit/scans/written.ts';

const { signal } = new AbortController();
const home = mkdtempSync(join(tmpdir(), 'hourglass-real-series-'));
beforeAll(buildAppIfStale, 300_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Of the pack, in the order of their places. */
const sortedOf = (kind: keyof typeof realSeries): readonly string[] => {
  const folder = join(dataPack!, 'series', realSeries[kind]);
  const files = readdirSync(folder).filter((name) => name.endsWith('.dcm'));
  return seriesOf(files.map((name) => readSlice(join(folder, name))))[0]!.map(({ path }) => path);
};
const stacksIn = (folder: string): Slice[][] =>
  seriesOf(
    readdirSync(folder)
      .filter((name) => name.endsWith('.dcm'))
      .map((name) => readSlice(join(folder, name))),
  );
const samples = async (path: string) => (await decodeImage({ path, readers })).raster.data;
const dataSetOf = (path: string) => parseDicom(readFileSync(path), path).dataSet;
const text = (path: string, tag: string): string | undefined => dataSetOf(path).string(tag);

describe.skipIf(!dataPack)(`the real series${dataPack ? '' : ` (${noDataPack})`}`, () => {
  it.each([
    ['ct', 'pet', []],
    // No noise is measured of it that is worth cleaning: it is told how much.
    ['pet', 'ct', ['--sigma', '8']],
  ] as const)(
    '%s, shuffled, with a gap, a foreign slice and a text',
    async (kind, other, more) => {
      const source = join(home, kind);
      const out = join(home, `${kind}-out`);
      mkdirSync(source);
      // Seven neighbours without the fifth, from the last to the first with every second one before the others.
      const chosen = sortedOf(kind)
        .slice(10, 17)
        .filter((_, at) => at !== 4);
      const shuffled = [5, 3, 1, 4, 2, 0].map((at) => chosen[at]!);
      shuffled.forEach((path, at) => copyFileSync(path, join(source, `${at}.dcm`)));
      copyFileSync(sortedOf(other)[3]!, join(source, '3-foreign.dcm'));
      writeFileSync(join(source, 'notes.txt'), 'no image');
      const names = readdirSync(source).filter((name) => name.endsWith('.dcm'));
      const before = new Map(names.map((name) => [name, readFileSync(join(source, name))]));

      // Sorted and shown: one entry of six in the order of their places, one of one; a page is the slice of its place.
      const groups = await groupFiles(
        names.map((name) => join(source, name)),
        signal,
      );
      expect(groups.map(({ length }) => length).sort()).toEqual([1, 6]);
      const [series] = groups.filter(({ length }) => length === 6);
      for (const [page, path] of chosen.entries()) {
        const shown = await decodeImage({ path: series![0]!, files: series!, page, readers });
        expect(areSame(shown.raster.data, await samples(path))).toBe(true);
        // Said before anything is cleaned.
        expect(JSON.stringify(shown.notices)).toContain('do not lie evenly');
      }

      const lines = await denoiseLines(home, [source, '--out', `${out}/`, '--json', ...more]);
      const ended = lines.find(({ type }) => type === 'summary');
      expect(ended).toMatchObject({ done: 7, failed: 0, ignored: 1 });
      for (const [name, bytes] of before)
        expect(readFileSync(join(source, name)).equals(bytes), name).toBe(true);

      const sources = stacksIn(source).find(({ length }) => length === 6)!;
      const stacks = stacksIn(out);
      expect(stacks.map(({ length }) => length).sort()).toEqual([1, 6]);
      const results = stacks.find(({ length }) => length === 6)!;
      const nameOf = ({ path }: Slice): string => basename(path);
      expect(results.map(nameOf)).toEqual(sources.map(nameOf));
      expect(results.map(({ position }) => position)).toEqual(
        sources.map(({ position }) => position),
      );
      expect(findingsOf(results)).toEqual(findingsOf(sources));
      expect(findingsOf(results).gaps).toHaveLength(1);
      expect(new Set(stacks.flat().map(({ series }) => series)).size).toBe(2);
      expect(new Set(stacks.flat().map(({ path }) => text(path, 'x00080018'))).size).toBe(7);

      for (const name of names) {
        const [one, cleaned] = [join(source, name), join(out, name)];
        expect(changedBeside(valuesOf(one), valuesOf(cleaned))).toEqual([]);
        const references = dataSetOf(cleaned).elements['x00082112']!.items!;
        expect(references[0]!.dataSet!.string('x00081155')).toBe(text(one, 'x00080018'));
        if (dcmdump) {
          const dump = spawnSync(dcmdump, ['-q', cleaned], { encoding: 'latin1' });
          expect([dump.status, dump.stderr]).toEqual([0, '']);
        }
        if (dciodvfy) {
          const known = new Set(errorsOf(one));
          const fresh = errorsOf(cleaned).filter(
            (error) => !known.has(error) && !excepted.some((except) => except.test(error)),
          );
          expect(fresh).toEqual([]);
        }
      }
      // Cleaned: less differs from pixel to pixel, and the mean is where it was.
      for (const [at, { path }] of results.entries()) {
        const [dirty, clean] = [await samples(sources[at]!.path), await samples(path)];
        const pairs = noisyPairs(dirty);
        expect(roughness(clean, pairs)).toBeLessThan(0.8 * roughness(dirty, pairs));
        expect(Math.abs(mean(clean) - mean(dirty))).toBeLessThan(0.01 * spread(dirty));
      }
    },
    300_000,
  );
});

type Samples = Awaited<ReturnType<typeof samples>>;
/** Comparing half a million values one by one is the test's work of minutes. */
const areSame = (one: Samples, other: Samples): boolean =>
  Buffer.from(one.buffer, one.byteOffset, one.byteLength).equals(
    Buffer.from(other.buffer, other.byteOffset, other.byteLength),
  );

function mean(of: Samples): number {
  let sum = 0;
  for (const one of of) sum += one;
  return sum / of.length;
}
function spread(of: Samples): number {
  const middle = mean(of);
  let sum = 0;
  for (const one of of) sum += (one - middle) ** 2;
  return Math.sqrt(sum / of.length);
}
/** Pairs of neighbours between which there is no edge and no flat ground: their differences are noise. */
function noisyPairs(of: Samples): readonly number[] {
  const steps = Array.from(of.slice(1), (one, at) => Math.abs(one - of[at]!));
  const moving = Float64Array.from(steps.filter((step) => step > 0)).sort();
  const most = 5 * moving[moving.length >> 1]!;
  return steps.flatMap((step, at) => (step > 0 && step < most ? [at] : []));
}
/** Mean squared difference of these neighbours. */
const roughness = (of: Samples, pairs: readonly number[]): number =>
  pairs.reduce((sum, at) => sum + (of[at + 1]! - of[at]!) ** 2, 0) / pairs.length;
