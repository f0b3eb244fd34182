/**
 * The process in which fuzzed parsers run: it may die, hang and fill its memory. Which input it is at stands in a
 * file (HOURGLASS_FUZZ_AT), written before each, so that whoever started it knows without being told.
 */
import { mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HourglassError } from '../../app/contract/index.ts';
import { inputOf } from './mutate.ts';
import type { FromChild, Limits, Outcome, ToChild } from './outcome.ts';
import { materialOf, targets, type FuzzTarget } from './targets.ts';

const folder = mkdtempSync(join(tmpdir(), 'hourglass-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.on('disconnect', () => process.exit());
const at = openSync(process.env.HOURGLASS_FUZZ_AT!, 'w');

const materials = new Map<string, ReturnType<typeof materialOf>>();
function material(name: string, long: boolean): ReturnType<typeof materialOf> {
  const key = `${name} ${long}`;
  const known = materials.get(key) ?? materialOf(name, long);
  materials.set(key, known);
  return known;
}

const place = Buffer.alloc(8);
function arriveAt(index: number): void {
  place.writeDoubleLE(index);
  writeSync(at, place, 0, 8, 0);
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** What an input led to: `answered`, or the code of the refusal; and whether that is a failure. */
async function judge(
  target: FuzzTarget,
  input: Uint8Array,
  limits: Limits,
): Promise<{ result: string; outcome: Outcome }> {
  const memory = process.resourceUsage().maxRSS;
  const started = cpuMs();
  let result = 'answered';
  let outcome: Outcome = null;
  try {
    await target.run(input, { folder });
  } catch (error) {
    result = error instanceof HourglassError ? error.code : 'threw';
    if (!(error instanceof HourglassError) || error.code === 'internal')
      outcome = { kind: 'threw', words: String(error instanceof Error ? error.stack : error) };
  }
  if (target.reached?.()) result += ' by the decoder';
  const took = cpuMs() - started;
  const grown = 1024 * (process.resourceUsage().maxRSS - memory);
  const left = readdirSync(folder).filter((name) => !target.keeps?.includes(name));
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  if (!outcome && took > limits.cpuMs)
    outcome = { kind: 'slow', words: `it took ${took.toFixed(0)} ms of CPU time` };
  if (!outcome && grown > limits.memoryBytes)
    outcome = { kind: 'memory', words: `it took ${(grown / 1e6).toFixed(0)} MB` };
  if (!outcome && left.length > 0) outcome = { kind: 'left-files', words: left.join(', ') };
  return { result, outcome };
}

async function run(asked: Extract<ToChild, { kind: 'run' }>): Promise<FromChild> {
  const target = targets[asked.target]!;
  const found = await material(asked.target, asked.long);
  const tally: Record<string, number> = {};
  let index = asked.from;
  for (; index < asked.to && Date.now() < asked.until; index++) {
    arriveAt(index);
    const { result, outcome } = await judge(
      target,
      inputOf(found, asked.seed, index),
      target.limits ?? asked.limits,
    );
    tally[result] = (tally[result] ?? 0) + 1;
    if (outcome) return { kind: 'failed', index, failure: outcome, tally };
    // Messages come in between, "stop" among them.
    if (index % 256 === 255) await new Promise((resolve) => setImmediate(resolve));
  }
  return { kind: 'ran', next: index, tally };
}

async function answer(asked: ToChild): Promise<FromChild> {
  if (asked.kind === 'run') return run(asked);
  if (asked.kind === 'make')
    return {
      kind: 'made',
      input: inputOf(await material(asked.target, asked.long), asked.seed, asked.index),
    };
  const input = Uint8Array.from(asked.input);
  const target = targets[asked.target]!;
  arriveAt(0);
  return {
    kind: 'checked',
    outcome: (await judge(target, input, target.limits ?? asked.limits)).outcome,
  };
}

process.on('message', (asked: ToChild) => {
  void answer(asked).then((told) => process.send!(told));
});
