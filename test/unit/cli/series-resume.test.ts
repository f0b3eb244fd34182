/**
 * The cleaning of a series that is interrupted in the middle and resumed, built, with the real network: the same bytes as those of an
 * undisturbed run of the same journal, UIDs and times among them.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { buildAppIfStale } from '../../../build/build.mjs';
import { uniform } from '../../random.ts';
import { madeDicom } from '../scans/made-dicom.ts';
import { commandLine, processesIn } from './started.ts';

const slices = 40;
const side = 64;
const home = mkdtempSync(join(tmpdir(), 'hourglass-series-'));
const processes = processesIn(home);
const journal = join(home, 'run.hourglass.jsonl');
const out = join(home, 'out');

beforeAll(async () => {
  await buildAppIfStale();
  mkdirSync(join(home, 'in'));
  const next = uniform(14);
  for (let z = 0; z < slices; z++) {
    const words = Uint16Array.from({ length: side * side }, (_, at) =>
      Math.round(400 + 10 * z + (at % side < side / 2 ? 0 : 300) + 80 * (next() + next() - 1)),
    );
    const slice = madeDicom(
      {
        '0008,0018': ['UI', `1.2.3.9.${z + 1}`],
        '0020,000e': ['UI', '1.2.3.9'],
        '0020,0013': ['IS', z + 1],
        '0020,0032': ['DS', `0\\0\\${2 * z}`],
        '0020,0037': ['DS', '1\\0\\0\\0\\1\\0'],
        '0028,0010': ['US', side],
        '0028,0011': ['US', side],
        '0028,0030': ['DS', '0.5\\0.5'],
      },
      words,
    );
    writeFileSync(join(home, 'in', `${String(z).padStart(2, '0')}.dcm`), slice);
  }
}, 300_000);
afterAll(() => {
  processes.endAll();
  rmSync(home, { recursive: true, force: true });
});

interface Line {
  readonly type: string;
  readonly run?: string;
  readonly source?: string;
}

/** Complete ones; the last may be under way. */
function lines(): { text: string; line: Line }[] {
  const all = existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').slice(0, -1) : [];
  return all.map((text) => ({ text, line: JSON.parse(text) as Line }));
}
const sourcesOf = (type: string): (string | undefined)[] =>
  lines().flatMap(({ line }) => (line.type === type ? [line.source] : []));
const runs = (): Set<string | undefined> =>
  new Set(lines().flatMap(({ line }) => (line.type === 'run' ? [line.run] : [])));

const clean = (...more: readonly string[]) =>
  processes.start(
    process.execPath,
    [commandLine, 'denoise', 'in', '--out', 'out/', '--journal', journal, '--device', 'cpu', ...more], // prettier-ignore
    home,
  );

const results = (): Map<string, Buffer> =>
  new Map(
    readdirSync(out)
      .filter((name) => name.endsWith('.dcm'))
      .sort()
      .map((name) => [name, readFileSync(join(out, name))]),
  );

it('a series that was interrupted and resumed has the bytes of an undisturbed run', async () => {
  const first = clean();
  await vi.waitFor(() => expect(sourcesOf('done').length).toBeGreaterThan(9), {
    timeout: 120_000,
    interval: 5,
  });
  first.child.kill('SIGINT');
  expect(await first.ended, first.said.words).toBe(130);
  const before = sourcesOf('done').length;
  expect(before).toBeLessThan(slices);
  // Nothing half done lies there.
  expect(results().size).toBe(before);

  const second = clean('--resume');
  expect(await second.ended, second.said.words).toBe(0);
  // Each once: what was done is not done again.
  expect(sourcesOf('done')).toHaveLength(slices);
  expect(new Set(sourcesOf('done')).size).toBe(slices);
  const resumed = results();
  expect(resumed.size).toBe(slices);
  expect(runs().size).toBe(1);

  // The same journal as it was before its first slice began.
  const all = lines();
  const begun = all.findIndex(({ line }) => line.type === 'start');
  const planned = all.slice(0, begun).map(({ text }) => `${text}\n`);
  rmSync(out, { recursive: true });
  writeFileSync(journal, planned.join(''));
  const undisturbed = clean('--resume');
  expect(await undisturbed.ended, undisturbed.said.words).toBe(0);
  expect(runs().size).toBe(1);
  expect(sourcesOf('done')).toHaveLength(slices);
  const whole = results();
  expect([...whole.keys()]).toEqual([...resumed.keys()]);
  for (const [name, bytes] of whole) expect(bytes.equals(resumed.get(name)!), name).toBe(true);

  // Another run is another series: the comparison sees what differs.
  rmSync(out, { recursive: true });
  rmSync(journal);
  const other = clean();
  expect(await other.ended, other.said.words).toBe(0);
  for (const [name, bytes] of results()) expect(bytes.equals(whole.get(name)!), name).toBe(false);
}, 300_000);
