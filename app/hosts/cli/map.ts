/** `hourglass map`: the pictures of a folder in clusters, and their places on a map. What makes it is the engine's (`app/explore/map`). */
import { commands, parseInput, type Commands, type OutputOf } from '../../contract/index.ts';
import { csvTable } from '../../jobs/runs/report.ts';
import { printable } from '../shared/printable.ts';
import { filesOf, fromHere } from '../shared/walk.ts';
import { find, picturesOf, placeOf, wantsJson } from './finding.ts';
import { exitCode, type CliOptions } from './options.ts';
import { say } from './sentences.ts';
import type { Invocation } from './usage.ts';

type Found = OutputOf<Commands['mapFolder']>;

/** @throws UsageError, HourglassError */
export async function runMap(invocation: Invocation, options: CliOptions): Promise<number> {
  const { terminal, cwd, interrupt: signal } = options;
  const { folder, csv, ...wanted } = parseInput(commands.map, invocation.input);
  const isJson = wantsJson(csv, invocation, terminal);
  const walks = await picturesOf([folder], options);
  if (!walks) return exitCode.failed;
  const { files, problems } = walks[0]!;
  const from = await placeOf(folder, cwd);
  return find<Found>(
    {
      ...{ verb: 'map', command: 'mapFolder', isJson, problems },
      ask: (program) =>
        program.run(
          'mapFolder',
          { ...wanted, folder: from, images: files.map(filesOf) },
          { signal },
        ),
      text: (found) => (csv ? asCsv(found) : asClusters(found, cwd)),
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

const asCsv = ({ points }: Found): string =>
  csvTable(
    ['path', 'cluster', 'x', 'y', 'from_centre'],
    points.map(({ path, cluster, x, y, fromCentre }) => [
      ...[path, cluster],
      ...[x, y, fromCentre].map((value) => Number(value.toFixed(4))),
    ]),
  );
