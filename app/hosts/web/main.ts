/**
 * Entry of the browser host: `node dist/app/hosts/web/main.js [--port N] [files and folders]`.
 * Prints an address that opens the page once, serves until Ctrl-C, leaves nothing behind. `build/start.mjs` starts it and
 * opens the browser; the server itself is `server.ts`.
 */
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { invalidParameter, toHourglassError, type HostInfo } from '../../contract/index.ts';
import { createProgram, launchNodeProcess } from '../../jobs/index.ts';
import { startLanguage } from '../../runtime/language.ts';
import { createAdmission } from '../shared/admission.ts';
import { createOpenFiles } from '../shared/open-files.ts';
import { createPageDoor } from '../shared/page-door.ts';
import { openPageFiles } from '../shared/page-files.ts';
import { modelsFolder, personFolders, shipped, software, version } from '../shared/paths.ts';
import { preferencesFile } from '../shared/preferences.ts';
import { printableLines } from '../shared/printable.ts';
import { createPrivateFolder } from '../shared/private-folder.ts';
import { createDownloads } from './downloads.ts';
import { browserStartMs } from './launch-codes.ts';
import { startWebServer, type WebServer } from './server.ts';
import { createUploads } from './uploads.ts';
import { say } from './sentences.ts';

const language = startLanguage();
const platforms = ['darwin', 'win32', 'linux'] as const;
const log = (line: string): void => console.error(printableLines(line));

const readArguments = (): { port: number; files: string[] } => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: 'string', default: '0' } },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535)
    throw invalidParameter('--port', say('integerFrom0To65535'), values.port);
  return { port, files: positionals };
};

async function main(): Promise<void> {
  const { port, files } = readArguments();
  const folders = personFolders();
  const folder = await createPrivateFolder(join(folders.cache, 'sessions'));
  process.on('exit', () => folder.remove());

  const program = createProgram({
    launch: launchNodeProcess,
    cacheFolder: folders.cache,
    modelsFolder: modelsFolder(),
    userModelsFolder: folders.models,
    software,
  });
  const stopping = new AbortController();
  const admission = createAdmission();
  const openFiles = createOpenFiles({ admission, signal: stopping.signal, log });
  const downloads = createDownloads(folder);
  const uploads = createUploads(folder);
  const preferences = preferencesFile(folders.config);
  const info: HostInfo = {
    kind: 'browser',
    version,
    platform: platforms.find((known) => known === process.platform) ?? 'other',
    exports: 'download',
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
    pageGone: (page) => void program.run('lease', { page }).catch(() => undefined),
    door: createPageDoor({
      program,
      sources: admission,
      outputs: downloads,
      released: async (path) => {
        if (!(await uploads.remove(path))) return;
        admission.forget(path);
      },
      publicText: (text) => withoutPrivatePaths(text, folder.path),
    }),
    downloads,
    uploads,
    pageFiles: await openPageFiles(dirname(shipped('dist/renderer/index.html'))),
    info,
    admit: (path) => admission.admit(path),
    together: (sources, signal) => admission.together(sources, signal),
    samplePath: shipped('build/sample/sample.jpg'),
    takePending: () => openFiles.takePending(),
    loadPreferences: () => preferences.load(),
    savePreferences: (given) => preferences.save(given),
    launched: (code) => {
      if (code === printed) print((address) => say('forAnotherPage', { address }));
    },
    port,
    log,
  });
  openFiles.keepForPage(files);

  const stop = async (): Promise<void> => {
    if (stopping.signal.aborted) {
      await program.kill();
      process.exit(130);
    }
    stopping.abort();
    const ends = await Promise.allSettled([server.close(), program.stop()]);
    for (const end of ends) if (end.status === 'rejected') log(String(end.reason));
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stop());
  // Started by `npm start`, which died: nobody could reach this server to stop it.
  process.once('disconnect', () => void stop());

  print((address) => `→ ${address}`);
  // `npm start` puts it on a browser's command line, which other users can read.
  if (process.send) {
    const { address } = server.launch(browserStartMs);
    process.send({ kind: 'listening', address });
  }
}

/** Uploads and exports lie in folders with random names, which say nothing to a person. */
const withoutPrivatePaths = (text: string, folder: string): string =>
  text.replaceAll(folder, '').replaceAll(/[/\\](?:upload|export)-[0-9a-f]+[/\\]/g, '');

main().catch((thrown: unknown) => {
  const error = toHourglassError(thrown);
  log(`${error.message} ${error.hint}`);
  process.exit(error.code === 'invalid-parameter' ? 2 : 1);
});
