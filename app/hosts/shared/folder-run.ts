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
  type FolderFile,
  type FolderReportFormat,
  type FolderResult,
  type FolderRun,
  type FolderRunEvent,
  type FolderRunState,
} from '../../contract/index.ts';
import { performBatch, planBatch, type BatchRequest } from '../../jobs/runs/batch.ts';
import { journalPlace } from '../../jobs/runs/journal-place.ts';
import { readJournal, type JournalState } from '../../jobs/runs/journal-state.ts';
import { SeenOfRun } from '../../jobs/runs/known-pace.ts';
import { modelPrints } from '../../jobs/runs/model-prints.ts';
import { cropsOf, type Crop } from '../../jobs/runs/report-crops.ts';
import { reportOf, writeReport } from '../../jobs/runs/report.ts';
import type { Program } from '../../jobs/types.ts';
import { pooled } from '../../pixels/pooled.ts';
import type { Admission } from './admission.ts';
import { resultOf } from './folder-run-result.ts';
import { FolderRunTold } from './folder-run-told.ts';
import { FolderRunView } from './folder-run-view.ts';
import { learnPace } from './pace.ts';
import { modelsFolder, personFolders, software } from './paths.ts';
import { say } from './sentences.ts';
import { walk, type FoundFile, type WalkResult } from './walk.ts';

export interface FolderRunOptions {
  readonly program: Program;
  readonly admission: Admission;
  /** The system's dialog; null: nothing was chosen. */
  readonly chooseFolder: () => Promise<string | null>;
  readonly tell: (event: FolderRunEvent) => void;
  /** Shows a file that was written. */
  readonly reveal: (path: string) => void;
}

export interface FolderRunSession {
  /** Files are being written, or wait for that, in a pause too. */
  readonly busy: boolean;
  all(): FolderRun;
  /** @param request from a page, unchecked. @throws HourglassError invalid-parameter, not-allowed */
  ask(request: unknown): Promise<FolderRun | FolderResult | void>;
  /** Nothing goes on; what was done is in the journal. */
  stop(): Promise<void>;
}

interface Tree extends WalkResult {
  readonly folder: string;
  /** Places in the list, by path. */
  readonly places: ReadonlyMap<string, number>;
}

/** What a page may not decide: the file, its number, its place, and whether something is replaced. */
const notThePages = new Set(['source', 'files', 'out', 'overwrite', ...Object.keys(counted)]);

export function createFolderRun(options: FolderRunOptions): FolderRunSession {
  const { program, admission, chooseFolder, tell, reveal } = options;
  const view = new FolderRunView(tell);
  const modelPrint = modelPrints(() => [modelsFolder(), personFolders().models]);
  let tree: Tree | null = null;
  /** Absolute, with a separator at its end. */
  let out: string | null = null;
  let journal: string | null = null;
  let before: JournalState | null = null;
  let work: { readonly cancel: AbortController; readonly ended: Promise<void> } | null = null;
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
  const lookAtJournal = async (command: CommandId): Promise<void> => {
    const paths = tree!.files.map(({ path }) => path);
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

  const read = async (
    folder: string,
    choice: FolderRunState['choice'],
    signal: AbortSignal,
  ): Promise<void> => {
    view.set({ phase: 'reading', looked: 0, folder });
    const found = await walk([folder], { cwd: folder, signal, choice });
    let looked = 0;
    const entries = await pooled(found.files, async (file): Promise<FolderFile> => {
      throwIfCancelled(signal);
      const { path, below } = file;
      const shown = { name: basename(path), folder: below.split(sep).join('/') };
      looked += 1;
      if (looked % 64 === 0) view.set({ looked });
      try {
        const { source, bytes } = await admission.admit(path, file.files);
        return { ...shown, source, bytes };
      } catch {
        // It says why when it is planned.
        return { ...shown, source: null, bytes: 0 };
      }
    });
    const last = tree?.folder;
    tree = { ...found, folder, places: placesOf(found.files) };
    // Read again for other globs, it keeps the place that was chosen.
    if (folder !== last) out = join(dirname(folder), `${basename(folder)}-clean`) + sep;
    view.list(entries);
    await lookAtJournal('denoise');
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
    const batch = await planBatch({
      ...{ ...asked, out, journal, journals, software, modelPrint, signal, problems: [] },
      others: all.map(({ path }) => path),
      apart: true,
      onVerify: (looked) => view.set({ looked }),
    });
    told.planned(batch, asked.files);
    const notices = [...batch.notices, ...(batch.littleRoom ? [batch.littleRoom] : [])];
    view.set({ phase: 'running', notices });
    const stopListening = program.listen((event) => told.follow(event));
    const seen = new SeenOfRun(batch.plan);
    try {
      const end = await performBatch(program, batch, {
        signal,
        told: (job, outcome, progress) => {
          seen.told(job, outcome);
          told.told(job, outcome, progress);
        },
        now: () => told.now(),
        notice: (text) => view.set({ notices: [...view.state.notices, text] }),
        before: async (_job, cancel) => {
          if (gate) await told.whilePaused(() => untilOpen(gate!.opened, cancel));
        },
      });
      await learnPace(batch, seen.at(end));
    } finally {
      stopListening();
      told.end();
    }
    await lookAtJournal(asked.command);
    view.set({ phase: 'ended', ended: signal.aborted ? 'cancelled' : 'done' });
  };

  const start = async (
    request: Extract<ReturnType<typeof folderRunRequestSchema.parse>, { ask: 'start' }>,
    signal: AbortSignal,
  ): Promise<void> => {
    view.set({ phase: 'planning', looked: 0, ended: null });
    const { command, settings } = request;
    const found = tree!.files;
    const chosen = request.files === null ? found : request.files.flatMap((at) => found[at] ?? []);
    const given = Object.entries(settings).filter(([name]) => !notThePages.has(name));
    const id = writingCommand(command);
    await lookAtJournal(id);
    await perform(
      {
        ...{ command: id, settings: Object.fromEntries(given), files: chosen, retryFailed: false },
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

  const needsTree = (): void => {
    if (!tree) throw new HourglassError('not-allowed', say('chooseFolderFirst'));
  };

  return {
    get busy() {
      return view.state.phase === 'running' || view.state.phase === 'paused';
    },
    all: () => view.all,
    async ask(given) {
      const parsed = folderRunRequestSchema.safeParse(given);
      if (!parsed.success) throw invalidParameter('request', say('folderRunRequest'), typeof given);
      const request = parsed.data;
      switch (request.ask) {
        case 'all':
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
          return begin(() => lookAtJournal('denoise'));
        }
        case 'start':
          needsTree();
          return begin((signal) => start(request, signal));
        case 'resume':
          needsTree();
          return begin((signal) => resume(request.retryFailed, signal));
        case 'pause':
          if (view.state.phase !== 'running' && view.state.phase !== 'paused') return;
          gate?.open();
          gate = request.paused ? newGate() : null;
          view.set({ phase: request.paused ? 'paused' : 'running' });
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
      work?.cancel.abort();
      await work?.ended;
    },
  };
}

const placesOf = (files: readonly FoundFile[]): ReadonlyMap<string, number> =>
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
