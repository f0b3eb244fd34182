/** `hourglass send`: DICOM files to an archive, one after another. What is sent stays on the disk; what was not can be sent again. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { archiveUrl, isInTheOpen, tokenIn } from '../../contract/archive.ts';
import {
  HourglassError,
  invalidParameter,
  parseInput,
  commands,
  toHourglassError,
} from '../../contract/index.ts';
import { formatByContent } from '../../pixels/sniff.ts';
import { printable, printableJson } from '../shared/printable.ts';
import { fromHere, walk } from '../shared/walk.ts';
import { exitCode, type CliOptions } from './options.ts';
import { say } from './sentences.ts';
import { asUsageError, type Invocation } from './usage.ts';
import { failureWords } from './words.ts';

/** Where the token is looked for that no file was named for. */
const tokenVariable = 'HOURGLASS_ARCHIVE_TOKEN';

export async function runSend(invocation: Invocation, options: CliOptions): Promise<number> {
  const { terminal, cwd, interrupt: signal } = options;
  const { definition, files, input, json } = invocation;
  const isJson = json || !terminal.stdout.isTerminal;
  const line = (value: object): void => {
    if (isJson) terminal.stdout.write(`${printableJson(value)}\n`);
  };
  const words = (text: string): void => terminal.stderr.write(`${printable(text)}\n`);
  const { to, tokenFile, ca, timeout } = parseInput(commands.send, { ...input, source: 'file' });
  const { url, token, authorities } = await archiveOf(to, { tokenFile, ca }, cwd).catch(
    (error: unknown) => {
      const known = toHourglassError(error);
      throw known.code === 'invalid-parameter' ? asUsageError(known, definition) : known;
    },
  );
  if (isInTheOpen(url) && token !== null) {
    line({ type: 'notice', text: say('tokenInTheOpen', { host: url.host }) });
    words(say('tokenInTheOpen', { host: url.host }));
  }
  const found = await walk(files, { cwd, signal, takes: ['scan'] });
  const tally = { stored: 0, failed: 0, left: 0 };
  const failed = (source: string, error: HourglassError): void => {
    tally.failed += 1;
    line({ type: 'problem', source, error });
    terminal.stderr.write(`${failureWords(fromHere(source, cwd), error)}\n`);
  };
  for (const { input: source, error } of found.problems) failed(source, error);
  const paths = found.files.flatMap((file) => file.files);
  const program = options.createProgram();
  try {
    for (const [at, path] of paths.entries()) {
      try {
        if ((await formatByContent(path)) !== 'dicom')
          throw new HourglassError(
            'unsupported-image',
            say('notDicom', { path: fromHere(path, cwd) }),
          );
        const asked = {
          ...{ source: path, to, timeout, authorities },
          ...(token === null ? {} : { token }),
        };
        const stored = await program.run('store', asked, { signal });
        tally.stored += 1;
        line({ type: 'result', command: 'send', output: stored });
        const source = fromHere(path, cwd);
        words(say('stored', { source, warning: stored.warning ?? 'none' }));
      } catch (error) {
        const known = toHourglassError(error);
        if (known.code === 'cancelled') {
          tally.left = paths.length - at;
          break;
        }
        failed(path, known);
        if (known.details?.forAll !== true) continue;
        // Nothing else would go there either.
        tally.left = paths.length - at - 1;
        break;
      }
    }
  } finally {
    await program.stop();
  }
  line({ type: 'summary', ...tally, interrupted: signal.aborted });
  words(say('sendSummary', { ...tally, host: url.host }));
  if (signal.aborted) return exitCode.interrupted;
  return tally.failed + tally.left > 0 || paths.length === 0 ? exitCode.failed : exitCode.good;
}

/** @throws HourglassError invalid-parameter */
async function archiveOf(
  to: string,
  files: { readonly tokenFile: string | undefined; readonly ca: string | undefined },
  cwd: string,
): Promise<{
  readonly url: URL;
  readonly token: string | null;
  /** In PEM. */
  readonly authorities: string | undefined;
}> {
  const url = archiveUrl(to);
  const textOf = async (
    name: keyof typeof files,
    expected: string,
  ): Promise<string | undefined> => {
    const path = files[name];
    if (path === undefined) return undefined;
    return readFile(resolve(cwd, path), 'utf8').catch(() => {
      throw invalidParameter(name, expected, path);
    });
  };
  const authorities = await textOf('ca', say('authorityFileReadable'));
  const written = await textOf('tokenFile', say('tokenFileReadable'));
  if (written !== undefined) return { url, token: tokenIn(written, '--token-file'), authorities };
  const text = process.env[tokenVariable];
  return { url, token: text ? tokenIn(text, tokenVariable) : null, authorities };
}
