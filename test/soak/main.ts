/** `npm run soak -- kills|queue|series|small`: each a function of its own beside this file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dataPack, noDataPack } from '../data.ts';
import { debianTool } from '../debian.ts';
import { makeLongSeries } from '../long-series.ts';
import { soakKills } from './kills.ts';
import { soakQueue } from './queue.ts';
import { soakSeries } from './series.ts';
import { soakSmall } from './small.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ count: { type: 'string' }, seed: { type: 'string' }, files: { type: 'string' } },
    ...{ at: { type: 'string' }, of: { type: 'string' } },
    side: { type: 'string' },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const files = (usual: number): number => Number(values.files ?? usual);

/** By name: what it comes to is printed. */
const soaks: Readonly<Record<string, (folder: string) => Promise<object>>> = {
  kills: (folder) =>
    soakKills({
      ...{ folder, say, files: files(24) },
      ...{ count: Number(values.count ?? 200), seed: Number(values.seed ?? 1) },
    }),
  queue: (folder) => {
    const server = debianTool('redis-server', 'redis-server');
    if (server === null) throw new Error('There is no redis-server here.');
    return soakQueue({ folder, say, server, files: files(2000) });
  },
  series: (folder) => {
    if (dataPack === null) throw new Error(`${noDataPack}.`);
    const slices = files(500);
    const isPet = values.of === 'pet';
    const side = values.side === undefined ? undefined : Number(values.side);
    makeLongSeries(dataPack, isPet ? 'pet' : 'ct', slices, join(folder, 'in'), side);
    return soakSeries({
      ...{ folder, say, slices, another: false },
      // Of the PET no noise is measured that is worth cleaning: it is told how much.
      settings: isPet ? ['--sigma', '8'] : [],
      cancelAt: Number(values.at ?? Math.floor(slices / 2)),
    });
  },
  small: (folder) => soakSmall({ folder, say, files: files(20_000) }),
};

const soak = soaks[positionals[0] ?? ''];
if (!soak) {
  process.stderr.write(
    [
      'Usage: npm run soak -- kills [--count 200] [--seed 1] [--files 24]',
      '       npm run soak -- queue [--files 2000]',
      '       npm run soak -- series [--files 500] [--at 250] [--of ct|pet] [--side 128]',
      '       npm run soak -- small [--files 20000]\n',
    ].join('\n'),
  );
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'hourglass-soak-'));
try {
  say(JSON.stringify(await soak(folder)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
