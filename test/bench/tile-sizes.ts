/**
 * `npm run bench -- tile-sizes [--sides 256,384,512,768,1024] [--seconds 5] [--megapixels 24]`
 *
 * Where the numbers of `app/runtime/tiling.ts` and docs/runtime-notes.md come from: speed and memory
 * of the shipped network by side of the tile, each side in a process of its own, with the session of
 * the program; then the whole runtime (conversion, pipeline) over a picture in memory. Processor time is
 * printed beside the clock, because it tells the truth on a machine that others use too.
 */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createInference, createModelStore, inferenceThreads } from '../../app/runtime/index.ts';
import { fillPlane, readPlanar, writeInterleaved } from '../../app/runtime/index.ts';
import { SessionPool } from '../../app/runtime/sessions.ts';
import type { Raster } from '../../app/pixels/raster.ts';
import { repositoryRoot } from '../data.ts';

const MODEL = 'denoise-photo-fast';
const { values } = parseArgs({
  options: {
    sides: { type: 'string', default: '256,384,512,768,1024' },
    seconds: { type: 'string', default: '5' },
    megapixels: { type: 'string', default: '24' },
    /** Internal: what a child measures. */
    side: { type: 'string' },
    runtime: { type: 'boolean' },
  },
});

interface Measured {
  readonly name: string;
  /** Megapixels fed to the network and kept, per second of the clock. */
  readonly fed: number;
  readonly kept: number;
  readonly processorSecondsPerMegapixel: number;
  readonly grownBytes: number;
  readonly bytesPerPixel: number | null;
}

const highWater = (): number =>
  1024 * Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);

const processorSeconds = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

const modelCard = () => createModelStore(join(repositoryRoot, 'models')).get(MODEL);

/** The bare session at one side. */
async function measureSide(side: number, seconds: number): Promise<Measured> {
  const model = await modelCard();
  const pool = new SessionPool();
  const spec = {
    path: model.path,
    sha256: model.sha256,
    device: 'cpu',
    optimization: 'all',
    threads: inferenceThreads(),
    inputName: model.input.name,
    outputName: model.output.name,
  } as const;
  const tensors = {
    side,
    inputChannels: 4,
    outputChannels: 3,
    outputSide: side,
    input: new Float32Array(4 * side * side).map(() => Math.random()),
    output: new Float32Array(3 * side * side).fill(1),
  };
  const before = process.memoryUsage().rss;
  await pool.run(spec, tensors);
  const processor = process.cpuUsage();
  const start = performance.now();
  let runs = 0;
  while (runs < 2 || performance.now() - start < seconds * 1000) {
    await pool.run(spec, tensors);
    runs += 1;
  }
  const elapsed = (performance.now() - start) / 1000;
  const fed = (runs * side * side) / 1e6;
  const kept = (runs * (side - 2 * model.halo) ** 2) / 1e6;
  const grown = highWater() - before;
  return {
    name: `session, side ${side}`,
    fed: fed / elapsed,
    kept: kept / elapsed,
    processorSecondsPerMegapixel: processorSeconds(processor) / fed,
    grownBytes: grown,
    bytesPerPixel: grown / side ** 2,
  };
}

/** The runtime over an 8-bit picture in memory: tiles as planned, conversion both ways. */
async function measureRuntime(megapixels: number): Promise<Measured> {
  const model = await modelCard();
  const width = Math.round(Math.sqrt(megapixels * 1.5e6));
  const height = Math.round((megapixels * 1e6) / width);
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = Math.imul(i, 2654435761) >>> 24;
  const picture: Raster = {
    width,
    height,
    channels: 3,
    hasAlpha: false,
    sampleType: 'uint8',
    data,
  };
  const result = new Uint8Array(data.length).fill(1);
  const before = process.memoryUsage().rss;
  const processor = process.cpuUsage();
  const inference = createInference();
  const start = performance.now();
  const { plan } = await inference.run({
    model,
    device: 'cpu',
    width,
    height,
    passes: 1,
    signal: new AbortController().signal,
    progress: () => {},
    fill(tile, _pass, { side }, input) {
      readPlanar(picture, tile.origin, side, input, 3);
      fillPlane(input, 3, side, 25 / 255);
    },
    collect({ core, origin }, [output], { side }) {
      const window = {
        side,
        fromX: core.x - origin.x,
        fromY: core.y - origin.y,
        width: core.width,
        height: core.height,
        targetWidth: width,
        channels: 3,
        colours: 3,
        toX: core.x,
        toY: core.y,
      } as const;
      writeInterleaved(output!, 3, window, result, 'uint8');
    },
  });
  const elapsed = (performance.now() - start) / 1000;
  const fed = (plan.tiles.length * plan.side ** 2) / 1e6;
  return {
    name: `runtime, ${megapixels} MP, ${plan.tiles.length} tiles of ${plan.side}`,
    fed: fed / elapsed,
    kept: (width * height) / 1e6 / elapsed,
    processorSecondsPerMegapixel: processorSeconds(processor) / fed,
    grownBytes: highWater() - before,
    bytesPerPixel: null,
  };
}

const inChild = (args: readonly string[]): Promise<Measured> =>
  new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [...args]);
    child.on('message', (message) => resolve(message as Measured));
    child.on('exit', (code) => reject(new Error(`The measuring process ended with ${code}.`)));
  });

const seconds = Number(values.seconds);
const finish = (measured: Measured) => process.send!(measured, () => process.exit(0));
if (values.side) finish(await measureSide(Number(values.side), seconds));
else if (values.runtime) finish(await measureRuntime(Number(values.megapixels)));
else {
  console.log(
    '| what | fed MP/s | kept MP/s | CPU s per fed MP | memory grown MB | bytes per pixel |',
  );
  console.log('|---|---|---|---|---|---|');
  const show = (m: Measured) =>
    console.log(
      `| ${m.name} | ${m.fed.toFixed(2)} | ${m.kept.toFixed(2)} | ${m.processorSecondsPerMegapixel.toFixed(3)} | ${(m.grownBytes / 1e6).toFixed(0)} | ${m.bytesPerPixel?.toFixed(0) ?? ''} |`,
    );
  for (const side of values.sides.split(','))
    show(await inChild(['--side', side, '--seconds', values.seconds]));
  show(await inChild(['--runtime', '--megapixels', values.megapixels]));
}
