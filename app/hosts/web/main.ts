/**
 * Entry of the browser host: `node dist/app/hosts/web/main.js [--port N] [--browser PATH|system] [--edit] [files and folders]`.
 * Prints an address that opens the page once, or opens it in a browser, serves until Ctrl-C or until that window is closed,
 * leaves nothing behind. With `--edit` the files are edited in place, and it ends when the person is done (`hourglass edit`
 * starts it so). `build/start.mjs` starts it too; the server itself is `server.ts`.
 */
import '../../contract/plain-schemas.ts';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { invalidParameter, toHourglassError, type HostInfo } from '../../contract/index.ts';
import { createAdmission } from '../shared/admission.ts';
import { createDownloads } from '../shared/downloads.ts';
import { createEditSession } from '../shared/edit-session.ts';
import { createExploring } from '../shared/exploring.ts';
import { startHostLanguage } from '../shared/language.ts';
import { createOpenFiles } from '../shared/open-files.ts';
import { createPageDoor } from '../shared/page-door.ts';
import { launchHere } from '../shared/here.ts';
import { openPageFiles } from '../shared/page-files.ts';
import { personFolders, samplePath, shipped, trainingsFolder, version } from '../shared/paths.ts';
import { createPhotoMemory } from '../shared/photo-memory.ts';
import { preferencesFile } from '../shared/preferences.ts';
import { printableLines } from '../shared/printable.ts';
import { personProgram } from '../shared/program.ts';
import { createPrivateFolder, withoutPrivatePaths } from '../shared/private-folder.ts';
import { createTraining } from '../shared/training.ts';
import { networksIn } from '../shared/training-record.ts';
import { createUploads } from '../shared/uploads.ts';
import {
  findBrowser,
  hasDisplay,
  openAddress,
  openWindow,
  type BrowserWindow,
} from './browser-window.ts';
import { browserStartMs } from './launch-codes.ts';
import { startWebServer, type WebServer } from './server.ts';
import { say } from './sentences.ts';

const language = startHostLanguage(personFolders().config);
const platforms = ['darwin', 'win32', 'linux'] as const;
const log = (line: string): void => console.error(printableLines(line));

/** For an answer to reach its page before the server closes, milliseconds. */
const lastAnswer = 200;

interface Arguments {
  readonly port: number;
  /** Path of a Chromium; `system`: whatever this machine has; absent: the address is printed. */
  readonly browser: string | undefined;
  readonly edits: boolean;
  readonly files: readonly string[];
}

const readArguments = (): Arguments => {
  const { values, positionals: files } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '0' },
      browser: { type: 'string' },
      edit: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535)
    throw invalidParameter('--port', say('integerFrom0To65535'), values.port);
  if (values.edit && files.length === 0)
    throw invalidParameter('--edit', say('editNamesFiles'), 'none');
  return { port, browser: values.browser, edits: values.edit, files };
};

async function main(): Promise<void> {
  const { port, browser, edits, files } = readArguments();
  const folders = personFolders();
  const folder = await createPrivateFolder(join(folders.cache, 'sessions'));
  process.on('exit', () => folder.remove());

  const program = personProgram(launchHere);
  const stopping = new AbortController();
  // Another program's files are edited once, under a name that changes.
  const photos = edits ? null : createPhotoMemory(folders.config);
  const admission = createAdmission(photos ? { recall: photos.recall } : {});
  const edit = edits ? await createEditSession({ program, admission, paths: files }) : null;
  const openFiles = createOpenFiles({ admission, signal: stopping.signal, log });
  const downloads = createDownloads(folder, { unfetched: false });
  const uploads = createUploads(folder);
  const training = edits
    ? undefined
    : createTraining({
        ...{ program, admission, folder: trainingsFolder(folders) },
        // A browser shows its page no folders, and nobody may sit before this machine.
        ...{ chooseFolder: null, reveal: null },
        publicText: (text) => withoutPrivatePaths(text, folder.path),
      });
  const exploring = edits
    ? undefined
    : createExploring({
        ...{ program, admission, chooseFolder: null },
        networks: () => networksIn(trainingsFolder(folders)),
        publicText: (text) => withoutPrivatePaths(text, folder.path),
      });
  const preferences = preferencesFile(folders.config);
  const info: HostInfo = {
    kind: 'browser',
    version,
    platform: platforms.find((known) => known === process.platform) ?? 'other',
    exports: 'download',
    ...(edit ? { edits: true } : {}),
    ...(language ? { language } : {}),
  };
  /** The address on the terminal opens one page; after that there is another one for the next. */
  let printed: string | null = null;
  const print = (line: (address: string) => string): void => {
    const { code, address } = server.launch(null);
    printed = code;
    console.log(line(address));
  };
  const server: WebServer = await startWebServer({
    // What a page that is gone showed need not stay in memory.
    pageGone: (page) => {
      void program.run('lease', { page }).catch(() => undefined);
      // There is one: it was closed.
      void edit?.done();
    },
    door: createPageDoor({
      program,
      sources: admission,
      outputs: downloads,
      trials: folder,
      released: async (path) => {
        if (!(await uploads.remove(path))) return;
        admission.forget(path);
      },
      publicText: (text) => withoutPrivatePaths(text, folder.path),
    }),
    downloads,
    uploads,
    ...(edit ? { edit } : {}),
    pageFiles: await openPageFiles(dirname(shipped('dist/renderer/index.html'))),
    info,
    admit: (path) => admission.admit(path),
    together: (...asked) => admission.together(...asked),
    samplePath,
    takePending: () => (edit ? edit.pending() : openFiles.takePending()),
    loadPreferences: () => preferences.load(),
    savePreferences: (given) => preferences.save(given),
    ...(photos ? { photos } : {}),
    ...{ training, exploring },
    filesOf: (source) => admission.filesOf(source),
    launched: (code) => {
      // A session that edits has one page.
      if (code === printed && !edit) print((address) => say('forAnotherPage', { address }));
    },
    port,
    log,
  });
  if (!edit) openFiles.keepForPage(files);

  let window: BrowserWindow | null = null;
  const stop = async (code: number): Promise<void> => {
    if (stopping.signal.aborted) {
      await program.kill();
      process.exit(130);
    }
    stopping.abort();
    // First: what a training knows is saved by the engine that runs it.
    await Promise.all([training?.stop(), exploring?.stop()]).catch(() => undefined);
    const ends = await Promise.allSettled([server.close(), program.stop(), window?.close()]);
    for (const end of ends) if (end.status === 'rejected') log(String(end.reason));
    process.exit(code);
  };
  /** The person is done: what came of it goes to whoever started us, and into the exit code. */
  const finish = async (): Promise<void> => {
    if (!edit) return stop(0);
    if (stopping.signal.aborted) return;
    await setTimeout(lastAnswer);
    const { code, files: edited } = edit.outcome();
    if (process.connected) process.send?.({ kind: 'edited', files: edited });
    await stop(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stop(edit ? 130 : 0));
  // Started by `npm start` or `hourglass edit`, which died: nobody could reach this server to stop it.
  process.once('disconnect', () => void stop(edit ? 130 : 0));
  void edit?.ended.then(finish);

  const show = async (): Promise<boolean> => {
    if (browser === undefined) return false;
    if (!hasDisplay(process.platform, process.env)) {
      log(say('noDisplayOpen'));
      return false;
    }
    const chromium = browser === 'system' ? findBrowser() : browser;
    if (!chromium) {
      const opened = await openAddress(server.launch(browserStartMs).address);
      if (!opened) log(say('noBrowserOpen'));
      return opened;
    }
    window = openWindow(chromium, server.launch(browserStartMs).address, log);
    void window.closed.then(finish);
    return true;
  };
  const isShown = await show();
  if (!isShown || !edit) print((address) => `→ ${address}`);
  // For tests and other programs, which exchange it as a browser does.
  if (process.send && !edit) {
    const { address } = server.launch(browserStartMs);
    process.send({ kind: 'listening', address });
  }
}

main().catch((thrown: unknown) => {
  const error = toHourglassError(thrown);
  log(`${error.message} ${error.hint}`);
  process.exit(error.code === 'invalid-parameter' ? 2 : 1);
});
