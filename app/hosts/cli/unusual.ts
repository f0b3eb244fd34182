/** `hourglass unusual`: which pictures of a folder are unlike good ones, and where. The learning and judging is the engine's (`app/explore/unusual`). */
import { basename, join, relative, resolve, sep } from 'node:path';
import { commands, parseInput, type Commands, type OutputOf } from '../../contract/index.ts';
import { decimal, fixed } from '../../contract/sentences/index.ts';
import { csvTable } from '../../jobs/runs/report.ts';
import { filesOf, fromHere } from '../shared/walk.ts';
import { table } from './columns.ts';
import { find, picturesOf, placeOf, trainingOf, wantsJson } from './finding.ts';
import { exitCode, type CliOptions } from './options.ts';
import { say } from './sentences.ts';
import { UsageError, type Invocation } from './usage.ts';

type Found = OutputOf<Commands['findUnusual']>;

/** @throws UsageError, HourglassError */
export async function runUnusual(invocation: Invocation, options: CliOptions): Promise<number> {
  const { terminal, cwd, interrupt: signal } = options;
  const { good, folder, overlays, fine, forgetFine, csv, by, ...wanted } = parseInput(
    commands.unusual,
    invocation.input,
  );
  const isJson = wantsJson(csv, invocation, terminal);
  const named = [good, ...(folder === undefined ? [] : [folder])];
  const places = await Promise.all(named.map((one) => placeOf(one, cwd)));
  const marked = overlays === undefined ? null : await placeOf(overlays, cwd);
  for (const place of places)
    if (marked !== null && isIn(marked, place))
      throw new UsageError(say('unusualOverlaysInside', { folder: fromHere(place, cwd) }));
  const walks = await picturesOf(named, options);
  if (!walks) return exitCode.failed;
  const fineOnes = fine.length > 0 ? await picturesOf(fine, options) : [];
  if (!fineOnes) return exitCode.failed;
  const learnt = walks[0]!;
  const asked = walks[1] ?? learnt;
  const problems = walks.flatMap((one) => one.problems);
  return find<Found>(
    {
      ...{ verb: 'unusual', command: 'findUnusual', isJson, problems },
      ask: async (program) => {
        if (fine.length > 0 || forgetFine)
          await program.run(
            'markFine',
            {
              ...{ folder: places[0]!, forgetAll: forgetFine },
              fine: fineOnes.flatMap((one) => one.files.map(filesOf)),
            },
            { signal },
          );
        return program.run(
          'findUnusual',
          {
            ...{ ...wanted, folder: places[0]!, overlays: marked },
            by: by === undefined ? null : trainingOf(by, cwd),
            good: learnt.files.map(filesOf),
            images: asked.files.map((file) => ({
              ...filesOf(file),
              name: join(file.below, basename(file.path)),
            })),
          },
          { signal },
        );
      },
      text: (found) => (csv ? asCsv(found) : asTable(found, cwd)),
      summary: (found) => [
        ...summary(found),
        ...(marked === null ? [] : [say('unusualOverlays', { folder: fromHere(marked, cwd) })]),
      ],
      interrupted: () => say('unusualInterrupted'),
    },
    options,
  );
}

/** Whether a folder is another one, or lies in it. */
function isIn(folder: string, other: string): boolean {
  const way = relative(other, folder);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && resolve(way) !== way);
}

function summary({ good, fine, learnt, mode, promise, images, leftOut, notices }: Found): string[] {
  const { threshold, flagged, checked, falseAlarms, low, high } = promise;
  return [
    say('unusualLearnt', { good, learnt, mode }),
    ...(fine > 0 ? [say('unusualFine', { fine })] : []),
    ...notices.map(({ text }) => text),
    ...(threshold === null || low === null || high === null
      ? []
      : [
          say('unusualPromise', {
            ...{ threshold: fixed(threshold, 2), flagged, checked },
            ...{ falseAlarms: decimal(falseAlarms), low: fixed(low, 1), high: fixed(high, 1) },
          }),
        ]),
    say('unusualJudged', {
      ...{ judged: images.length, leftOut: leftOut.length },
      ...{ promised: String(threshold !== null) },
      flagged: images.filter(({ verdict }) => verdict === 'unusual' || verdict === 'unmatched')
        .length,
    }),
  ];
}

const asTable = ({ images }: Found, cwd: string): string =>
  table(
    images.map(({ verdict, score, spots, path }) => [
      score === null ? '' : fixed(score, 2).padStart(7),
      say('unusualVerdict', { verdict }),
      say('unusualPlaces', { count: spots.length }),
      fromHere(path, cwd),
    ]),
  );

const digits = (value: number | null, count: number): number | null =>
  value === null ? null : Number(value.toFixed(count));

const asCsv = ({ images }: Found): string =>
  csvTable(
    ['path', 'verdict', 'score', 'reached', 'mean', 'top', 'places', 'overlay'],
    images.map(({ path, verdict, score, reached, mean, top, spots, overlay }) => [
      ...[path, verdict, digits(score, 4), digits(reached, 2), digits(mean, 4), digits(top, 4)],
      ...[spots.length, overlay],
    ]),
  );
