/**
 * `npm run bench -- raw [--megapixels 24] [--rounds 3]`
 *
 * Developing a camera raw file (a made mosaic, uncompressed; thread, LibRaw and our own colour included) against Debian's
 * `dcraw_emu` with the same parameters, which writes its picture besides. Taking turns; a process each, in which ours develops twice:
 * the first file of an engine waits for V8's compilers, the next ones find what those made.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import sharp from 'sharp';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleChild } from '../child.ts';
import { repositoryRoot } from '../data.ts';
import { dcrawEmu, proPhoto } from '../unit/raw/dcraw-emu.ts';
import { makeDng, mosaicOf, scene } from '../unit/raw/make-dng.ts';
import { runProgram } from './_program.ts';

const flags = {
  full: ['-q', '3'],
  linear: ['-q', '0'],
  half: ['-h'],
} as const;

interface Use {
  readonly cpu: number;
  readonly wall: number;
  readonly megabytes: number;
}

/** A program's own word on its uses (JSON), the first and the next; else the process. */
async function uses(program: string, args: readonly string[]): Promise<readonly Use[]> {
  const { text, cpu, wall, peakBytes } = await runProgram(program, args, { stderr: 'pipe' });
  const own = text.startsWith('[') ? (JSON.parse(text) as Omit<Use, 'megabytes'>[]) : null;
  const megabytes = (peakBytes ?? NaN) / 1e6;
  return (own ?? [{ cpu: cpu ?? NaN, wall }]).map((use) => ({ ...use, megabytes }));
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const medians = (uses: readonly Use[]): Use => ({
  cpu: median(uses.map(({ cpu }) => cpu)),
  wall: median(uses.map(({ wall }) => wall)),
  megabytes: Math.max(...uses.map(({ megabytes }) => megabytes)),
});

const { values } = parseArgs({
  options: {
    megapixels: { type: 'string', default: '24' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'string', default: join(repositoryRoot, 'bench-results/raw.json') },
  },
});
if (!dcrawEmu) throw new Error('dcraw_emu is needed: apt-get install libraw-bin');
const side = Math.round(Math.sqrt((Number(values.megapixels) * 1e6) / 6));
const size = { width: side * 3, height: side * 2 };
const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
const child = await bundleChild('test/bench/_raw-child.ts');
const results: Record<string, unknown> = {};
try {
  const path = join(folder, 'large.dng');
  const samples = mosaicOf(scene(size.width, size.height), size);
  const shown = { width: 1620, height: 1080 };
  const jpeg = await sharp({ create: { ...shown, channels: 3, background: 'gray', noise: { type: 'gaussian', mean: 128, sigma: 20 } } }).jpeg({ quality: 90 }).toBuffer(); // prettier-ignore
  writeFileSync(path, makeDng({ ...size, samples, preview: { ...shown, jpeg } }));
  console.log('| quality | ours CPU s: first | next | dcraw_emu | ratio: first | next | ours wall s: first | next | dcraw_emu | ours MB | dcraw_emu |'); // prettier-ignore
  console.log('|---|---|---|---|---|---|---|---|---|---|---|');
  for (const [quality, own] of Object.entries(flags)) {
    const firsts: Use[] = [];
    const nexts: Use[] = [];
    const theirs: Use[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      const [first, next] = await uses(process.execPath, [child, path, quality]);
      firsts.push(first!);
      nexts.push(next!);
      theirs.push(...(await uses(dcrawEmu, ['-w', '-W', '-4', '-c', '0', ...own, ...proPhoto, path]))); // prettier-ignore
    }
    const [first, next, tool] = [medians(firsts), medians(nexts), medians(theirs)];
    const cells = [
      ...[first.cpu, next.cpu, tool.cpu, first.cpu / tool.cpu, next.cpu / tool.cpu],
      ...[first.wall, next.wall, tool.wall],
    ].map((value) => value.toFixed(2));
    const megabytes = [next, tool].map((use) => use.megabytes.toFixed(0));
    console.log(`| ${[quality, ...cells, ...megabytes].join(' | ')} |`);
    results[quality] = { first, next, dcrawEmu: tool };
  }
  const previews = await uses(process.execPath, [child, path, 'preview']);
  console.log(`The camera's preview of ${shown.width} × ${shown.height}: ${previews.map(({ cpu, wall }) => `CPU ${cpu.toFixed(2)} s, wall ${wall.toFixed(2)} s`).join('; again: ')}`); // prettier-ignore
  results.preview = previews;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
mkdirSync(dirname(values.json), { recursive: true });
writeFileSync(values.json, `${JSON.stringify({ ...size, ...results }, null, 2)}\n`);
