/** A run over a folder as a page asks for it: a program that writes files without an engine. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  HourglassError,
  type FolderResult,
  type FolderRunRequest,
} from '../../../app/contract/index.ts';
import { writeReports } from '../../../app/hosts/cli/files.ts';
import { createAdmission } from '../../../app/hosts/shared/admission.ts';
import { createFolderRun } from '../../../app/hosts/shared/folder-run.ts';
import { personFolders } from '../../../app/hosts/shared/paths.ts';
import type { Program } from '../../../app/jobs/types.ts';
import { temporaryFolder } from '../jobs/helpers.ts';
import { writingProgram } from '../jobs/writing-program.ts';
import { jpegBytes } from '../web/harness.ts';

const sessions: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((one) => one.stop()));
});

function session(
  names: readonly string[],
  happens: Record<string, (output: string) => void> = {},
  home = temporaryFolder(),
) {
  const folder = join(home, 'shoot');
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    const bytes = name.endsWith('.txt') ? [] : [jpegBytes];
    writeFileSync(join(folder, name), Buffer.concat([...bytes, Buffer.from(name)]));
  }
  const writing = writingProgram(happens);
  const run = createFolderRun({
    ...{ program: writing.program, admission: createAdmission() },
    chooseFolder: () => Promise.resolve(folder),
    tell: () => undefined,
    reveal: () => undefined,
    rememberIn: join(home, 'unfinished-run.json'),
  });
  sessions.push(run);
  const ask = (request: FolderRunRequest): ReturnType<typeof run.ask> => run.ask(request);
  const until = (phase: string): Promise<void> =>
    vi.waitFor(() => expect(run.all().state.phase).toBe(phase), { timeout: 20_000, interval: 5 });
  const start = (more: object = {}): ReturnType<typeof run.ask> =>
    ask({
      ...{ ask: 'start', command: 'denoise', settings: { sigma: 10 }, files: null },
      ...{ skipExisting: false, ...more },
    });
  const states = (): string[] => run.all().changes.map(({ state }) => state);
  return { home, folder, writing, run, ask, until, start, states };
}
const five = ['a.jpg', 'b.jpg', 'c.jpg', 'deep/d.jpg', 'deep/e.jpg'];

describe('a run over a folder', () => {
  it('is read into a list without junk, and done into a tree beside it', async () => {
    const { home, ask, until, start, states, run } = session([...five, 'notes.txt']);
    await ask({ ask: 'folder' });
    await until('ready');
    expect(run.all().files.map(({ folder: at, name }) => `${at}/${name}`)).toEqual([
      ...['/a.jpg', '/b.jpg', '/c.jpg', 'deep/d.jpg', 'deep/e.jpg'],
    ]);
    await start();
    await until('ended');
    expect(states()).toEqual(Array(5).fill('done'));
    expect(readdirSync(join(home, 'shoot-clean/deep'))).toEqual(['d.jpg', 'e.jpg']);
    expect(existsSync(join(home, 'shoot-clean.hourglass.jsonl'))).toBe(true);
    // Once more, proven from the journal.
    await start({ skipExisting: true });
    await until('ended');
    expect(states()).toEqual(Array(5).fill('skipped'));
  });

  it('is known from then on for how long it took, and is reported with pictures by the command line', async () => {
    const { home, ask, until, start, writing } = session(['a.jpg', 'b.jpg']);
    vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'));
    const { runUnknown } = writing.program;
    writing.program.runUnknown = async (...args) => ({
      ...((await runUnknown(...args)) as object),
      ...{ bytes: 500, seconds: 0.01, width: 10, height: 10 },
    });
    await ask({ ask: 'folder' });
    await until('ready');
    await start();
    await until('ended');
    const pace = readFileSync(join(personFolders().cache, 'pace.json'), 'utf8');
    expect(Object.values(JSON.parse(pace) as object)).toMatchObject([{ '.jpg': { files: 2 } }]);
    vi.unstubAllEnvs();

    const tile = { width: 2, height: 1, data: new Uint8Array(8) };
    const pictures = {
      run: () => Promise.resolve({ document: 'd', width: 2, height: 1, tileSize: 256 }),
      tile: () => Promise.resolve(tile),
    } as unknown as Pick<Program, 'run' | 'tile'>;
    const createProgram = () => expect.unreachable('There is one.');
    const journal = join(home, 'shoot-clean.hourglass.jsonl');
    const imagesIn = async (interrupt: AbortSignal): Promise<number> => {
      const options = { createProgram, cwd: home, interrupt };
      await writeReports({ report: ['a.html', 'a.csv'] }, journal, options, pictures);
      return readFileSync(join(home, 'a.html'), 'utf8').split('data:image/png').length - 1;
    };
    expect(await imagesIn(new AbortController().signal)).toBe(4);
    expect(await imagesIn(AbortSignal.abort())).toBe(0);
  });

  it('is over the files that the globs of a page choose, and keeps the place of the results', async () => {
    const { ask, until, run, folder } = session(five);
    const names = (): string[] => run.all().files.map(({ name }) => name);
    const choose = async (include: string[], exclude: string[]): Promise<void> => {
      const { list } = run.all().state;
      // Busy until what went before has been told.
      await vi.waitFor(() => ask({ ask: 'choice', include, exclude }));
      await vi.waitFor(() => expect(run.all().state.list).toBe(list + 1));
      await until('ready');
    };
    await ask({ ask: 'folder' });
    await until('ready');
    await choose([], ['deep', 'b*']);
    expect(names()).toEqual(['a.jpg', 'c.jpg']);
    expect(run.all().state).toMatchObject({
      ...{ unchosen: 2, choice: { include: [], exclude: ['deep', 'b*'] } },
    });
    // The dialog of this test answers with the folder itself, whatever is asked.
    await ask({ ask: 'out' });
    await until('ready');
    await choose(['deep/*'], []);
    expect(names()).toEqual(['d.jpg', 'e.jpg']);
    expect(run.all().state.out).toBe(`${folder}/`.replaceAll('/', sep));
    await choose(['none'], []);
    expect(run.all().state).toMatchObject({ phase: 'ready', unchosen: 5 });
  });

  it('takes no place, no number and no leave to replace from a page', async () => {
    const { home, ask, until, start, states } = session(['a.jpg']);
    mkdirSync(join(home, 'shoot-clean'));
    writeFileSync(join(home, 'shoot-clean/a.jpg'), 'somebody’s');
    await ask({ ask: 'folder' });
    await until('ready');
    const settings = { sigma: 10, overwrite: true, out: join(home, 'elsewhere/'), index: 7 };
    await start({ settings });
    await until('ended');
    expect(states()).toEqual(['failed']);
    expect(readFileSync(join(home, 'shoot-clean/a.jpg'), 'utf8')).toBe('somebody’s');
    expect(existsSync(join(home, 'elsewhere'))).toBe(false);
  });

  it('shows a page what was written of a file: as it is, changed, gone, or never there', async () => {
    const { home, folder, ask, until, start, run } = session(['a.jpg', 'b.jpg']);
    const result = (file: number) => ask({ ask: 'result', file }) as Promise<FolderResult>;
    await expect(result(0)).rejects.toMatchObject({ code: 'not-allowed' });
    await ask({ ask: 'folder' });
    await until('ready');
    await expect(result(0)).rejects.toMatchObject({ code: 'file-not-found' });
    await start({ files: [0] });
    await until('ended');
    const found = await result(0);
    expect(found).toMatchObject({ changed: false, sourceChanged: false });
    expect(found.source.source).toBe(run.all().files[0]!.source);
    expect(found.result.source).toMatch(/^@/);
    expect(JSON.stringify(found)).not.toContain(home);
    await expect(result(1)).rejects.toThrow('names no result of b.jpg');
    await expect(result(7)).rejects.toMatchObject({ code: 'not-allowed' });

    const written = join(home, 'shoot-clean/a.jpg');
    writeFileSync(written, Buffer.concat([readFileSync(written), Buffer.from('more')]));
    writeFileSync(join(folder, 'a.jpg'), Buffer.concat([jpegBytes, Buffer.from('another')]));
    expect(await result(0)).toMatchObject({ changed: true, sourceChanged: true });
    rmSync(written);
    await expect(result(0)).rejects.toThrow(`there is no ${written} any more`);
  });

  it('opens nothing that a journal names outside of the folder of the results', async () => {
    const { home, ask, until, start } = session(['a.jpg']);
    await ask({ ask: 'folder' });
    await until('ready');
    await start();
    await until('ended');
    const journal = join(home, 'shoot-clean.hourglass.jsonl');
    writeFileSync(join(home, 'secret.jpg'), jpegBytes);
    const lines = readFileSync(journal, 'utf8');
    writeFileSync(journal, lines.replaceAll('shoot-clean/a.jpg', 'shoot-clean/../secret.jpg'));
    await expect(ask({ ask: 'result', file: 0 })).rejects.toThrow('names no result of a.jpg');
  });

  it('is over some of the files alone where a page says so', async () => {
    const { ask, until, start, states, writing } = session(five);
    await ask({ ask: 'folder' });
    await until('ready');
    await start({ files: [1, 4, 99] });
    await until('ended');
    expect(states()).toEqual(['waiting', 'done', 'waiting', 'waiting', 'done']);
    expect(writing.done.sort()).toEqual(['b.jpg', 'e.jpg']);
  });

  it('begins no file while it pauses, goes on, and resumes what was cancelled', async () => {
    let pauses = (): void => undefined;
    const { ask, until, start, states, writing, run } = session(five, {
      a: () => pauses(),
    });
    pauses = () => void ask({ ask: 'pause', paused: true });
    await ask({ ask: 'folder' });
    await until('ready');
    await start();
    await until('paused');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = writing.done.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(writing.done.length).toBe(before);
    expect(before).toBeLessThan(5);
    // What is next has not begun.
    expect(states()).not.toContain('running');
    // Who closes the window is asked.
    expect(run.busy).toBe('writing');
    await ask({ ask: 'cancel' });
    await until('ended');
    expect(run.busy).toBe(null);
    expect(run.all().state).toMatchObject({ ended: 'cancelled', before: { left: 5 - before } });
    pauses = () => undefined;
    await ask({ ask: 'resume', retryFailed: false });
    await until('ended');
    expect(states().filter((state) => state === 'cancelled')).toEqual([]);
    expect(writing.done.sort()).toEqual(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg']);
    expect(run.all().state).toMatchObject({ ended: 'done', before: { done: 5, left: 0 } });
  });

  it('that was cut off is found by the next start, and goes on with what is left', async () => {
    const first = session(five);
    await first.ask({ ask: 'folder' });
    await first.until('ready');
    const journal = join(first.home, 'shoot-clean.hourglass.jsonl');
    const memory = join(first.home, 'unfinished-run.json');
    const { runUnknown } = first.writing.program;
    let remembered = '';
    first.writing.program.runUnknown = (...args) => {
      remembered = readFileSync(memory, 'utf8');
      return runUnknown(...args);
    };
    await first.start();
    await first.until('ended');
    expect(JSON.parse(readFileSync(memory, 'utf8'))).toBeNull();
    // What a crash leaves: a journal that ends after the second result, and no other results.
    const lines = readFileSync(journal, 'utf8').split('\n');
    const ends = lines.flatMap((line, at) => (line.includes('"type":"done"') ? [at] : []));
    expect(ends).toHaveLength(5);
    const left = lines.slice(0, ends[1]! + 1);
    writeFileSync(journal, `${left.join('\n')}\n`);
    const written = left.filter((line) => line.includes('"type":"done"')).join();
    for (const name of five)
      if (!written.includes(name.split('/').at(-1)!)) rmSync(join(first.home, 'shoot-clean', name));
    writeFileSync(memory, remembered);

    const next = session([], {}, first.home);
    await next.ask({ ask: 'all' });
    const { cutOff } = next.run.all().state;
    expect(cutOff).toEqual({
      ...{ folder: first.folder, command: 'denoise' },
      ...{ done: 2, failed: 0, left: 3 },
    });
    await next.ask({ ask: 'goOn' });
    await next.until('ended');
    expect(next.run.all().state.cutOff).toBeNull();
    expect(next.states().every((state) => state === 'done' || state === 'skipped')).toBe(true);
    expect(readdirSync(join(first.home, 'shoot-clean/deep'))).toEqual(['d.jpg', 'e.jpg']);

    // Nothing is left to be offered.
    const last = session([], {}, first.home);
    await last.ask({ ask: 'all' });
    expect(last.run.all().state.cutOff).toBeNull();
  });

  it('refuses what is no request, a second run beside one, and a command that is none over files', async () => {
    const { ask, until, start, run } = session(five);
    await expect(run.ask({ ask: 'folder', path: '/' })).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
    await expect(start()).rejects.toMatchObject({ code: 'not-allowed' });
    await ask({ ask: 'folder' });
    await until('ready');
    await start({ command: 'removeModel', settings: { id: 'x' } });
    await vi.waitFor(() =>
      expect(run.all().state.problem).toMatchObject({ code: 'unknown-command' }),
    );
  });
});

describe('what an earlier run did', () => {
  it('is shown when the folder is chosen, by its journal, before a run begins', async () => {
    const first = session(five, {
      b: () => {
        throw new HourglassError('damaged-image', 'b.jpg is damaged.');
      },
    });
    const { home, folder, ask, until, start } = first;
    await ask({ ask: 'folder' });
    await until('ready');
    await start({ files: [0, 1, 2, 3] });
    await until('ended');
    // Its result is gone, and this one is another file than it was.
    rmSync(join(home, 'shoot-clean/c.jpg'));
    writeFileSync(join(folder, 'deep/d.jpg'), 'another one');

    const again = session([], {}, home);
    await again.ask({ ask: 'folder' });
    await again.until('ready');
    expect(again.states()).toEqual(['done', 'failed', 'waiting', 'waiting', 'waiting']);
    const [a, b] = again.run.all().changes;
    const { length } = readFileSync(join(home, 'shoot-clean/a.jpg'));
    expect(a).toMatchObject({ byJournal: true, bytes: length });
    expect(b).toMatchObject({ byJournal: true, error: { message: 'b.jpg is damaged.' } });
    // Proven now, it is the run's word and no more that of the journal.
    await again.start({ skipExisting: true });
    await again.until('ended');
    // What was made of the other file is not replaced without a word.
    expect(again.states()).toEqual(['skipped', 'done', 'done', 'failed', 'done']);
    expect(again.run.all().changes.filter(({ byJournal }) => byJournal)).toEqual([]);
  });
});

describe('a folder that is watched', () => {
  const watch = { ask: 'watch', command: 'denoise', settings: { sigma: 10 } } as const;
  const soon = (check: () => void): Promise<void> =>
    vi.waitFor(check, { timeout: 15_000, interval: 20 });
  const put = (path: string, more: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.concat([jpegBytes, Buffer.from(more)]));
  };

  it('gets a row for each file that comes, as it is done; watched again, nothing is done twice', async () => {
    const { home, folder, ask, until, run, states, writing } = session([]);
    await ask({ ask: 'folder' });
    await until('ready');
    await ask(watch);
    await until('watching');
    expect(run.busy).toBe('watching');
    put(join(folder, 'deep/a.jpg'), 'a');
    await soon(() => expect(run.all().state.watch).toMatchObject({ arriving: 1 }));
    expect(run.all().files).toEqual([]);
    await soon(() => expect(states()).toEqual(['done']));
    expect(run.all().files).toMatchObject([{ name: 'a.jpg', folder: 'deep' }]);
    await soon(() =>
      expect(run.all().state).toMatchObject({
        ...{ phase: 'watching', watch: { arriving: 0, done: 1, failed: 0 } },
      }),
    );
    expect(existsSync(join(home, 'shoot-clean/deep/a.jpg'))).toBe(true);
    const result = (await ask({ ask: 'result', file: 0 })) as FolderResult;
    expect(result).toMatchObject({ changed: false, source: { name: 'a.jpg' } });
    // One thing at a time.
    await expect(ask({ ask: 'folder' })).rejects.toMatchObject({ code: 'not-allowed' });
    await ask({ ask: 'cancel' });
    await until('ended');
    expect(run.all().state).toMatchObject({ ended: 'stopped', watch: null, before: { done: 1 } });
    expect(run.busy).toBe(null);

    const again = session([], {}, home);
    await again.ask({ ask: 'folder' });
    await again.until('ready');
    put(join(folder, 'b.jpg'), 'b');
    // It goes on with the settings that it had, and says so.
    await again.ask({ ...watch, settings: { sigma: 20 } });
    await soon(() => expect(again.states()).toEqual(['done', 'done']));
    await soon(() => expect(again.run.all().state.watch).toMatchObject({ done: 1 }));
    expect(again.run.all().state.notices.join()).toContain('settings that it was begun with');
    expect([writing.done, again.writing.done]).toEqual([['a.jpg'], ['b.jpg']]);
    expect(readFileSync(join(home, 'shoot-clean/b.jpg'), 'latin1')).toMatch(/b10$/);
  });

  it('is waited for when it vanishes, begins nothing in a pause, and does a changed file again', async () => {
    const { home, folder, ask, until, run, states, writing } = session(['a.jpg']);
    await ask({ ask: 'folder' });
    await until('ready');
    await ask(watch);
    await soon(() => expect(run.all().state.watch).toMatchObject({ done: 1 }));
    const before = run.all().files[0]!;
    renameSync(folder, join(home, 'unplugged'));
    await soon(() => expect(run.all().state.watch!.away).toEqual([folder]));
    put(join(home, 'unplugged/a.jpg'), 'another one');
    put(join(home, 'unplugged/b.jpg'), 'b');
    await ask({ ask: 'pause', paused: true });
    renameSync(join(home, 'unplugged'), folder);
    await soon(() => expect(states()).toEqual(['waiting', 'waiting']));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(states()).toEqual(['waiting', 'waiting']);
    expect(run.all().state).toMatchObject({ phase: 'paused', watch: { away: [] } });
    expect(writing.done).toEqual(['a.jpg']);
    await ask({ ask: 'pause', paused: false });
    await soon(() => expect(run.all().state).toMatchObject({ phase: 'watching' }));
    expect(states()).toEqual(['done', 'done']);
    expect(writing.done).toEqual(['a.jpg', 'a.jpg', 'b.jpg']);
    const { source, bytes } = run.all().files[0]!;
    expect([source, bytes]).toEqual([before.source, before.bytes + 'another one'.length - 5]);
  });

  it('takes no place from a page, no other command, and is refused where another one writes its journal', async () => {
    const { home, ask, until, run, folder } = session(['a.jpg']);
    await ask({ ask: 'folder' });
    await until('ready');
    const settings = { sigma: 10, overwrite: true, out: join(home, 'elsewhere/'), index: 7 };
    await ask({ ...watch, settings });
    await soon(() => expect(run.all().state.watch).toMatchObject({ done: 1 }));
    expect(existsSync(join(home, 'elsewhere'))).toBe(false);
    expect(existsSync(join(home, 'shoot-clean/a.jpg'))).toBe(true);

    const other = session([], {}, home);
    await other.ask({ ask: 'folder' });
    await other.until('ready');
    await other.ask(watch);
    await soon(() => expect(other.run.all().state.problem).toMatchObject({ code: 'not-allowed' }));
    await soon(() => expect(other.run.all().state).toMatchObject({ phase: 'ready', watch: null }));
    await other.ask({ ...watch, command: 'removeModel' });
    await soon(() =>
      expect(other.run.all().state.problem).toMatchObject({ code: 'unknown-command' }),
    );
    await expect(other.run.ask({ ...watch, folder })).rejects.toMatchObject({
      code: 'invalid-parameter',
    });
  });
});
