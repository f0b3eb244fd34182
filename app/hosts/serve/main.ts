/**
 * Entry of the service: `hourglass serve` starts it with the command's input as its one argument. Serves until it is
 * interrupted, and leaves nothing behind.
 */
import '../../contract/plain-schemas.ts';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commands, invalidParameter, parseInput, toHourglassError } from '../../contract/index.ts';
import { createAdmission } from '../shared/admission.ts';
import { createDownloads } from '../shared/downloads.ts';
import { launchHere } from '../shared/here.ts';
import { parseJson } from '../shared/json.ts';
import { startHostLanguage } from '../shared/language.ts';
import { createPageDoor } from '../shared/page-door.ts';
import { personFolders, version } from '../shared/paths.ts';
import { printableLines } from '../shared/printable.ts';
import { personProgram } from '../shared/program.ts';
import { createPrivateFolder, withoutPrivatePaths } from '../shared/private-folder.ts';
import { createUploads, defaultUploadLimits } from '../shared/uploads.ts';
import { say } from './sentences.ts';
import { startService } from './service.ts';

startHostLanguage(personFolders().config);
const log = (line: string): void => console.error(printableLines(line));

/** A token that can be guessed is none. */
const leastToken = 16;
const megabyte = 1e6;

/** @throws HourglassError invalid-parameter */
async function tokenOf(path: string | undefined): Promise<string> {
  if (path === undefined) return randomBytes(24).toString('base64url');
  const text = await readFile(path, 'utf8').catch((error: Error) => error);
  const token = typeof text === 'string' ? text.split(/\r?\n/, 1)[0]!.trim() : '';
  if (token.length < leastToken || /\s/.test(token))
    throw invalidParameter('--token-file', say('tokenAtLeast', { least: leastToken }), path);
  return token;
}

async function main(): Promise<void> {
  const asked = parseInput(commands.serve, parseJson(process.argv[2] ?? '{}', 'input'));
  const token = await tokenOf(asked.tokenFile);
  const folders = personFolders();
  const folder = await createPrivateFolder(join(folders.cache, 'sessions'));
  process.on('exit', () => folder.remove());
  const program = personProgram(launchHere);
  const admission = createAdmission();
  const storage = asked.storageLimit * megabyte;
  const downloads = createDownloads(folder, { keepBytes: storage });
  const uploads = createUploads(folder, {
    ...defaultUploadLimits,
    fileBytes: asked.fileLimit * megabyte,
    sessionBytes: storage,
  });
  const door = createPageDoor({
    program,
    sources: admission,
    outputs: downloads,
    released: async (path) => {
      if (await uploads.remove(path)) admission.forget(path);
    },
    publicText: (text) => withoutPrivatePaths(text, folder.path),
  });
  const service = await startService({
    ...{ door, admission, uploads, downloads, token, version, log },
    ...{ host: asked.host, port: asked.port, jobLimit: asked.jobLimit },
    keepMs: asked.keep * 60_000,
  });

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) {
      await program.kill();
      process.exit(130);
    }
    stopping = true;
    const ends = await Promise.allSettled([service.close(), program.stop()]);
    for (const end of ends) if (end.status === 'rejected') log(String(end.reason));
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stop());
  // `hourglass serve` has died: nobody could stop this any more.
  process.once('disconnect', () => void stop());

  const shown = asked.host.includes(':') ? `[${asked.host}]` : asked.host;
  console.log(say('listening', { address: `http://${shown}:${service.port}` }));
  if (asked.tokenFile === undefined) console.log(say('tokenIs', { token }));
  if (!/^(127\.|::1$|localhost$)/.test(asked.host)) log(say('reachable'));
}

main().catch((thrown: unknown) => {
  const error = toHourglassError(thrown);
  log(`${error.message} ${error.hint}`);
  process.exit(error.code === 'invalid-parameter' ? 2 : 1);
});
