/**
 * `npm run bench -- raw [--megapixels 24] [--rounds 3]`
 *
 * Developing a camera raw file (a made mosaic, uncompressed; thread, LibRaw and our own colour included) against Debian's
 * `dcraw_emu` with the same parameters, which writes its picture besides. Taking turns; a process each.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

async function use(program: string, args: readonly string[]): Promise<Use> {
  const { text, cpu, wall, peakBytes } = await runProgram(program, args, { stderr: 'pipe' });
  const own = text.startsWith('{') ? (JSON.parse(text) as { cpu: number; wall: number }) : null;
  return { cpu: cpu ?? NaN, wall, ...own, megabytes: (peakBytes ?? NaN) / 1e6 };
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
  writeFileSync(path, makeDng({ ...size, samples }));
  console.log('| quality | ours CPU s | dcraw_emu | ratio | ours wall s | dcraw_emu | ratio | ours MB | dcraw_emu |'); // prettier-ignore
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const [quality, own] of Object.entries(flags)) {
    const ours: Use[] = [];
    const theirs: Use[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      ours.push(await use(process.execPath, [child, path, quality]));
      theirs.push(await use(dcrawEmu, ['-w', '-W', '-4', '-c', '0', ...own, ...proPhoto, path]));
    }
    const [one, other] = [medians(ours), medians(theirs)];
    const pair = (pick: (of: Use) => number): string =>
      `${pick(one).toFixed(2)} | ${pick(other).toFixed(2)} | ${(pick(one) / pick(other)).toFixed(2)}`;
    console.log(
      `| ${quality} | ${pair(({ cpu }) => cpu)} | ${pair(({ wall }) => wall)} | ${one.megabytes.toFixed(0)} | ${other.megabytes.toFixed(0)} |`,
    );
    results[quality] = { ours: one, dcrawEmu: other };
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
mkdirSync(dirname(values.json), { recursive: true });
writeFileSync(values.json, `${JSON.stringify({ ...size, ...results }, null, 2)}\n`);
