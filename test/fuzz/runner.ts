/**
 * Runs fuzzed parsers in a process that is started again when it dies or hangs, makes failing inputs small, and counts.
 * The parsers themselves are the table in `targets.ts`.
 */
import { createHash } from 'node:crypto';
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { treeSeconds } from '../bench/_tree.ts';
import { minimise } from './minimise.ts';
import {
  signatureOf,
  usualLimits,
  type Failure,
  type FromChild,
  type Limits,
  type Outcome,
  type ToChild,
} from './outcome.ts';

/** A child that is past its limit by so much is killed: CPU time, and time by the clock in case it sleeps. */
const CPU_PATIENCE = 5;
const CLOCK_PATIENCE = 60;
/** So long by the clock a child may take to load its parsers and their seeds, seconds: none of it is an input's time. */
const LOAD_PATIENCE = 600;
/** So long after the last look, seconds, nobody was awake to count. */
const SLEPT = 10;
/** Heap of the child, MB: more is a death that is named. */
const HEAP_MB = 512;

export interface FoundFailure extends Failure {
  readonly target: string;
  readonly index: number;
  /** As small as it could be made. */
  readonly input: Uint8Array;
  /** Names the file that it is saved in. */
  readonly hash: string;
}

export interface FuzzReport {
  readonly target: string;
  readonly inputs: number;
  readonly tally: Readonly<Record<string, number>>;
  readonly failures: readonly FoundFailure[];
}

export interface FuzzRequest {
  readonly target: string;
  readonly seed: number;
  /** Most inputs. */
  readonly inputs?: number;
  /** Most time, milliseconds. */
  readonly ms?: number;
  /** With files of the data pack. */
  readonly long?: boolean;
  readonly limits?: Limits;
  /** Different failures after which it ends. */
  readonly failures?: number;
}

export class Fuzzer {
  readonly #bundle: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'hourglass-fuzzer-'));
  #child: ChildProcess | null = null;

  /** @param bundle the built `child.ts` */
  constructor(bundle: string) {
    this.#bundle = bundle;
    writeFileSync(join(this.#folder, 'at'), '');
  }

  async run(request: FuzzRequest): Promise<FuzzReport> {
    const { target, seed, long = false, limits = usualLimits } = request;
    const until = Date.now() + (request.ms ?? Number.MAX_SAFE_INTEGER / 2);
    const to = request.inputs ?? Number.MAX_SAFE_INTEGER;
    const tally: Record<string, number> = {};
    const found = new Map<string, FoundFailure>();
    let next = 0;
    const most = request.failures ?? 10;
    while (next < to && Date.now() < until && found.size < most) {
      const answer = await this.#ask(
        { kind: 'run', target, long, seed, from: next, to, until, limits },
        limits,
      );
      const counts = 'tally' in answer ? answer.tally : {};
      for (const [result, count] of Object.entries(counts))
        tally[result] = (tally[result] ?? 0) + count;
      if (answer.kind === 'ran') {
        next = answer.next;
        continue;
      }
      if (answer.kind !== 'failed') throw new Error(`The child answered ${answer.kind}.`);
      const { index, failure } = answer;
      next = index + 1;
      const signature = signatureOf(failure);
      if (found.has(signature)) continue;
      const made = await this.#ask({ kind: 'make', target, long, seed, index }, limits);
      if (made.kind !== 'made')
        throw new Error(
          `Input ${index}, which ${failure.kind} (${failure.words}), could not be made again.`,
        );
      const input = await minimise(Uint8Array.from(made.input), (smaller) =>
        this.check(target, smaller, limits).then(
          (outcome) => outcome !== null && outcome.kind === failure.kind,
        ),
      );
      const hash = createHash('sha256').update(input).digest('hex').slice(0, 12);
      found.set(signature, { ...failure, target, index, input, hash });
    }
    return { target, inputs: next, tally, failures: [...found.values()] };
  }

  /** What comes of one input. */
  async check(target: string, input: Uint8Array, limits = usualLimits): Promise<Outcome> {
    const answer = await this.#ask({ kind: 'check', target, input, limits }, limits);
    if (answer.kind === 'checked') return answer.outcome;
    if (answer.kind === 'failed') return answer.failure;
    throw new Error(`The child answered ${answer.kind}.`);
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The child's answer, or `failed` where it died or had to be killed. @throws Error where it does not come to an input at all */
  #ask(message: ToChild, limits: Limits): Promise<FromChild> {
    const place = join(this.#folder, 'at');
    const child = (this.#child ??= fork(this.#bundle, {
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      env: { ...process.env, HOURGLASS_FUZZ_AT: place },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    }));
    let said = '';
    const hear = (chunk: Buffer): void => void (said = (said + chunk.toString()).slice(-4000));
    child.stderr!.on('data', hear);
    truncateSync(place);
    /** The input that it is at; null: it has begun none. */
    const reached = (): number | null => {
      const bytes = readFileSync(place);
      return bytes.length === 8 ? bytes.readDoubleLE() : null;
    };
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearInterval(timer);
        child.stderr!.off('data', hear);
        child.off('message', done);
        child.off('exit', died);
      };
      const done = (answer: FromChild): void => {
        end();
        resolve(answer);
      };
      const failed = (failure: Failure): void => {
        this.#child = null;
        child.kill('SIGKILL');
        const index = reached();
        if (index !== null) return done({ kind: 'failed', index, failure, tally: {} });
        end();
        reject(new Error(`No input was begun: the child ${failure.kind} (${failure.words}).`));
      };
      const died = (code: number | null, signal: string | null): void => {
        const telling = /heap out of memory|bad_alloc|terminate called|\w*Error: .*/.exec(
          said,
        )?.[0];
        failed({
          kind: 'died',
          words: `${signal ?? `code ${code}`}${telling ? `: ${telling}` : ''}`,
        });
      };
      // One input's time is what passes while the place in the file stays the same, and the machine does not sleep.
      let looked = performance.now() / 1000;
      let last: { index: number | null; cpu: number; clock: number } = {
        ...{ index: null, cpu: 0, clock: looked },
      };
      const timer = setInterval(() => {
        const now = {
          index: reached(),
          cpu: treeSeconds(child.pid!) ?? 0,
          clock: performance.now() / 1000,
        };
        if (now.index !== last.index || now.clock - looked > SLEPT) last = now;
        looked = now.clock;
        const [cpu, clock] = [now.cpu - last.cpu, now.clock - last.clock];
        const isOver =
          now.index === null
            ? clock > LOAD_PATIENCE
            : cpu > (CPU_PATIENCE * limits.cpuMs) / 1000 ||
              clock > CLOCK_PATIENCE + limits.cpuMs / 1000;
        if (isOver) failed({ kind: 'hung', words: 'it did not end' });
      }, 200);
      child.on('message', done);
      child.on('exit', died);
      child.send(message);
    });
  }
}
