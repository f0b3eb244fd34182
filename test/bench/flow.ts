/**
 * `npm run bench -- flow [--side 512] [--files 60]`: a folder of small files through `denoise --sigma 10`, one after
 * another and as `app/jobs/runs/flow.ts` lets them go, in turns; files per second and the ratio. What another build
 * takes for the same: `npm run bench -- against`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { performRun } from '../../app/jobs/runs/perform.ts';
import { planRun } from '../../app/jobs/runs/plan.ts';
import { benchProgram } from './_program.ts';
import { watchTree } from './_tree.ts';

const { values } = parseArgs({
  options: {
    side: { type: 'string', default: '512' },
    files: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '3' },
  },
});
const side = Number(values.side);
const signal = new AbortController().signal;

const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
mkdirSync(join(folder, 'in'));
const files = await Promise.all(
  Array.from({ length: Number(values.files) }, async (_, index) => {
    const data = Buffer.alloc(side * side * 3);
    let state = index + 1;
    for (let at = 0; at < data.length; at++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      data[at] = 60 + ((at >> 8) & 63) + (state >>> 28);
    }
    const path = join(folder, 'in', `${index}.jpg`);
    await sharp(data, { raw: { width: side, height: side, channels: 3 } })
      .jpeg()
      .toFile(path);
    return { path, files: [path], below: '', named: false };
  }),
);

const program = benchProgram(folder);
const peaks = watchTree(process.pid);

/** Files per second. */
async function through(name: string, atOnce: number | undefined): Promise<number> {
  const out = join(folder, `${name}/`);
  const settings = { sigma: 10, device: 'cpu' };
  const plan = await planRun({
    ...{ id: name, command: 'denoise', settings, out, files, problems: [], signal },
  });
  const started = performance.now();
  const { counts } = await performRun(program, plan, {
    ...{ signal, told: () => {} },
    ...(atOnce === undefined ? {} : { atOnce }),
  });
  if (counts.done !== files.length) throw new Error(`${name}: ${JSON.stringify(counts)}`);
  return (1000 * files.length) / (performance.now() - started);
}

await through('warm', undefined);
const serial: number[] = [];
const flowing: number[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  serial.push(await through(`serial-${round}`, 1));
  flowing.push(await through(`flow-${round}`, undefined));
}
const median = (list: readonly number[]): number =>
  [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
const [one, many] = [median(serial), median(flowing)];
console.log(
  `${files.length} files of ${side} × ${side}: one after another ${one.toFixed(1)} files/s, as they flow ${many.toFixed(1)} files/s (${(many / one).toFixed(2)} ×)`,
);
console.log(`peak memory ${Math.round((peaks.stop().peakBytes ?? 0) / 1e6)} MB`);
await program.stop();
rmSync(folder, { recursive: true, force: true });
