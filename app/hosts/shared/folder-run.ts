/**
 * A run over a folder for a page: the tree is walked, planned and performed as by the command line (`app/jobs/runs`), with the journal in the
 * same place, so that each goes on with what the other began. What the page sees of it is kept by `folder-run-view.ts`, what is
 * told of each file by `folder-run-told.ts`. The page names no path: folders are chosen in the host's dialog.
 */
import { basename, dirname, join, sep } from 'node:path';
import {
  commands,
  counted,
  folderRunRequestSchema,
  HourglassError,
  invalidParameter,
  isCommandId,
  rolesOf,
  throwIfCancelled,
  toHourglassError,
  type CommandId,
  type FolderReportFormat,
  type FolderResult,
  type FolderRun,
  type FolderRunEvent,
  type FolderRunRequest,
  type FolderRunState,
  type ListProgress,
} from '../../contract/index.ts';
import {
  differencesOf,
  performBatch,
  planBatch,
  type BatchOptions,
  type BatchRequest,
  type PlannedBatch,
} from '../../jobs/runs/batch.ts';
import { settingsOf } from '../../jobs/runs/fingerprint.ts';
import { folderOfResults, journalPlace } from '../../jobs/runs/journal-place.ts';
import { readJournal, type JournalState } from '../../jobs/runs/journal-state.ts';
import { SeenOfRun } from '../../jobs/runs/known-pace.ts';
import { modelPrints } from '../../jobs/runs/model-prints.ts';
import { cropsOf, type Crop } from '../../jobs/runs/report-crops.ts';
import { reportOf, writeReport } from '../../jobs/runs/report.ts';
import type { Program } from '../../jobs/types.ts';
import { pooled } from '../../pixels/pooled.ts';
import type { Admission } from './admission.ts';
import { knownFrom } from './folder-run-known.ts';
import { resultOf } from './folder-run-result.ts';
import { FolderRunTold } from './folder-run-told.ts';
import { FolderRunView } from './folder-run-view.ts';
import { listed, watchFolder } from './folder-run-watch.ts';
import { withSeries } from './grouping.ts';
import { learnPace } from './pace.ts';
import { modelsFolder, personFolders, software } from './paths.ts';
import { say } from './sentences.ts';
import { unfinishedRuns, type FoundRun } from './unfinished-run.ts';
import { walk, type FoundFile, type WalkResult } from './walk.ts';

export interface FolderRunOptions {
  readonly program: Program;
  readonly admission: Admission;
  /** The system's dialog; null: nothing was chosen. */
  readonly chooseFolder: () => Promise<string | null>;
  readonly tell: (event: FolderRunEvent) => void;
  /** Shows a file that was written. */
  readonly reveal: (path: string) => void;
  /** The file that remembers which run is under way, absolute. Default: nothing does. */
  readonly rememberIn?: string;
}

export interface FolderRunSession {
  /** Files are being written, or wait for that, in a pause too; or the folder is watched for some. */
  readonly busy: 'writing' | 'watching' | null;
  all(): FolderRun;
  /** @param request from a page, unchecked. @throws HourglassError invalid-parameter, not-allowed */
  ask(request: unknown): Promise<FolderRun | FolderResult | void>;
  /** Nothing goes on; what was done is in the journal. */
  stop(): Promise<void>;
}

interface Tree extends WalkResult {
  readonly folder: string;
  /** The list: what comes while the folder is watched is added. */
  readonly files: FoundFile[];
  /** Places in it, by path. */
  readonly places: Map<string, number>;
}

/** What a page may not decide: the file, its number, its place, and whether something is replaced. */
const notThePages = new Set(['source', 'files', 'out', 'overwrite', ...Object.keys(counted)]);

export function createFolderRun(options: FolderRunOptions): FolderRunSession {
  const { program, admission, chooseFolder, tell, reveal, rememberIn = null } = options;
  const unfinished = unfinishedRuns(rememberIn);
  const view = new FolderRunView(tell);
  const modelPrint = modelPrints(() => [modelsFolder(), personFolders().models]);
  let tree: Tree | null = null;
  /** Absolute, with a separator at its end. */
  let out: string | null = null;
  let journal: string | null = null;
  let before: JournalState | null = null;
  let work: { readonly cancel: AbortController; readonly ended: Promise<void> } | null = null;
  /** Something is performed: a pause goes back to that, or else to the watch. */
  let performing = false;
  /** What is left of a run of an earlier start. */
  let found: FoundRun | null = null;
  let closing = false;
  let gate: { readonly open: () => void; readonly opened: Promise<void> } | null = null;

  /** One thing at a time; what goes wrong is shown where it was asked for. */
  const begin = (task: (signal: AbortSignal) => Promise<void>): void => {
    if (work) throw new HourglassError('not-allowed', say('folderRunBusy'));
    const cancel = new AbortController();
    const rest = view.state.phase;
    view.set({ problem: null });
    const ended = task(cancel.signal).catch((thrown: unknown) => {
      const { code, message, hint } = toHourglassError(thrown);
      const problem = code === 'cancelled' ? null : { code, message, hint };
      view.set({ problem, phase: tree ? (rest === 'ended' ? 'ended' : 'ready') : 'none' });
    });
    const done = ended.finally(() => {
      gate?.open();
      gate = null;
      work = null;
    });
    work = { cancel, ended: done };
  };

  /** What an earlier run left there. */
  const lookAtJournal = async (
    command: CommandId,
    paths: readonly string[] = tree!.files.map(({ path }) => path),
  ): Promise<void> => {
    journal = await journalPlace(command, out, paths);
    before = await readJournal(journal);
    const report = before && reportOf(before);
    view.set({
      journal: before ? journal : null,
      before: report && {
        ...{ command: report.command, done: report.done },
        ...{ failed: report.failed, left: report.left },
      },
    });
  };

  /** Until a run is planned, what its journal says of each file is shown. */
  const showKnown = async (): Promise<void> => {
    const { files } = tree!;
    const known = before && (await knownFrom(before, files, (place) => view.file(place).bytes));
    known?.forEach((one, place) => one && view.change(place, one));
  };

  const read = async (
    folder: string,
    choice: FolderRunState['choice'],
    signal: AbortSignal,
  ): Promise<void> => {
    view.set({ phase: 'reading', looked: 0, folder });
    const found = await walk([folder], { cwd: folder, signal, choice });
    let looked = 0;
    const entries = await pooled(found.files, async (file) => {
      throwIfCancelled(signal);
      looked += 1;
      if (looked % 64 === 0) view.set({ looked });
      return listed(file, admission);
    });
    const last = tree?.folder;
    tree = { ...found, folder, files: [...found.files], places: placesOf(found.files) };
    // Read again for other globs, it keeps the place that was chosen.
    if (folder !== last) out = join(dirname(folder), `${basename(folder)}-clean`) + sep;
    view.list(entries);
    await lookAtJournal('denoise');
    await showKnown();
    view.set({
      ...{ phase: 'ready', out, looked: entries.length, ignored: found.ignored, ended: null },
      ...{ choice, unchosen: found.unchosen },
      notices: found.problems.map(({ error }) => error.message),
    });
  };

  const perform = async (
    asked: Pick<BatchRequest, 'command' | 'settings' | 'files' | 'mode' | 'retryFailed'>,
    signal: AbortSignal,
  ): Promise<void> => {
    const { files: all, journals } = tree!;
    const told = new FolderRunTold(view, tree!.places);
    const { command, settings } = asked;
    const { files, noticesOf } = await withSeries(
      asked.files,
      { reads: rolesOf(command).reads, settings },
      signal,
      { among: all },
    );
    const batch = await planBatch({
      ...{ ...asked, files, noticesOf, out, journal, journals },
      ...{ software, modelPrint, signal, problems: [] },
      others: all.map(({ path }) => path),
      apart: true,
      onVerify: (looked) => view.set({ looked }),
    });
    told.planned(batch, asked.files);
    const notices = [...batch.notices, ...(batch.littleRoom ? [batch.littleRoom] : [])];
    view.set({ notices, cutOff: null });
    await unfinished.begin({
      ...{ folder: tree!.folder, out, journal: journal!, choice: view.state.choice },
    });
    await performTold(batch, told, signal);
    // Closed in the middle, it is offered again.
    if (!closing) await unfinished.end();
    await lookAtJournal(asked.command);
    view.set({ phase: 'ended', ended: signal.aborted ? 'cancelled' : 'done' });
  };

  const performTold = async (
    batch: PlannedBatch,
    told: FolderRunTold,
    signal: AbortSignal,
    more: Partial<Pick<BatchOptions, 'journal' | 'before'>> = {},
  ): Promise<ListProgress> => {
    performing = true;
    view.set({ phase: gate ? 'paused' : 'running' });
    const stopListening = program.listen((event) => told.follow(event));
    const seen = new SeenOfRun(batch.plan);
    try {
      const end = await performBatch(program, batch, {
        ...{ ...more, signal },
        told: (job, outcome, progress) => {
          seen.told(job, outcome);
          told.told(job, outcome, progress);
        },
        now: () => told.now(),
        notice: (text) => view.set({ notices: [...view.state.notices, text] }),
        before: async (job, cancel) => {
          const { before: away } = more;
          if (away) await told.whileHeld(job, () => away(job, cancel));
          const pause = (): Promise<void> =>
            told.whilePaused(() => untilOpen(gate!.opened, cancel));
          if (gate) await told.whileHeld(job, pause);
        },
      });
      await learnPace(batch, seen.at(end));
      return end;
    } finally {
      performing = false;
      stopListening();
      told.end();
    }
  };

  const watch = async (
    request: Extract<FolderRunRequest, { ask: 'watch' }>,
    signal: AbortSignal,
  ): Promise<void> => {
    const { folder, files, places } = tree!;
    const command = writingCommand(request.command);
    // As of files in it, which may come; so does `hourglass watch`.
    const within = [join(folder, '-')];
    await lookAtJournal(command, within);
    let settings = pagesSettings(request.settings);
    view.set({ phase: 'watching', ended: null, notices: [] });
    const run = before?.run;
    if (run?.command === command) {
      const differ = differencesOf(run.settings, settingsOf(command, { ...settings, out }));
      if (differ.length > 0) view.set({ notices: [say('watchKeepsSettings')] });
      const { out: place, ...others } = run.settings;
      out = String(place);
      settings = others;
    }
    await watchFolder({
      request: {
        ...{ command, settings, out, software, modelPrint, journal: journal!, retryFailed: false },
        onVerify: (looked, of) => {
          const through = gate ? 'paused' : 'watching';
          view.set({ looked, phase: looked < of ? 'planning' : through });
        },
      },
      results: await folderOfResults(out, within),
      ...{ folder, files, places, view, admission, signal, choice: view.state.choice },
      perform: async (batch, told, more) => {
        const end = await performTold(batch, told, signal, more);
        view.set({ phase: gate ? 'paused' : 'watching' });
        return end.counts;
      },
    });
    await lookAtJournal(command, within);
    view.set({ phase: 'ended', ended: 'stopped' });
  };

  const start = async (
    request: Extract<FolderRunRequest, { ask: 'start' }>,
    signal: AbortSignal,
  ): Promise<void> => {
    view.set({ phase: 'planning', looked: 0, ended: null });
    const { command, settings } = request;
    const found = tree!.files;
    const chosen = request.files === null ? found : request.files.flatMap((at) => found[at] ?? []);
    const id = writingCommand(command);
    await lookAtJournal(id);
    await perform(
      {
        ...{ command: id, settings: pagesSettings(settings), files: chosen, retryFailed: false },
        mode: request.skipExisting ? 'skip' : 'new',
      },
      signal,
    );
  };

  const resume = async (retryFailed: boolean, signal: AbortSignal): Promise<void> => {
    view.set({ phase: 'planning', looked: 0, ended: null });
    const run = before?.run;
    if (!run) throw new HourglassError('file-not-found', say('noRunToGoOnWith'));
    const { out: place, ...settings } = run.settings;
    out = String(place);
    // What could not be begun has no other line.
    const { files: known, refused } = before!;
    const files = tree!.files.filter(({ path }) => known.has(path) || refused.has(path));
    const command = writingCommand(run.command);
    await perform({ command, settings, files, retryFailed, mode: 'resume' }, signal);
  };

  /** The run of an earlier start, as it was begun. */
  const goOn = async ({ folder, choice, ...run }: FoundRun, signal: AbortSignal): Promise<void> => {
    await read(folder, choice, signal);
    out = run.out;
    view.set({ out });
    await lookAtJournal(run.cutOff.command as CommandId);
    await resume(false, signal);
  };

  const report = async (format: FolderReportFormat): Promise<void> => {
    const state = journal === null ? null : await readJournal(journal);
    const made = state && reportOf(state);
    if (!made) throw new HourglassError('file-not-found', say('noRunToReport'));
    const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '');
    const path = `${journal!.replace(/\.hourglass\.jsonl$/, '')} ${stamp}.${format}`;
    const crops = format === 'html' ? await cropsOf(program, made, {}) : new Map<string, Crop>();
    await writeReport(path, made, format, crops);
    reveal(path);
  };

  const result = async (place: number): Promise<FolderResult> => {
    const file = tree!.files[place];
    if (!file || out === null || journal === null)
      throw new HourglassError('not-allowed', say('chooseFolderFirst'));
    const state = await readJournal(journal);
    const { path, files = [path] } = file;
    // A template begins with the folder that holds them all, or with that of each source.
    const within = out.split('{')[0] || tree!.folder;
    return resultOf({ journal: state, files, out: within, admission });
  };

  const looked = unfinished.find().then((run) => {
    // Meanwhile another one may have begun.
    if (!run || performing) return;
    found = run;
    view.set({ cutOff: run.cutOff });
  });

  const needsTree = (): void => {
    if (!tree) throw new HourglassError('not-allowed', say('chooseFolderFirst'));
  };

  return {
    get busy() {
      const { phase } = view.state;
      if (phase === 'watching') return 'watching';
      return phase === 'running' || phase === 'paused' ? 'writing' : null;
    },
    all: () => view.all,
    async ask(given) {
      const parsed = folderRunRequestSchema.safeParse(given);
      if (!parsed.success) throw invalidParameter('request', say('folderRunRequest'), typeof given);
      const request = parsed.data;
      switch (request.ask) {
        case 'all':
          await looked;
          return view.all;
        case 'folder': {
          if (work) throw new HourglassError('not-allowed', say('folderRunBusy'));
          const folder = await chooseFolder();
          if (folder !== null) begin((signal) => read(folder, view.state.choice, signal));
          return;
        }
        case 'choice': {
          if (work) throw new HourglassError('not-allowed', say('folderRunBusy'));
          const { include, exclude } = request;
          const choice = { include, exclude };
          const folder = tree?.folder;
          if (folder === undefined) view.set({ choice });
          else begin((signal) => read(folder, choice, signal));
          return;
        }
        case 'out': {
          needsTree();
          const folder = work ? null : await chooseFolder();
          if (folder === null) return;
          out = folder.endsWith(sep) ? folder : folder + sep;
          view.set({ out });
          return begin(async () => {
            await lookAtJournal('denoise');
            // What became of them was for the place before.
            tree!.files.forEach((_, place) => view.clear(place));
            await showKnown();
          });
        }
        case 'start':
          needsTree();
          return begin((signal) => start(request, signal));
        case 'watch':
          needsTree();
          return begin((signal) => watch(request, signal));
        case 'resume':
          needsTree();
          return begin((signal) => resume(request.retryFailed, signal));
        case 'goOn': {
          const run = found;
          if (!run) throw new HourglassError('file-not-found', say('noRunToGoOnWith'));
          return begin((signal) => goOn(run, signal));
        }
        case 'forget':
          found = null;
          view.set({ cutOff: null });
          return unfinished.end();
        case 'pause':
          if (!['running', 'paused', 'watching'].includes(view.state.phase)) return;
          gate?.open();
          gate = request.paused ? newGate() : null;
          view.set({
            phase: gate ? 'paused' : performing || !view.state.watch ? 'running' : 'watching',
          });
          return;
        case 'cancel':
          work?.cancel.abort();
          return;
        case 'report':
          needsTree();
          return report(request.format);
        case 'result':
          needsTree();
          return result(request.file);
      }
    },
    async stop() {
      closing = true;
      work?.cancel.abort();
      await work?.ended;
    },
  };
}

const pagesSettings = (settings: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !notThePages.has(name)));

const placesOf = (files: readonly FoundFile[]): Map<string, number> =>
  new Map(files.map(({ path }, place) => [path, place]));

function newGate(): { readonly open: () => void; readonly opened: Promise<void> } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

/** @throws HourglassError cancelled */
async function untilOpen(opened: Promise<void>, cancel: AbortSignal): Promise<void> {
  await Promise.race([
    opened,
    new Promise((resolve) => cancel.addEventListener('abort', resolve, { once: true })),
  ]);
  throwIfCancelled(cancel);
}

/** @throws HourglassError unknown-command: it makes no file of each of many */
function writingCommand(command: string): CommandId {
  if (isCommandId(command) && rolesOf(command).reads?.many && commands[command].runs === 'engine')
    if (rolesOf(command).writes) return command;
  throw new HourglassError('unknown-command', say('notOverFolders', { command }));
}
