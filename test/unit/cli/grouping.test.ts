/** Files that belong together are one entry, on whichever way they come in. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batchOptionsSchema, commands, HourglassError } from '../../../app/contract/index.ts';
import { planFiles } from '../../../app/hosts/cli/plan.ts';
import { createAdmission } from '../../../app/hosts/shared/admission.ts';
import { groupFiles, type Groupings } from '../../../app/hosts/shared/grouping.ts';
import { createOpenFiles } from '../../../app/hosts/shared/open-files.ts';
import { createPageDoor } from '../../../app/hosts/shared/page-door.ts';
import { walk } from '../../../app/hosts/shared/walk.ts';
import { coreCapability } from '../../../app/jobs/engine/core.ts';
import { createDocumentStore } from '../../../app/pixels/index.ts';
import { createSeriesReader, seriesGrouping, writeSlice } from '../pixels/series-reader.ts';
import { FakeProgram } from '../web/harness.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const signal = new AbortController().signal;
const groupings: Groupings = { hgl: { divide: seriesGrouping } };
let folder = '';
const at = (name: string): string => join(folder, name);
/** a3, a1, a2 are one series in this order, b another one. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hourglass-grouping-'));
  mkdirSync(at('scans'));
  writeFileSync(at('scans/a0.png'), png);
  ['a3', 'a1', 'a2'].forEach((name, place) =>
    writeSlice(at(`scans/${name}.hgl`), { series: 'a', place, value: 100 * place }),
  );
  writeSlice(at('scans/b.hgl'), { series: 'b', place: 0, value: 7 });
  writeFileSync(at('scans/c.png'), png);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const named = (groups: readonly (readonly string[])[]): string[] =>
  groups.map((group) => group.map((path) => basename(path)).join(' '));
const entries = ['a0.png', 'a3.hgl a1.hgl a2.hgl', 'b.hgl', 'c.png'];
const slices = ['a3', 'a1', 'a2'].map((name) => `scans/${name}.hgl`);

describe('files that came together', () => {
  it('are one entry each, unless their format says otherwise', async () => {
    const paths = ['c.png', 'a1.hgl', 'b.hgl', 'a2.hgl', 'a3.hgl'].map((name) =>
      at(`scans/${name}`),
    );
    expect(named(await groupFiles(paths, signal))).toEqual(paths.map((path) => basename(path)));
    expect(named(await groupFiles(paths, signal, { table: groupings }))).toEqual([
      ...['c.png', 'a3.hgl a1.hgl a2.hgl', 'b.hgl'],
    ]);
  });

  it('end to be looked at when nobody wants to know any more', async () => {
    const gone = AbortSignal.abort();
    await expect(groupFiles(slices.map(at), gone, { table: groupings })).rejects.toMatchObject({
      code: 'cancelled',
    });
    // Where each is written by itself, nothing is looked at.
    const table: Groupings = { hgl: { divide: seriesGrouping, writesEach: true } };
    const apart = slices.map((path) => [at(path)]);
    expect(await groupFiles(slices.map(at), gone, { table, forWriting: true })).toEqual(apart);
  });

  it('stay alone where the grouping can not read them; one that loses files is a fault', async () => {
    const paths = slices.map(at);
    writeFileSync(paths[1]!, '\x89HGL\r\n\x1a\nnonsense', 'latin1');
    expect(await groupFiles(paths, signal, { table: groupings })).toEqual(
      paths.map((path) => [path]),
    );
    const forgets = {
      hgl: { divide: (all: readonly string[]) => Promise.resolve({ groups: [all.slice(1)] }) },
    };
    await expect(groupFiles(paths, signal, { table: forgets })).rejects.toMatchObject({
      code: 'internal',
    });
    const divide = () => Promise.reject(new HourglassError('cancelled', 'Stopped.'));
    await expect(groupFiles(paths, signal, { table: { hgl: { divide } } })).rejects.toThrow(
      'Stopped.',
    );
  });

  it('are found so in folders, and named for the command line as one job', async () => {
    const { files } = await walk(['scans'], { cwd: folder, signal, groupings });
    expect(named(files.map((file) => file.files))).toEqual(entries);
    expect(files.map(({ path }) => path)).toEqual(files.map((file) => file.files[0]));
    const plan = await planFiles(
      {
        ...{ command: 'denoise', definition: commands.denoise, files: slices },
        ...{ input: {}, json: false, dryRun: false, run: batchOptionsSchema.parse({}) },
      } as Parameters<typeof planFiles>[0],
      { cwd: folder, signal, groupings },
    );
    expect(plan.plan.run.jobs).toHaveLength(1);
    expect(plan.plan.run.jobs[0]).toMatchObject({
      input: { source: at(slices[0]!), files: slices.map(at) },
      output: { path: at('scans/a3-clean.png') },
    });
  });

  it('are admitted as one, dropped or uploaded', async () => {
    const admission = createAdmission({ table: groupings });
    const log = (line: string) => void expect.unreachable(line);
    const openFiles = createOpenFiles({ admission, signal, log, groupings });
    const admitted = await openFiles.admitAll([at('scans')]);
    expect(admitted.map(({ name, files }) => [name, files])).toEqual([
      ...[
        ['a0.png', undefined],
        ['a3.hgl', 3],
        ['b.hgl', undefined],
        ['c.png', undefined],
      ],
    ]);
    const series = admitted[1]!;
    expect(admission.filesOf(series.source)).toEqual(slices.map(at));
    expect(admission.filesOf(admitted[0]!.source)).toEqual([at('scans/a0.png')]);

    const uploads = createAdmission({ table: groupings });
    const one = await Promise.all(slices.map((name) => uploads.admit(at(name))));
    const ids = one.map(({ source }) => source);
    const together = await uploads.together(ids, signal);
    expect(together).toEqual([{ ...one[0], files: 3, bytes: series.bytes }]);
    // By itself it is itself again.
    expect(await uploads.admit(at(slices[0]!))).toEqual(one[0]);
    expect(uploads.filesOf(ids[0]!)).toEqual([at(slices[0]!)]);
    await expect(uploads.together(['@none'], signal)).rejects.toMatchObject({
      code: 'not-allowed',
    });
  });
});

describe('an entry of several files', () => {
  it('is written slice by slice where a slice is asked for: under the name of its file, all as one run', async () => {
    const admission = createAdmission({ table: groupings });
    const { source } = await admission.admit(at(slices[0]!), slices.map(at));
    const program = new FakeProgram();
    program.answer = ({ input }) => Promise.resolve({ output: String(input.out) });
    const places: string[] = [];
    const door = createPageDoor({
      program,
      sources: admission,
      outputs: {
        place: (_template, path) => {
          places.push(basename(path));
          const out = join(folder, '{name}-clean.{ext}');
          return Promise.resolve({
            ...{ out, folder, failed: () => Promise.resolve() },
            written: (name: string) => basename(name),
          });
        },
      },
    });
    const run = '0198c0de-0000-7000-8000-000000000000';
    const asked = { source, format: 'dicom', out: '{dir}/{name}-clean.{ext}' };
    await door.run('denoise', { ...asked, page: 2 }, { run });
    await door.run('denoise', { ...asked, format: 'png', page: 2 }, { run });
    await door.run('denoise', { ...asked, format: 'tiff' }, { run });
    expect(places).toEqual(['a1.hgl', 'a1.hgl', 'a3.hgl']);
    expect(
      program.calls.map(({ input, options }) => [
        input.source,
        input.files,
        input.page,
        options.run,
      ]),
    ).toEqual([
      [at(slices[1]!), undefined, 1, run],
      [at(slices[1]!), undefined, 1, run],
      [at(slices[0]!), slices.map(at), undefined, run],
    ]);
  });

  it('reaches the engine whole; what a page says of files counts for nothing', async () => {
    const admission = createAdmission({ table: groupings });
    const { source } = await admission.admit(at(slices[0]!), slices.map(at));
    const photo = await admission.admit(at('scans/c.png'));
    const program = new FakeProgram();
    const gone: string[] = [];
    const door = createPageDoor({
      program,
      sources: admission,
      outputs: { place: () => expect.unreachable() as never },
      released: (path) => Promise.resolve(void gone.push(basename(path))),
    });
    program.answer = () => Promise.resolve({});
    await door.run('open', { source, files: ['/etc/passwd'] }, {});
    await door.run('open', { source: photo.source, files: ['/etc/passwd'] }, {});
    expect(program.calls.map(({ input }) => [input.source, input.files])).toEqual([
      [at(slices[0]!), slices.map(at)],
      [at('scans/c.png'), undefined],
    ]);
    await door.release({ sources: [source] });
    expect(gone).toEqual(['a3.hgl', 'a1.hgl', 'a2.hgl']);

    const documents = createDocumentStore({
      maxBytes: 1e9,
      readers: { hgl: createSeriesReader() },
    });
    const opened = await coreCapability.handlers.open(
      commands.open.input.parse(program.calls[0]!.input),
      { signal } as never,
      { documents } as never,
    );
    expect(opened).toMatchObject({ frames: 3, files: 3 });
  });
});
