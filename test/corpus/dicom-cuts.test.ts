/**
 * Every DICOM file of the data pack, cut short and with bytes changed: it is decoded, or refused by name, in time. Some of each in the
 * usual run; `HOURGLASS_CUTS=100 HOURGLASS_MUTATIONS=20000` for all that the conformance work asks for.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildAppIfStale } from '../../build/build.mjs';
import { HourglassError } from '../../app/contract/index.ts';
import { decodeImage } from '../../app/pixels/index.ts';
import { describeDicom } from '../../app/scans/info.ts';
import { dataPack, noDataPack } from '../data.ts';
import { uniform } from '../random.ts';
import { readers } from '../unit/scans/written.ts';

const pack = dataPack && join(dataPack, 'dicom-tests');
const names = pack ? readdirSync(pack).filter((name) => /\.dcm$|^DICOMDIR$/.test(name)) : [];
const cuts = Number(process.env.HOURGLASS_CUTS ?? 8);
const mutations = Math.ceil(
  Number(process.env.HOURGLASS_MUTATIONS ?? 400) / Math.max(1, names.length),
);

/** Milliseconds: more is a hang. */
const MOST_TIME = 2000;
/** What decoding may hold besides the file and its pixels: no header makes it allocate more. */
const MOST_MEMORY = 512e6;

const folder = mkdtempSync(join(tmpdir(), 'hourglass-cuts-'));
beforeAll(buildAppIfStale, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Begins to count anew what this process holds at most; where it can not, the peak is that of its life. */
function forgetPeak(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}
function peakBytes(): number {
  const told =
    process.platform === 'linux' &&
    /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
  return 1024 * (told ? Number(told[1]) : process.resourceUsage().maxRSS);
}

const tally: Record<string, number> = {};
let slowest = { ms: 0, of: '' };
let largest = { bytes: 0, of: '' };

/** @returns what is wrong with what came of it; null: nothing */
async function fault(bytes: Buffer, of: string): Promise<string | null> {
  const path = join(folder, 'hurt.dcm');
  writeFileSync(path, bytes);
  forgetPeak();
  const before = peakBytes();
  const cpu = process.cpuUsage();
  const outcomeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'read',
      (error: unknown) =>
        error instanceof HourglassError ? error.code : `thrown: ${String(error)}`,
    );
  const decoded = await outcomeOf(decodeImage({ path, readers }));
  const context = { signal: new AbortController().signal } as never;
  const described = await outcomeOf(describeDicom({ source: path }, context, {} as never));
  const { user, system } = process.cpuUsage(cpu);
  const ms = (user + system) / 1000;
  // The most that it held meanwhile: what was let go again had to be there all the same.
  const grown = peakBytes() - before;
  tally[decoded] = (tally[decoded] ?? 0) + 1;
  if (ms > slowest.ms) slowest = { ms, of };
  if (grown > largest.bytes) largest = { bytes: grown, of };
  for (const outcome of [decoded, described])
    if (outcome === 'internal' || outcome.startsWith('thrown')) return `${of}: ${outcome}`;
  if (ms > MOST_TIME) return `${of}: ${ms} ms`;
  return grown > MOST_MEMORY ? `${of}: ${grown} bytes` : null;
}

describe.skipIf(!pack)(`files of the pack${pack ? '' : ` (${noDataPack})`}`, () => {
  test.each(names)(
    '%s, cut and changed, is read or refused by name',
    async (name) => {
      const whole = readFileSync(join(pack!, name));
      const faults: (string | null)[] = [];
      for (let cut = 0; cut < cuts; cut++) {
        // Half of the cuts lie in the header, however large the pixels are.
        const head = Math.min(whole.length, 4096);
        const at = Math.floor(((cut % 2 ? whole.length : head) * (cut + 1)) / (cuts + 1));
        faults.push(await fault(whole.subarray(0, at), `${name} cut at ${at}`));
      }
      const next = uniform(name.length * 7919 + whole.length);
      for (let mutation = 0; mutation < mutations; mutation++) {
        const changed = Buffer.from(whole);
        const many = 1 + Math.floor(next() * 4);
        const head = next() < 0.7 ? Math.min(whole.length, 4096) : whole.length;
        for (let byte = 0; byte < many; byte++)
          changed[Math.floor(next() * head)] = next() < 0.3 ? 0xff : Math.floor(next() * 256);
        faults.push(await fault(changed, `${name}, change ${mutation}`));
      }
      expect(faults.filter((one) => one !== null)).toEqual([]);
    },
    // All of them take minutes on a slow machine: each input is held to its own time above.
    Math.max(600_000, 2 * MOST_TIME * (cuts + mutations)),
  );

  test('none was slow or large', () => {
    const { ms, of } = slowest;
    const size = (largest.bytes / 1e6).toFixed(0);
    process.stdout.write(
      `${names.length} files, ${cuts} cuts and ${mutations} changes of each: ${JSON.stringify(tally)}; slowest ${ms.toFixed(0)} ms (${of}), most grown ${size} MB (${largest.of})\n`,
    );
    expect(tally['read']).toBeGreaterThan(0);
  });
});
