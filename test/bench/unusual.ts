/**
 * What `npm run bench -- explore` says of finding what is unusual, on `anomaly` of the data pack:
 * - tiles: learnt from 20 good ones that are drawn, the other 20 and 40 bad ones are judged, several times: AUROC, and how many of the fresh good ones are
 *   flagged where the dial promises 5, 10 and 20 %
 * - printed circuits: of the marked defects, how many are touched by a named place, and how many places touch none
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { grayOf } from '../../app/explore/descriptor.ts';
import type { Plane } from '../../app/explore/plane.ts';
import { openActivations } from '../../app/explore/unusual/activations.ts';
import { dialOf } from '../../app/explore/unusual/dial.ts';
import { judged, learnFeatures, scoring, type Pooled } from '../../app/explore/unusual/features.ts';
import { openMemory } from '../../app/explore/unusual/memory.ts';
import { FEATURE_SIDE, patchesOf, type Patches } from '../../app/explore/unusual/patches.ts';
import { spotsOf } from '../../app/explore/unusual/spots.ts';
import { differences, TEMPLATE_SIDE } from '../../app/explore/unusual/template.ts';
import { smallPicture } from '../../app/pixels/thumbnail.ts';
import { inferenceThreads } from '../../app/runtime/cpu.ts';
import { Draws } from '../../app/runtime/draws.ts';
import { openGraph } from '../../app/runtime/sessions.ts';
import type { EngineServices } from '../../app/runtime/types.ts';

type Tell = (what: string, found: Record<string, number>) => void;

const { signal } = new AbortController();
const planeOf = async (path: string, side: number): Promise<Plane> =>
  grayOf(await smallPicture({ path, signal }, side));

/** Graphs on this thread. */
export const hereInference = {
  openGraph: async (bytes: Uint8Array, { threads }: { threads: number }) => {
    const graph = await openGraph(bytes, { device: 'cpu', threads });
    return {
      run: async (inputs: never, into: never) => {
        await graph.run(inputs, into);
        return { inputs, into };
      },
      close: () => graph.release(),
    };
  },
} as unknown as EngineServices['inference'];

/** How often a bad one is above a good one. */
const auroc = (good: readonly number[], bad: readonly number[]): number =>
  bad.reduce(
    (sum, one) =>
      sum + good.reduce((s, other) => s + (one > other ? 1 : one === other ? 0.5 : 0), 0),
    0,
  ) /
  good.length /
  bad.length;

export async function benchUnusual(
  anomaly: string,
  network: string,
  rounds: number,
  tell: Tell,
): Promise<void> {
  await tiles(join(anomaly, 'magnetic-tile'), network, rounds, tell);
  await circuits(join(anomaly, 'deeppcb'), tell);
}

async function tiles(folder: string, network: string, rounds: number, tell: Tell): Promise<void> {
  const activations = await openActivations({
    models: { get: () => Promise.resolve({ path: network, sha256: '' }) } as never,
    inference: hereInference,
  });
  const begun = performance.now();
  const seen = async (kind: string): Promise<Patches[]> => {
    const found: Patches[] = [];
    for (const name of readdirSync(join(folder, kind)).sort())
      if (name.endsWith('.jpg'))
        found.push(
          await patchesOf(await planeOf(join(folder, kind, name), FEATURE_SIDE), activations),
        );
    return found;
  };
  const normal = await seen('normal');
  const kinds = readdirSync(folder).filter((kind) => kind !== 'normal');
  const bad: Patches[] = [];
  for (const kind of kinds) bad.push(...(await seen(kind)));
  await activations.close();
  const looked = performance.now() - begun;
  const dials = [5, 10, 20];
  const names = ['both', 'mean', 'top'] as const;
  const sums: Record<string, number> = {};
  const add = (name: string, value: number): void => {
    sums[name] = (sums[name] ?? 0) + value / rounds;
  };
  for (let round = 0; round < rounds; round++) {
    const order = normal.map((_, at) => at);
    const draws = new Draws(31, round);
    for (let at = order.length - 1; at > 0; at--) {
      const other = draws.below(at + 1);
      [order[at], order[other]] = [order[other]!, order[at]!];
    }
    const good = order.slice(0, 20).map((at) => normal[at]!);
    const fresh = order.slice(20).map((at) => normal[at]!);
    const learnt = await learnFeatures(
      good.length,
      (at) => Promise.resolve(good[at]!),
      hereInference,
      signal,
      () => undefined,
    );
    const open = await openMemory(learnt.memory, hereInference, inferenceThreads());
    const pooled = async (of: readonly Patches[]): Promise<Pooled[]> => {
      const found: Pooled[] = [];
      for (const one of of) found.push(await judged(one, open, learnt.unit));
      return found;
    };
    const [freshOnes, badOnes] = [await pooled(fresh), await pooled(bad)];
    await open.close();
    for (const name of names) {
      const score = scoring(learnt.good, name);
      add(`AUROC (${name})`, auroc(freshOnes.map(score), badOnes.map(score)));
    }
    const score = scoring(learnt.good, 'both');
    for (const percent of dials) {
      const { threshold } = dialOf(learnt.good.map(score), percent);
      const share = (of: readonly Pooled[]): number =>
        (100 * of.filter((one) => score(one) > threshold!).length) / of.length;
      add(`flagged of fresh good ones at ${percent} %`, share(freshOnes));
      add(`found at ${percent} %`, share(badOnes));
    }
  }
  tell(`${normal.length} good and ${bad.length} bad tiles, ${rounds} times`, {
    ...sums,
    'milliseconds to look at one': looked / (normal.length + bad.length),
  });
}

async function circuits(folder: string, tell: Tell): Promise<void> {
  let [marked, touched, wrong, pairs, milliseconds] = [0, 0, 0, 0, 0];
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('_test.jpg')) continue;
    const id = name.slice(0, -'_test.jpg'.length);
    const picture = await planeOf(join(folder, name), TEMPLATE_SIDE);
    const good = await planeOf(join(folder, `${id}_temp.jpg`), TEMPLATE_SIDE);
    const begun = performance.now();
    const spots = spotsOf(differences(picture, [good]), 1);
    milliseconds += performance.now() - begun;
    const boxes = readFileSync(join(folder, `${id}.txt`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/[ ,]+/).map(Number));
    const meets = ([x0, y0, x1, y1]: number[], { x, y, width, height }: (typeof spots)[number]) =>
      x * picture.width < x1! &&
      (x + width) * picture.width > x0! &&
      y * picture.height < y1! &&
      (y + height) * picture.height > y0!;
    pairs++;
    marked += boxes.length;
    touched += boxes.filter((box) => spots.some((spot) => meets(box, spot))).length;
    wrong += spots.filter((spot) => !boxes.some((box) => meets(box, spot))).length;
  }
  tell(`${pairs} printed circuits beside a good one each`, {
    ...{ 'marked defects': marked, touched, 'false places a pair': wrong / pairs },
    'milliseconds a pair': milliseconds / pairs,
  });
}
