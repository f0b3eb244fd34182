/**
 * `-` in the place of a file: one that comes through standard input, one that goes to standard output. Both are
 * files for the moment, in a private folder that goes afterwards, because pictures are read and written in any order.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { invalidParameter } from '../../contract/index.ts';
import { exitCode, type CliOptions } from './options.ts';
import { say } from './sentences.ts';
import { UsageError, type Invocation } from './usage.ts';

const dash = '-';

/** Larger than any photo, as uploads are. */
const mostBytes = 4 * 1024 ** 3;

/**
 * Runs a command whose file may be `-`; without `--out` what came in goes out.
 * @throws UsageError where it is not one file, or goes to a terminal; HourglassError invalid-parameter: too much
 */
export async function runPiped(
  invocation: Invocation,
  options: CliOptions,
  run: (invocation: Invocation, options: CliOptions) => Promise<number>,
  limit = mostBytes,
): Promise<number> {
  const { definition, files, input } = invocation;
  const { reads, writes } = definition;
  const single = reads && !reads.many ? reads.field : null;
  const comesIn = files.includes(dash) || (single !== null && input[single] === dash);
  const out = writes ? (input[writes.field] ?? (comesIn ? dash : null)) : null;
  const goesOut = out === dash;
  const { pipes } = options;
  if (!pipes || (!comesIn && !goesOut)) return run(invocation, options);

  if (comesIn && files.length > 1) throw new UsageError(say('oneFromInput'));
  if (goesOut) {
    if (files.length > 1) throw new UsageError(say('oneToOutput'));
    if (writes?.format === 'chosen' && (input.format ?? 'keep') === 'keep')
      throw new UsageError(say('formatForOutput'));
    if (options.terminal.stdout.isTerminal) throw new UsageError(say('outputIsTerminal'));
  }
  const folder = await mkdtemp(join(process.env.HOURGLASS_TEMP ?? tmpdir(), 'hourglass-pipe-'));
  try {
    const path = join(folder, 'stdin');
    if (comesIn) await receive(path, limit, options);
    const results = join(folder, 'results');
    await mkdir(results);
    const piped: Invocation = {
      ...invocation,
      files: files.map((file) => (file === dash ? path : file)),
      input: {
        ...input,
        ...(single !== null && comesIn ? { [single]: path } : {}),
        ...(goesOut && writes ? { [writes.field]: join(results, '{name}.{ext}') } : {}),
      },
    };
    if (!goesOut) return await run(piped, options);
    const { terminal } = options;
    // What is said goes beside the file.
    const stdout = {
      ...terminal.stdout,
      write: terminal.stderr.write,
      isTerminal: !invocation.json,
    };
    const code = await run(piped, { ...options, terminal: { ...terminal, stdout } });
    if (invocation.dryRun) return code;
    const [result] = await readdir(results);
    if (result) await send(join(results, result), pipes.stdout);
    return code;
  } catch (error) {
    if (options.interrupt.aborted) return exitCode.interrupted;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function receive(
  path: string,
  limit: number,
  { pipes, interrupt }: CliOptions,
): Promise<void> {
  let received = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      if (received > limit)
        done(invalidParameter('-', say('tooMuchInput', { bytes: limit }), received));
      else done(null, chunk);
    },
  });
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  await pipeline(pipes!.stdin, count, file, { signal: interrupt });
}

/** A reader that goes away (`| head`) is no error. */
async function send(path: string, stdout: NodeJS.WritableStream): Promise<void> {
  try {
    await pipeline(createReadStream(path), stdout, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}
