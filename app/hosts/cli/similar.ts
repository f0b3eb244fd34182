/** `hourglass similar`: what of a folder looks like a picture, or which of its pictures are one. The comparing is the engine's (`app/explore`). */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { commands, parseInput, type Commands, type OutputOf } from '../../contract/index.ts';
import { decimal, fixed } from '../../contract/sentences/index.ts';
import { csvTable } from '../../jobs/runs/report.ts';
import { printable } from '../shared/printable.ts';
import { filesOf, fromHere } from '../shared/walk.ts';
import { table } from './columns.ts';
import { find, picturesOf, placeOf, trainingOf, wantsJson } from './finding.ts';
import { exitCode, type CliOptions } from './options.ts';
import { say } from './sentences.ts';
import { UsageError, type Invocation } from './usage.ts';

type Found = OutputOf<Commands['findSimilar']>;
type Alike = Found['queries'][number]['found'][number];

/** @throws UsageError, HourglassError */
export async function runSimilar(invocation: Invocation, options: CliOptions): Promise<number> {
  const { terminal, cwd, interrupt: signal } = options;
  const { query, folder, csv, by, part, ...wanted } = parseInput(
    commands.similar,
    invocation.input,
  );
  const isJson = wantsJson(csv, invocation, terminal);
  const place = resolve(cwd, folder ?? query);
  if (folder === undefined && (await stat(place).catch(() => null))?.isFile())
    throw new UsageError(say('similarWantsFolder', { query }));
  const isAsked = folder !== undefined;
  if (!isAsked && (by !== undefined || part !== undefined))
    throw new UsageError(say('similarWantsQuery', { query }));
  const walks = await picturesOf(isAsked ? [folder, query] : [query], options);
  if (!walks) return exitCode.failed;
  const [walked, asked] = walks;
  const problems = walks.flatMap((one) => one.problems);
  const from = await placeOf(folder ?? query, cwd);
  return find<Found>(
    {
      ...{ verb: 'similar', command: 'findSimilar', isJson, problems },
      ask: (program) =>
        program.run(
          'findSimilar',
          {
            ...{ ...wanted, folder: from, images: walked!.files.map(filesOf) },
            queries: asked ? asked.files.map(filesOf) : null,
            ...{ by: by === undefined ? null : trainingOf(by, cwd), part: part ?? null },
          },
          { signal },
        ),
      text: (found) => (csv ? asCsv(found, isAsked) : asTables(found, isAsked, wanted.cutoff, cwd)),
      summary: (found) => [
        ...found.notices.map(({ text }) => text),
        say('similarCompared', { ...found, leftOut: found.leftOut.length }),
      ],
      interrupted: () => say('similarInterrupted'),
    },
    options,
  );
}

const kindWords = ({ kind, mirrored }: Alike): string => {
  const words = say(kind === 'same' ? 'similarSame' : 'similarLooks');
  return mirrored ? say('similarMirrored', { kind: words }) : words;
};

function asTables(found: Found, isAsked: boolean, cutoff: number, cwd: string): string {
  if (!isAsked)
    return [
      `${say('similarGroups', { groups: found.groups.length })}\n`,
      ...found.groups.flatMap(({ images }, at) => [
        `${say('similarGroup', { number: at + 1 })}\n`,
        ...images.map((path) => `  ${printable(fromHere(path, cwd))}\n`),
      ]),
    ].join('');
  return found.queries
    .flatMap(({ source, above, found: alike }) => [
      `${printable(say('similarTo', { source: fromHere(source, cwd) }))}\n`,
      alike.length === 0 ? `${say('similarNone', { cutoff: decimal(cutoff) })}\n` : '',
      table(
        alike.map((one) => [
          `  ${say('similarPercent', { percent: fixed(one.percentile, 2) }).padStart(8)}`,
          kindWords(one),
          fromHere(one.path, cwd),
        ]),
      ),
      above > alike.length ? `${say('similarMore', { more: above - alike.length })}\n` : '',
    ])
    .join('');
}

const asCsv = ({ queries, groups }: Found, isAsked: boolean): string =>
  isAsked
    ? csvTable(
        ['query', 'path', 'kind', 'percentile', 'cosine', 'mirrored'],
        queries.flatMap(({ source, found }) =>
          found.map(({ path, kind, percentile, cosine, mirrored }) => [
            ...[source, path, kind, Number(percentile.toFixed(3)), Number(cosine.toFixed(4))],
            mirrored,
          ]),
        ),
      )
    : csvTable(
        ['group', 'path'],
        groups.flatMap(({ images }, at) => images.map((path) => [at + 1, path])),
      );
