/**
 * `npm run bench -- denoise [--megapixels 24,100] [--rounds 2]`
 *
 * Whole command (decode to encoded file) against the bare ONNX Runtime session on the same tiles, in
 * one run, taking turns so that a drifting machine treats both alike; peak memory of all its
 * processes besides. Pictures are made by mirroring a photo of the data pack at full detail, with
 * seeded noise so that there is something to clean.
 */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createModelStore, inferenceThreads } from '../../app/runtime/index.ts';
import { repositoryRoot } from '../data.ts';
import { makePicture } from './_picture.ts';
import { hourglass } from './_program.ts';

const MODEL = 'denoise-photo-fast';

interface Round {
  readonly command: number;
  readonly wall: number;
  readonly bare: number;
  readonly peakBytes: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      megapixels: { type: 'string', default: '24,100' },
      rounds: { type: 'string', default: '2' },
      json: { type: 'string', default: join(repositoryRoot, 'bench-results/denoise.json') },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
  const results = [];
  try {
    for (const megapixels of values.megapixels.split(',').map(Number)) {
      const picture = await makePicture(folder, megapixels);
      const rounds: Round[] = [];
      let plan: Plan | null = null;
      for (let round = 0; round < Number(values.rounds); round++) {
        const command = await runCommand(folder, picture.path);
        plan = command.plan;
        const bare = await runBare(command.plan);
        rounds.push({
          command: command.seconds,
          wall: command.wall,
          bare,
          peakBytes: command.peakBytes,
        });
        console.log(
          `${megapixels} MP, round ${round + 1}: command ${command.seconds.toFixed(2)} s (process ${command.wall.toFixed(2)} s), ` +
            `bare session ${bare.toFixed(2)} s, peak ${(command.peakBytes / 1e6).toFixed(0)} MB`,
        );
      }
      const median = (pick: (round: Round) => number) =>
        rounds.map(pick).sort((a, b) => a - b)[Math.floor(rounds.length / 2)]!;
      results.push({
        megapixels: (picture.width * picture.height) / 1e6,
        side: plan!.side,
        tiles: plan!.tiles,
        commandMegapixelsPerSecond:
          (picture.width * picture.height) / 1e6 / median((r) => r.command),
        bareMegapixelsPerSecond: (picture.width * picture.height) / 1e6 / median((r) => r.bare),
        ratio: median((r) => r.bare / r.command),
        processSeconds: median((r) => r.wall),
        peakMegabytes: Math.max(...rounds.map((r) => r.peakBytes)) / 1e6,
        rounds,
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(
    '\n| MP | side | tiles | command MP/s | bare session MP/s | ratio | peak memory MB |',
  );
  console.log('|---|---|---|---|---|---|---|');
  for (const r of results)
    console.log(
      `| ${r.megapixels.toFixed(1)} | ${r.side} | ${r.tiles} | ${r.commandMegapixelsPerSecond.toFixed(2)} | ${r.bareMegapixelsPerSecond.toFixed(2)} | ${(r.ratio * 100).toFixed(1)} % | ${r.peakMegabytes.toFixed(0)} |`,
    );
  mkdirSync(join(values.json, '..'), { recursive: true });
  writeFileSync(values.json, JSON.stringify(results, null, 2));
  console.log(`\nWritten to ${values.json}`);
}

interface Plan {
  readonly side: number;
  readonly tiles: number;
}

/** One `hourglass denoise`, with the peak memory of its processes. */
async function runCommand(folder: string, path: string) {
  const out = join(folder, 'clean.jpg');
  rmSync(out, { force: true });
  const { outputs, peakBytes, wall } = await hourglass<{ seconds: number; tiling: Plan }>([
    'denoise',
    path,
    ...['--out', out, '--device', 'cpu'],
  ]);
  const { seconds, tiling } = outputs[0]!;
  return { seconds, plan: tiling, wall, peakBytes: peakBytes ?? 0 };
}

/** The same tiles through nothing but a session, in a process of its own. Seconds of the runs alone. */
async function runBare(plan: Plan): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), [
    '--bare',
    String(plan.side),
    String(plan.tiles),
  ]);
  return new Promise((resolve, reject) => {
    child.on('message', (seconds) => resolve(seconds as number));
    child.on('exit', (code) => reject(new Error(`The bare session ended with ${code}.`)));
  });
}

async function bare(side: number, tiles: number): Promise<void> {
  const { default: ort } = await import('onnxruntime-node');
  const card = await createModelStore(join(repositoryRoot, 'models')).get(MODEL);
  const session = await ort.InferenceSession.create(card.path, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: inferenceThreads(),
  });
  const input = new Float32Array(4 * side * side).map(() => Math.random());
  const output = new ort.Tensor('float32', new Float32Array(3 * side * side), [1, 3, side, side]);
  const run = () =>
    session.run(
      { [card.input.name]: new ort.Tensor('float32', input, [1, 4, side, side]) },
      { [card.output.name]: output },
    );
  await run();
  const started = process.hrtime.bigint();
  for (let tile = 0; tile < tiles; tile++) await run();
  process.send!(Number(process.hrtime.bigint() - started) / 1e9);
}

const at = process.argv.indexOf('--bare');
if (at >= 0) await bare(Number(process.argv[at + 1]), Number(process.argv[at + 2]));
else await main();
