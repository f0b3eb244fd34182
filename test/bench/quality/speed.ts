/** Time and peak memory of each method as a process of its own, on one photograph with white noise. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { convertSamples } from '../../../app/pixels/index.ts';
import { dataPack, repositoryRoot } from '../../data.ts';
import { load, withNoise } from '../../quality.ts';
import { watchTree } from '../_tree.ts';
import { toField } from './field.ts';
import type { Peer, Setting } from './peers.ts';

export interface SpeedRow {
  readonly method: string;
  readonly megapixels: number;
  readonly seconds: number;
  /** Sum over its processes; null where the system does not tell. */
  readonly peakBytes: number | null;
}

const SIGMA = 25;

/**
 * @param folder for temporary files
 * @param settings by the peer's name, as tuned on white noise; time does not depend on them, so a peer
 *   without one runs at a guess
 */
export async function measureSpeed(
  folder: string,
  model: string,
  peers: readonly Peer[],
  settings: ReadonlyMap<string, Setting>,
  signal: AbortSignal,
): Promise<SpeedRow[]> {
  const large = join(dataPack!, 'dev-bench/large');
  const noisy = withNoise(await load(join(large, readdirSync(large).sort()[0]!)), SIGMA, 1);
  const { width, height, channels } = noisy;
  const megapixels = (width * height) / 1e6;
  const path = join(folder, 'noisy.png');
  const raw = { width, height, channels } as const;
  await sharp(convertSamples(noisy.data, 'uint8'), { raw }).png().toFile(path);

  const rows: SpeedRow[] = [];
  const args = [join(repositoryRoot, 'dist/app/hosts/cli/main.js'), 'denoise', path];
  args.push('--out', join(folder, 'clean.png'), '--sigma', String(SIGMA));
  args.push('--model', model, '--device', 'cpu', '--json');
  rows.push({ method: `Hourglass (${model})`, megapixels, ...(await timed(args, signal)) });
  const source = toField(noisy);
  for (const peer of peers) {
    const setting = settings.get(peer.name) ?? peer.guess(SIGMA / 255);
    let peaks: ReturnType<typeof watchTree> | null = null;
    const begun = performance.now();
    const started = (pid: number): void => void (peaks = watchTree(pid));
    await peer.run(source, setting, { scan: false, signal, started }).finally(() => peaks?.stop());
    const seconds = (performance.now() - begun) / 1000;
    rows.push({ method: peer.name, megapixels, seconds, peakBytes: peaks!.stop().peakBytes });
  }
  return rows;
}

/** The command line, from start to exit. @throws Error when it fails */
async function timed(args: readonly string[], signal: AbortSignal) {
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], signal });
  const peaks = watchTree(child.pid!);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  }).finally(() => peaks.stop());
  const { peakBytes } = peaks.stop();
  if (code !== 0) throw new Error(`hourglass denoise ended with ${code}: ${said.trim()}`);
  return { seconds: (performance.now() - started) / 1000, peakBytes };
}
