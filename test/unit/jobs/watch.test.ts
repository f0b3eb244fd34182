/** Folders that are watched: when a file is whole, and rounds of one run over one journal. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { commands, HourglassError } from '../../../app/contract/index.ts';
import { followSeries } from '../../../app/hosts/shared/grouping.ts';
import { walk } from '../../../app/hosts/shared/walk.ts';
import { performBatch } from '../../../app/jobs/runs/batch.ts';
import { readJournal } from '../../../app/jobs/runs/journal-state.ts';
import { Settling } from '../../../app/jobs/runs/settling.ts';
import { watchFolders, type WatchOptions } from '../../../app/jobs/runs/watch.ts';
import type { Program } from '../../../app/jobs/types.ts';
import { madeDicom } from '../scans/made-dicom.ts';
import { jpegBytes } from '../web/harness.ts';
import { temporaryFolder } from './helpers.ts';
import { writingProgram } from './writing-program.ts';

const put = (path: string, more = ''): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.concat([jpegBytes, Buffer.from(more)]));
};

describe('a file is whole', () => {
  /** Files by name, at a time in seconds. */
  const looker = (folder: string, seconds = 2) => {
    const settling = new Settling(seconds);
    return async (now: number, ...names: string[]) => {
      const files = names.map((name) => {
        const path = join(folder, name);
        return { path, files: [path], below: '', named: false };
      });
      const whole = await settling.whole(files, now * 1000);
      return whole.map(({ path }) => path.slice(folder.length + 1));
    };
  };

  it('when it stayed as it is, also one that was there before the watch; and then once', async () => {
    const folder = temporaryFolder();
    const look = looker(folder);
    put(join(folder, 'a.jpg'));
    utimesSync(join(folder, 'a.jpg'), 1, 1);
    expect(await look(0, 'a.jpg')).toEqual([]);
    expect(await look(1.9, 'a.jpg')).toEqual([]);
    expect(await look(2, 'a.jpg')).toEqual(['a.jpg']);
    expect(await look(9, 'a.jpg')).toEqual([]);
  });

  it('not while it grows, nor while its time of change moves in space that was reserved', async () => {
    const folder = temporaryFolder();
    const look = looker(folder);
    for (const name of ['grows.jpg', 'filled.jpg']) put(join(folder, name));
    for (let second = 0; second < 6; second++) {
      appendFileSync(join(folder, 'grows.jpg'), 'x');
      utimesSync(join(folder, 'filled.jpg'), second, second);
      expect(await look(second, 'grows.jpg', 'filled.jpg')).toEqual([]);
    }
    expect(await look(7, 'grows.jpg', 'filled.jpg')).toEqual(['grows.jpg', 'filled.jpg']);
    // A copy that had paused for longer goes on.
    appendFileSync(join(folder, 'grows.jpg'), 'x');
    expect(await look(8, 'grows.jpg', 'filled.jpg')).toEqual([]);
    expect(await look(10, 'grows.jpg', 'filled.jpg')).toEqual(['grows.jpg']);
  });

  it('not under the names of what is copied or downloaded, nor for long while it is empty', async () => {
    const folder = temporaryFolder();
    const look = looker(folder);
    const parts = ['a.jpg.part', 'b.jpg.crdownload', 'c.jpg.filepart', 'd.TMP', 'e.jpg~'];
    for (const name of parts) put(join(folder, name));
    writeFileSync(join(folder, 'empty.jpg'), '');
    expect(await look(0, 'empty.jpg', ...parts)).toEqual([]);
    expect(await look(29, 'empty.jpg', ...parts)).toEqual([]);
    expect(await look(30, 'empty.jpg', ...parts)).toEqual(['empty.jpg']);
    renameSync(join(folder, 'a.jpg.part'), join(folder, 'a.jpg'));
    expect(await look(31, 'a.jpg')).toEqual([]);
    expect(await look(33, 'a.jpg')).toEqual(['a.jpg']);
  });

  it('again when it comes back, or another one takes its name', async () => {
    const folder = temporaryFolder();
    const look = looker(folder);
    for (const name of ['a.jpg', 'b.jpg']) put(join(folder, name));
    await look(0, 'a.jpg', 'b.jpg');
    expect(await look(2, 'a.jpg', 'b.jpg')).toHaveLength(2);
    expect(await look(3, 'b.jpg')).toEqual([]);
    put(join(folder, 'new'), 'other');
    renameSync(join(folder, 'new'), join(folder, 'b.jpg'));
    expect(await look(4, 'a.jpg', 'b.jpg', 'gone.jpg')).toEqual([]);
    expect(await look(6, 'a.jpg', 'b.jpg')).toEqual(['a.jpg', 'b.jpg']);
  });
});

/** Watches `in` of a folder until the returned function is called; `out` beside it. */
function watching(
  folder: string,
  program: Program,
  more: Partial<WatchOptions['request']> = {},
): { told: string[]; stop: () => Promise<unknown>; ended: Promise<unknown> } {
  const end = new AbortController();
  const told: string[] = [];
  const short = (path: string): string => path.slice(folder.length + 1);
  const ended = watchFolders({
    request: {
      ...{ command: 'denoise', settings: { sigma: 10 }, software: 'Hourglass 0' },
      ...{ out: join(folder, 'out/'), journal: join(folder, 'out.hourglass.jsonl') },
      ...{ retryFailed: false, modelPrint: () => Promise.resolve('a') },
      ...more,
    },
    folders: [join(folder, 'in')],
    results: join(folder, 'out'),
    look: (here) => walk(here, { cwd: folder, signal: end.signal }),
    together: followSeries(commands.denoise, end.signal),
    ...{ settle: 0.05, every: 20, signal: end.signal },
    perform: async (batch, options) => {
      for (const job of batch.plan.run.jobs)
        if (job.state === 'refused') told.push(`refused ${job.error!.code}`);
      const { counts } = await performBatch(program, batch, {
        ...{ ...options, signal: end.signal },
        told: (job) => {
          if (['done', 'failed'].includes(job.state))
            told.push(`${job.state} ${short(job.input.source as string)}`);
        },
      });
      return counts;
    },
    told: (event) => {
      if (event.kind === 'waiting' || event.kind === 'back')
        told.push(`${event.kind} ${short(event.path)}`);
      else if (event.kind === 'notice') told.push(event.text);
      else if (event.kind === 'before') told.push(`before ${event.done} ${event.failed}`);
      else told.push(event.kind);
    },
  });
  ended.catch((error: Error) => told.push(`ended: ${error.message}`));
  return { told, ended, stop: () => (end.abort(), ended) };
}

const soon = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 20 });

describe('a folder that is watched', () => {
  it('what is there and what comes is done once, results are no inputs, and a restart does nothing', async () => {
    const folder = temporaryFolder();
    const [input, out] = [join(folder, 'in'), join(folder, 'in/results/')];
    put(join(input, 'a.jpg'), 'a');
    const { program, done } = writingProgram();
    const first = watching(folder, program, { out });
    await soon(() => expect(first.told).toContain('done in/a.jpg'));
    put(join(input, 'sub/deep/b.jpg'), 'b');
    put(join(folder, 'c.jpg'), 'c');
    renameSync(join(folder, 'c.jpg'), join(input, 'c.jpg'));
    await soon(() => expect(done).toHaveLength(3));
    // Looked at again, with the results among what is found.
    put(join(input, 'last.jpg'), 'd');
    await soon(() => expect(done).toHaveLength(4));
    await first.stop();
    expect(done.sort()).toEqual(['a.jpg', 'b.jpg', 'c.jpg', 'last.jpg']);
    expect(existsSync(join(out, 'sub/deep/b.jpg'))).toBe(true);
    const state = (await readJournal(join(folder, 'out.hourglass.jsonl')))!;
    expect([state.files.size, state.sessions.length]).toEqual([4, 0]);

    const second = watching(folder, program, { out });
    await soon(() => expect(second.told).toContain('before 4 0'));
    put(join(input, 'new.jpg'), 'e');
    await soon(() => expect(second.told).toContain('done in/new.jpg'));
    await second.stop();
    expect(done).toHaveLength(5);
  });

  it('a changed file is done again; one that failed waits until it is another, over a restart too', async () => {
    const folder = temporaryFolder();
    const [a, bad] = ['a.jpg', 'bad.jpg'].map((name) => join(folder, 'in', name));
    let isBad = true;
    const { program, done } = writingProgram({
      bad: () => {
        if (isBad) throw new HourglassError('damaged-image', 'bad.jpg is damaged.');
      },
    });
    for (const path of [a!, bad!]) put(path, 'one');
    const first = watching(folder, program);
    await soon(() => expect(first.told.join()).toMatch(/done.*failed|failed.*done/));
    put(a!, 'another');
    await soon(() => expect(done).toEqual(['a.jpg', 'a.jpg']));
    await soon(() =>
      expect(readFileSync(join(folder, 'out/a.jpg'), 'latin1')).toContain('another'),
    );
    await first.stop();

    isBad = false;
    const second = watching(folder, program);
    await soon(() => expect(second.told).toContain('before 1 1'));
    put(bad!, 'mended');
    await soon(() => expect(second.told).toContain('done in/bad.jpg'));
    await second.stop();
    expect(done).toEqual(['a.jpg', 'a.jpg', 'bad.jpg']);
  });

  it('a folder, and one of results, that vanish are waited for with a word', async () => {
    const folder = temporaryFolder();
    const { program, done } = writingProgram();
    put(join(folder, 'in/a.jpg'), 'a');
    const watch = watching(folder, program);
    await soon(() => expect(done).toEqual(['a.jpg']));
    renameSync(join(folder, 'in'), join(folder, 'unplugged'));
    await soon(() => expect(watch.told).toContain('waiting in'));
    put(join(folder, 'unplugged/b.jpg'), 'b');
    renameSync(join(folder, 'unplugged'), join(folder, 'in'));
    await soon(() => expect(watch.told).toContain('done in/b.jpg'));
    expect(watch.told).toContain('back in');

    renameSync(join(folder, 'out'), join(folder, 'away'));
    put(join(folder, 'in/c.jpg'), 'c');
    await soon(() => expect(watch.told).toContain('waiting out'));
    expect(existsSync(join(folder, 'out'))).toBe(false);
    renameSync(join(folder, 'away'), join(folder, 'out'));
    await soon(() => expect(watch.told).toContain('done in/c.jpg'));
    await watch.stop();
    expect(done).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
  });

  it('a slice of another patient than its series is refused; what was done before stays done; twins are said', async () => {
    const folder = temporaryFolder();
    const { program, done } = writingProgram();
    const slice = (name: string, instance: string, patient: string): void => {
      mkdirSync(join(folder, 'in'), { recursive: true });
      const whose = { '0010,0020': ['LO', patient], '0020,000e': ['UI', '1.2.9'] } as const;
      const bytes = madeDicom({ ...whose, '0008,0018': ['UI', instance] });
      writeFileSync(join(folder, 'in', name), bytes);
    };
    slice('a.dcm', '1.2.3.1', 'canary');
    const first = watching(folder, program);
    await soon(() => expect(done).toEqual(['a.dcm']));
    slice('twin.dcm', '1.2.3.1', 'canary');
    await soon(() => expect(done).toEqual(['a.dcm', 'twin.dcm']));
    const twins = first.told.filter((one) => one.includes('SOP Instance UID'));
    expect(twins).toEqual([expect.stringMatching(/^a\.dcm and twin\.dcm have the same/)]);
    slice('b.dcm', '1.2.3.2', 'nightingale');
    await soon(() => expect(first.told).toContain('refused unsupported-image'));
    await first.stop();

    const second = watching(folder, program);
    await soon(() => expect(second.told).toContain('before 2 0'));
    await soon(() => expect(second.told).toContain('refused unsupported-image'));
    // What is of the other patient is gone: the series is one again.
    rmSync(join(folder, 'in/b.dcm'));
    slice('c.dcm', '1.2.3.3', 'canary');
    await soon(() => expect(second.told).toContain('done in/c.dcm'));
    await second.stop();
    expect(done).toEqual(['a.dcm', 'twin.dcm', 'c.dcm']);
    expect(second.told.filter((one) => one.startsWith('refused'))).toHaveLength(1);
    const written = readFileSync(join(folder, 'out.hourglass.jsonl'), 'utf8');
    expect(`${written}${first.told.join()}`).not.toMatch(/canary|nightingale/);
  });

  it('two files with one result: the first is done, the other is refused by name', async () => {
    const folder = temporaryFolder();
    const { program, done } = writingProgram();
    const template = { out: join(folder, 'out/one.jpg') };
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) put(join(folder, 'in', name), name);
    const watch = watching(folder, program, template);
    await soon(() => expect(watch.told.filter((one) => one.startsWith('refused'))).toHaveLength(2));
    // They are refused before the work on the first begins.
    await soon(() => expect(watch.told).toContain('done in/a.jpg'));
    await watch.stop();
    expect(done).toEqual(['a.jpg']);
  });

  it('an original is not overwritten by the result of what comes later', async () => {
    const folder = temporaryFolder();
    const { program, done } = writingProgram();
    const request = {
      ...{ settings: { sigma: 10, overwrite: true, format: 'jpeg' } },
      out: join(folder, 'in/{name}.jpg'),
    };
    mkdirSync(join(folder, 'in'), { recursive: true });
    put(join(folder, 'in/a.jpg'), 'original');
    const watch = watching(folder, program, request);
    await soon(() => expect(watch.told).toContain('refused output-is-source'));
    put(join(folder, 'in/a.jpeg'), 'later');
    await soon(() =>
      expect(watch.told.filter((one) => one === 'refused output-is-source')).toHaveLength(2),
    );
    await watch.stop();
    expect(done).toEqual([]);
    expect(readFileSync(join(folder, 'in/a.jpg'), 'latin1')).toContain('original');
  });

  it('is refused while another one writes its journal, and with other settings', async () => {
    const folder = temporaryFolder();
    const { program } = writingProgram();
    mkdirSync(join(folder, 'in'));
    const first = watching(folder, program);
    await soon(() => expect(first.told).toContain('watching'));
    await expect(watching(folder, program).ended).rejects.toMatchObject({ code: 'not-allowed' });
    await first.stop();
    await expect(
      watching(folder, program, { settings: { sigma: 20 } }).ended,
    ).rejects.toMatchObject({ code: 'invalid-parameter' });
    rmSync(join(folder, 'out.hourglass.jsonl'));
  });
});
