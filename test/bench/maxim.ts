/**
 * `npm run bench -- maxim [--pictures 3] [--side 192] [--from FOLDER] [--json]`
 *
 * A large stranger's network through the way that a person takes: `@upscalerjs/maxim-denoising` 0.1.0 (a denoiser of 22 million parameters, published for
 * TensorFlow.js as a graph of 43,000 nodes) is fetched from npm into a temporary folder, added as `add-model` adds it (translated, compared with
 * TensorFlow.js, tried), and measured as a peer on real noise, in squares from the middle of photos of the quality bench, beside the program with nothing told. `--from` is a
 * folder in which its package is already. It takes ten minutes and more: ONNX Runtime needs 80 s of the processor to open it, each time.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchNodeProcess } from '../../app/jobs/index.ts';
import { createUserModels } from '../../app/jobs/user-models.ts';
import type { Raster } from '../../app/pixels/index.ts';
import { dataPack, noDataPack } from '../data.ts';
import { shippedModels } from '../unit/runtime/support.ts';
import { toField, type Field } from './quality/field.ts';
import { createOurs } from './quality/ours.ts';
import type { Peer } from './quality/peers.ts';
import { realTasks } from './quality/photos.ts';
import { createResults } from './quality/results.ts';
import { summarise } from './quality/summary.ts';
import { runTask, type Item } from './quality/tasks.ts';
import { runProgram } from './_program.ts';

const PACKAGE = '@upscalerjs/maxim-denoising';
const VERSION = '0.1.0';
const ID = 'denoise-maxim';

const { values } = parseArgs({
  options: {
    pictures: { type: 'string', default: '3' },
    side: { type: 'string', default: '192' },
    from: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
if (dataPack === null) throw new Error(noDataPack);
const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-maxim-'));
const seconds = (since: number): number => (performance.now() - since) / 1000;

/** @returns the folder of the package */
async function fetched(): Promise<string> {
  const home = values.from ?? folder;
  if (values.from === undefined)
    // What it wants beside it is TensorFlow.js, which is here.
    await runProgram('npm', [
      ...['install', '--prefix', home, '--no-save', '--ignore-scripts', '--legacy-peer-deps'],
      ...['--no-audit', '--no-fund', `${PACKAGE}@${VERSION}`],
    ]);
  return join(home, 'node_modules', PACKAGE);
}

/** A square from the middle. */
function middle(raster: Raster, side: number): Raster {
  const { width, height, channels, data } = raster;
  const [left, top] = [(width - side) >> 1, (height - side) >> 1];
  const part = data.slice(0, side * side * channels);
  for (let y = 0; y < side; y++) {
    const from = ((top + y) * width + left) * channels;
    part.set(data.subarray(from, from + side * channels) as never, y * side * channels);
  }
  return { ...raster, width: side, height: side, data: part };
}

const middleField = ({ width, height, channels, data }: Field, side: number): Field =>
  toField(
    middle({ width, height, channels, hasAlpha: false, sampleType: 'float32', data }, side),
    1,
  );

try {
  const place = await fetched();
  const { license } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as {
    license: string;
  };
  const models = join(folder, 'models');
  const adding = performance.now();
  const added = await createUserModels({
    launch: launchNodeProcess,
    folder: models,
    shippedFolder: shippedModels,
  }).add({ path: join(place, 'models/model.json'), id: ID, licence: license }, signal);
  console.log(
    `${PACKAGE} ${VERSION}, ${license}: added in ${seconds(adding).toFixed(0)} s of the clock`,
  );
  for (const words of added.checks) console.log(`  ${words}`);

  const ours = await createOurs('auto', 'auto', models);
  try {
    const maxim: Peer = {
      name: PACKAGE,
      how: 'as Hourglass cleans with an added network',
      tune: () => Promise.resolve([]),
      guess: () => [],
      describe: () => 'none',
      async run(noisy) {
        const { width, height, channels, data } = noisy;
        const raster: Raster = {
          ...{ width, height, channels, hasAlpha: false, sampleType: 'float32', data },
        };
        return toField(await ours.cleanBy(ID, raster));
      },
    };
    const side = Number(values.side);
    const [task] = await realTasks(1);
    const every = Math.max(1, Math.floor(task!.items.length / Number(values.pictures)));
    const items = task!.items
      .filter((_, at) => at % every === 0)
      .slice(0, Number(values.pictures))
      .map((make) => async (): Promise<Item> => {
        const item = await make();
        const noisy = middle(item.noisy, side);
        return {
          ...{ ...item, noisy, source: toField(noisy) },
          reference: middleField(item.reference, side),
        };
      });
    const results = createResults();
    await runTask(
      { ...task!, items, also: 'nothing' },
      { ours, peers: [maxim], results, signal, say: console.log },
    );
    for (const { group, method, images, psnr, ssim } of summarise(results.measurements)) {
      if (group !== null) continue;
      const spent = results.measurements.filter((one) => one.method === method);
      const each = spent.reduce((sum, one) => sum + (one.seconds ?? 0), 0) / spent.length;
      console.log(
        values.json
          ? JSON.stringify({ method, images, side, psnr, ssim, seconds: each })
          : `${method}: ${psnr.toFixed(2)} dB, SSIM ${ssim.toFixed(4)}, ${each.toFixed(1)} s a picture (${images} of ${side} × ${side})`,
      );
    }
  } finally {
    await ours.dispose();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
