/** `hourglass map`: the pictures of a folder in clusters, and their places on a map. What makes it is the engine's (`app/explore/map`). */
import { commands, parseInput, type Commands, type OutputOf } from '../../contract/index.ts';
import { csvTable } from '../../jobs/runs/report.ts';
import { printable } from '../shared/printable.ts';
import { filesOf, fromHere } from '../shared/walk.ts';
import { find, picturesOf, placeOf, wantsJson } from './finding.ts';
import { exitCode, type CliOptions } from './options.ts';
import { say } from './sentences.ts';
import type { Invocation } from './usage.ts';

type Mapped = OutputOf<Commands['mapFolder']>;
/** Points with what was told of them besides. */
type Found = Omit<Mapped, 'points'> & {
  readonly points: readonly (Mapped['points'][number] & {
    readonly camera?: string | null;
    readonly noise?: number | null;
  })[];
};

/** @throws UsageError, HourglassError */
export async function runMap(invocation: Invocation, options: CliOptions): Promise<number> {
  const { terminal, cwd, interrupt: signal } = options;
  const { folder, csv, facts, ...wanted } = parseInput(commands.map, invocation.input);
  const isJson = wantsJson(csv, invocation, terminal);
  const walks = await picturesOf([folder], options);
  if (!walks) return exitCode.failed;
  const { files, problems } = walks[0]!;
  const from = await placeOf(folder, cwd);
  return find<Found>(
    {
      ...{ verb: 'map', command: 'mapFolder', isJson, problems },
      ask: async (program) => {
        const images = files.map(filesOf);
        const mapped = await program.run(
          'mapFolder',
          { ...wanted, folder: from, images },
          { signal },
        );
        if (!facts) return mapped;
        const { maxMegapixels, anew } = wanted;
        const told = await program.run(
          'pictureFacts',
          { folder: from, images, noise: true, maxMegapixels, anew },
          { signal },
        );
        const byPath = new Map(told.facts.map((one) => [one.path, one]));
        return {
          ...mapped,
          points: mapped.points.map((point) => ({
            ...{ camera: null, noise: null, ...point, ...byPath.get(point.path) },
          })),
        };
      },
      text: (found) => (csv ? asCsv(found, facts) : asClusters(found, cwd)),
      summary: (found) => [
        ...found.notices.map(({ text }) => text),
        say('mapCompared', { ...found, leftOut: found.leftOut.length }),
      ],
      interrupted: () => say('similarInterrupted'),
    },
    options,
  );
}

/** The pictures of each cluster, those that are most like it first. */
const asClusters = ({ points, clusters }: Found, cwd: string): string =>
  clusters
    .flatMap(({ cluster, size, centre }) => [
      `${printable(say('mapCluster', { number: cluster, size, centre: fromHere(centre, cwd) }))}\n`,
      ...points
        .filter((point) => point.cluster === cluster)
        .sort((one, other) => one.fromCentre - other.fromCentre)
        .map(({ path }) => `  ${printable(fromHere(path, cwd))}\n`),
    ])
    .join('');

const asCsv = ({ points }: Found, facts: boolean): string =>
  csvTable(
    ['path', 'cluster', 'x', 'y', 'from_centre', ...(facts ? ['camera', 'noise'] : [])],
    points.map(({ path, cluster, x, y, fromCentre, camera = null, noise = null }) => [
      ...[path, cluster],
      ...[x, y, fromCentre].map((value) => Number(value.toFixed(4))),
      ...(facts ? [camera, noise === null ? null : Number(noise.toFixed(2))] : []),
    ]),
  );
