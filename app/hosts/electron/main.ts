/**
 * Entry of the Electron host: puts the parts together in the order that Electron demands, and owns
 * the life of the application: one instance, its window, its end. Everything else has a module.
 */
import '../../contract/plain-schemas.ts';
import { app, BrowserWindow, dialog, Menu, session, shell } from 'electron';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import {
  isNetworkName,
  windowChannels,
  type HostInfo,
  type WindowMessage,
} from '../../contract/index.ts';
import { createAdmission } from '../shared/admission.ts';
import { createExploring } from '../shared/exploring.ts';
import { createFolderRun } from '../shared/folder-run.ts';
import { startHostLanguage } from '../shared/language.ts';
import { createOpenFiles } from '../shared/open-files.ts';
import { createPageDoor } from '../shared/page-door.ts';
import { openPageFiles } from '../shared/page-files.ts';
import { personFolders, samplePath, shipped, trainingsFolder, version } from '../shared/paths.ts';
import { createPhotoMemory } from '../shared/photo-memory.ts';
import { preferencesFile } from '../shared/preferences.ts';
import { printableLines } from '../shared/printable.ts';
import { personProgram } from '../shared/program.ts';
import { createPrivateFolder } from '../shared/private-folder.ts';
import { createSending } from '../shared/sending.ts';
import { createSessionResults } from '../shared/session-results.ts';
import { createTraining } from '../shared/training.ts';
import { networksIn } from '../shared/training-record.ts';
import { isOurAddress } from './address.ts';
import { launchElectronProcess } from './engine-process.ts';
import { menuTemplate } from './menu.ts';
import { createWindowOutputs } from './outputs.ts';
import { chooseFolder, pageRequests } from './page-requests.ts';
import { registerScheme, serveScheme } from './protocol.ts';
import { openRecentFiles } from './recent-files.ts';
import { lockApp, lockSession } from './security.ts';
import { chooseAuthority, confirmSending } from './send-dialogs.ts';
import { updateQuestions } from './updates/dialogs.ts';
import { remindOfUpdates } from './updates/remind.ts';
import { createUpdates } from './updates/updates.ts';
import { updateWay } from './updates/way.ts';
import { registerValidatedIpc } from './validated-ipc.ts';
import { openWindow } from './window.ts';
import { withoutWindow, workWithoutWindow } from './without-window.ts';
import { createWorkIndicator } from './work-indicator.ts';
import { say } from './sentences.ts';

const log = (line: string): void => {
  process.stderr.write(`${printableLines(line)}\n`);
};
const folders = personFolders();
const developerTools = !app.isPackaged;
/** What a second start hands over. */
const handoverSchema = z.object({ files: z.array(z.string()) });
/** Files named before the application was up; afterwards `receive` is replaced. */
const early: string[] = [];
let receive = (paths: readonly string[]): void => {
  early.push(...paths);
};

registerScheme();
lockApp(app, log);
app.setPath('userData', join(folders.config, 'window'));
app.setPath('sessionData', join(folders.cache, 'window'));
const given = process.argv.slice(app.isPackaged ? 1 : 2);
const other = withoutWindow(given);
const named = given.filter((argument) => !argument.startsWith('-')).map((path) => resolve(path));

if (other) {
  const self = [process.execPath, ...(app.isPackaged ? [] : process.argv.slice(1, 2))] as const;
  workWithoutWindow(other, self, folders.cache).catch((error: Error) => {
    log(error.stack ?? error.message);
    app.exit(1);
  });
} else if (app.requestSingleInstanceLock({ files: named })) {
  receive(named);
  app.on('open-file', (event, path) => {
    event.preventDefault();
    receive([path]);
  });
  app
    .whenReady()
    .then(start)
    .catch((error: Error) => {
      log(error.stack ?? error.message);
      dialog.showErrorBox(say('hourglassCanNotStart'), error.message);
      app.exit(1);
    });
} else {
  // The first instance has received the files with the lock request.
  app.quit();
}

async function start(): Promise<void> {
  const language = startHostLanguage(folders.config, { asked: app.getPreferredSystemLanguages() });
  const folder = await createPrivateFolder(join(folders.cache, 'sessions'));
  process.on('exit', () => folder.remove());
  const stopping = new AbortController();
  const program = personProgram(launchElectronProcess);
  const photos = createPhotoMemory(folders.config);
  const admission = createAdmission({ recall: photos.recall });
  const openFiles = createOpenFiles({ admission, signal: stopping.signal, log });
  const outputs = await createWindowOutputs({
    rememberIn: join(folders.config, 'export-folders.json'),
    picturesFolder: app.getPath('pictures'),
    ownFolders: [folder.path, dirname(samplePath('photo'))],
  });
  const results = createSessionResults();
  const door = createPageDoor({
    program,
    sources: admission,
    outputs,
    trials: folder,
    wrote: results.wrote,
    // A pasted picture lies in a folder of its own; everything else is the person's.
    released: async (path) => {
      if (dirname(dirname(path)) !== folder.path) return;
      admission.forget(path);
      await rm(dirname(path), { recursive: true, force: true });
    },
  });

  let window: BrowserWindow | null = null;
  /** The page has asked for what was waiting, so it listens now. */
  let pageIsUp = false;
  const send = (message: WindowMessage): void => {
    if (window && !window.isDestroyed() && isOurAddress(window.webContents.getURL()))
      window.webContents.send(windowChannels.message, message);
  };

  const folderRun = createFolderRun({
    ...{ program, admission },
    chooseFolder: () => chooseFolder(window),
    tell: (event) => send({ kind: 'event', event }),
    reveal: (path) => shell.showItemInFolder(path),
    rememberIn: join(folders.config, 'unfinished-run.json'),
  });

  const training = createTraining({
    ...{ program, admission, folder: trainingsFolder(folders) },
    chooseFolder: () => chooseFolder(window),
    reveal: (path) => shell.showItemInFolder(path),
  });
  training.listen((event) => send({ kind: 'event', event }));

  const exploring = createExploring({
    ...{ program, admission },
    networks: () => networksIn(trainingsFolder(folders)),
    chooseFolder: () => chooseFolder(window),
  });
  exploring.listen((event) => send({ kind: 'event', event }));

  const sending = createSending({
    ...{ program, results },
    confirm: (question, signal) => confirmSending(window, question, signal),
    chooseAuthority: () => chooseAuthority(window),
  });
  sending.listen((event) => send({ kind: 'event', event }));

  const way = () =>
    updateWay({
      ...{ packaged: app.isPackaged, platform: process.platform, env: process.env },
      ...{ program: process.execPath, resources: process.resourcesPath, exists: existsSync },
    });
  const updates = createUpdates({
    ...{ way, version, log },
    questions: updateQuestions(() => window),
    open: async (feed) => {
      const { openUpdater } = await import('./updates/updater.ts');
      return openUpdater({
        ...{ feed, version, log, platform: process.platform, userData: app.getPath('userData') },
        cache: folders.cache,
        configuration: join(process.resourcesPath, 'app-update.yml'),
      });
    },
    show: (fraction) => window?.setProgressBar(fraction ?? -1),
  });
  const preferences = preferencesFile(folders.config);

  const recent = await openRecentFiles({
    app,
    rememberIn: join(folders.config, 'recent-files.json'),
    changed: () => showMenu(),
  });
  const showMenu = (): void => {
    const template = menuTemplate({
      platform: process.platform,
      appName: 'Hourglass',
      perform: (action) => send({ kind: 'action', action }),
      recent: recent.list.map(({ path, label }) => ({ label, open: () => receive([path]) })),
      clearRecent: () => void recent.clear().catch(failed),
      developerTools,
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  };
  const failed = (error: Error): void => log(error.message);
  const opened = (paths: readonly string[]): void =>
    void recent.add(paths.filter((path) => !isNetworkName(path))).catch(failed);

  receive = (paths) => {
    if (paths.length === 0) return;
    if (!pageIsUp) return openFiles.keepForPage(paths);
    void openFiles
      .admitAll(paths)
      .then((files) => {
        opened(files.map((file) => admission.pathOf(file.source)));
        send({ kind: 'event', event: { type: 'open-files', files } });
      })
      .catch(failed);
  };
  receive(early);

  const work = createWorkIndicator(() => window);
  door.listen((event) => {
    work.follow(event);
    send({ kind: 'event', event });
  });

  lockSession(session.defaultSession, { devTools: developerTools, log });
  const pageFiles = await openPageFiles(dirname(shipped('dist/renderer/index.html')));
  serveScheme(session.defaultSession, { door, pageFiles, log });
  const platforms = ['darwin', 'win32', 'linux'] as const;
  const info: HostInfo = {
    kind: 'electron',
    version,
    platform: platforms.find((known) => known === process.platform) ?? 'other',
    exports: 'folder',
    ...(language ? { language } : {}),
  };
  registerValidatedIpc({
    contents: () => (window && !window.isDestroyed() ? window.webContents : null),
    log,
    handlers: pageRequests({
      ...{ info, program, door, admission, openFiles, outputs, folderRun, training },
      ...{ exploring, sending },
      ...{ folder, opened, photos },
      preferences,
      lookForUpdate: () => updates.look(),
      window: () => window,
      pageReady: () => {
        pageIsUp = true;
        return openFiles.takePending();
      },
    }),
  });

  const showWindow = async (): Promise<void> => {
    if (window) {
      if (window.isMinimized()) window.restore();
      return window.focus();
    }
    await openWindow({
      preload: join(dirname(fileURLToPath(import.meta.url)), 'preload.cjs'),
      developerTools,
      rememberIn: join(folders.config, 'window.json'),
      log,
      busy: () =>
        (work.busy || folderRun.busy !== null || training.busy || sending.busy) &&
        !stopping.signal.aborted,
      confirmClose: async (open) => {
        const writes = work.busy || folderRun.busy === 'writing';
        const other = sending.busy ? 'sending' : 'training';
        const what = writes ? 'writing' : (folderRun.busy ?? other);
        const stop = await askBeforeStopping(open, what);
        // Asking has cancelled the quit that it may have been a part of.
        if (stop && quitting) open.once('closed', () => app.quit());
        quitting = false;
        return stop;
      },
      made: (made) => {
        window = made;
        made.on('closed', () => {
          window = null;
          pageIsUp = false;
        });
        made.webContents.on('did-start-loading', () => {
          pageIsUp = false;
        });
      },
    });
  };

  app.on('second-instance', (_event, _argv, _folder, data) => {
    const handover = handoverSchema.safeParse(data);
    if (handover.success) receive(handover.data.files);
    else log('A second start handed over nothing that is understood.');
    void showWindow().catch(failed);
  });
  app.on('activate', () => void showWindow().catch(failed));
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let quitting = false;
  app.on('before-quit', () => {
    quitting = true;
  });
  const stop = async (code: number): Promise<void> => {
    stopping.abort();
    updates.stop();
    try {
      work.stop();
      await Promise.all([folderRun.stop(), training.stop(), exploring.stop(), sending.stop()]);
      await program.stop();
      folder.remove();
    } catch (error) {
      failed(error as Error);
    }
    if (code === 0) updates.installAtQuit();
    app.exit(code);
  };
  app.on('will-quit', (event) => {
    // Also the second time: the first stop is still under way, and ends with exit, which asks nobody.
    event.preventDefault();
    if (!stopping.signal.aborted) void stop(0);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (!stopping.signal.aborted) return void stop(0);
      void program.kill().then(() => app.exit(130));
    });

  showMenu();
  await showWindow();
  void remindOfUpdates({
    wanted: async () => (await preferences.load()).remindUpdates === true,
    possible: async () => (await way()).kind === 'feed',
    look: () => updates.look(),
    rememberIn: join(folders.config, 'update-reminder.json'),
    now: Date.now,
  }).catch(failed);
}

/** Closing the window ends the work; while files are being written or sent, a folder is watched for some, or a network learns, the person is asked. */
async function askBeforeStopping(
  window: BrowserWindow,
  what: 'writing' | 'watching' | 'training' | 'sending',
): Promise<boolean> {
  const [message, detail, keep] = {
    writing: [
      say('photosStillBeingExported'),
      say('filesNotFinishedNotWritten'),
      say('keepExporting'),
    ] as const,
    watching: [say('folderStillWatched'), say('watchGoesOnLater'), say('keepWatching')] as const,
    sending: [say('stillSending'), say('unsentStayHere'), say('keepSending')] as const,
    training: [say('stillTraining'), say('trainingGoesOnLater'), say('keepTraining')] as const,
  }[what];
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    ...{ message, detail },
    buttons: [keep, say('stopAndClose')],
    defaultId: 0,
    cancelId: 0,
  });
  return response === 1;
}
