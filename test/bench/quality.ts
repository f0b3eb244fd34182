/**
 * `npm run bench -- quality [--sets white,gray,real,clean,ct,mr,speed] [--every 1] [--model auto]
 * [--precision auto] [--no-peers | --peers-only | --keep-peers] [--write] [--json bench-results/quality.json]`
 *
 * How good the shipped networks are: through the program's own pipeline (test/quality.ts) on the data
 * pack's development sets, beside peers that run in the same bench. `--every 40` measures every 40th
 * picture; `--write` puts the tables, their JSON and crops into docs/model-quality.md. What each set
 * is, is said there. PYTHON names an interpreter that has OpenCV. Peers take most of the time: `--peers-only
 * --write` measures them alone, and `--keep-peers` takes their rows and strengths from the page.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { precisionChoiceSchema } from '../../app/contract/index.ts';
import { dataPack, noDataPack, repositoryRoot } from '../data.ts';
import { shippedModels } from '../unit/runtime/support.ts';
import { renderCards } from './quality/cards.ts';
import { tunedKey, writeCrops } from './quality/crops.ts';
import { writeBlocks } from './quality/document.ts';
import { createOurs } from './quality/ours.ts';
import { findPeers, type Setting } from './quality/peers.ts';
import { cleanTasks, grayTasks, realTasks, whiteTasks } from './quality/photos.ts';
import { createResults } from './quality/results.ts';
import { ctTasks, mrTasks } from './quality/scans.ts';
import { measureSpeed, type SpeedRow } from './quality/speed.ts';
import { merge, summarise, type Report, type RunFacts } from './quality/summary.ts';
import { renderSet } from './quality/tables.ts';
import { OURS, runTask, type Task } from './quality/tasks.ts';

const makers: Readonly<Record<string, (every: number) => Promise<Task[]>>> = {
  white: whiteTasks,
  gray: grayTasks,
  real: realTasks,
  clean: cleanTasks,
  ct: ctTasks,
  mr: mrTasks,
  speed: async () => [],
};

const page = join(repositoryRoot, 'docs/model-quality.md');
const pageData = join(repositoryRoot, 'docs/model-quality/quality.json');

function readOptions() {
  const { values } = parseArgs({
    options: {
      sets: { type: 'string', default: Object.keys(makers).join(',') },
      every: { type: 'string', default: '1' },
      model: { type: 'string', default: 'auto' },
      precision: { type: 'string', default: 'auto' },
      'no-peers': { type: 'boolean', default: false },
      'peers-only': { type: 'boolean', default: false },
      'keep-peers': { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      json: { type: 'string', default: join(repositoryRoot, 'bench-results/quality.json') },
    },
  });
  const sets = values.sets.split(',');
  const unknown = sets.filter((set) => !(set in makers));
  if (unknown.length > 0)
    throw new Error(`No such set: ${unknown.join(', ')}; there are ${Object.keys(makers)}.`);
  const every = Number(values.every);
  if (!Number.isInteger(every) || every < 1)
    throw new Error('--every takes a whole number from 1 on.');
  const precision = precisionChoiceSchema.parse(values.precision);
  return { ...values, sets, every, precision };
}

async function main(signal: AbortSignal): Promise<void> {
  const { sets, every, model, precision, write, json, ...options } = readOptions();
  const earlier = readPage();
  const keepPeers = options['keep-peers'];
  if (!dataPack) throw new Error(`This bench needs pictures: ${noDataPack}.`);
  const say = (text: string): void => console.log(text);
  const found = options['no-peers']
    ? { peers: [], versions: [], missing: ['Peers were not asked for (--no-peers).'] }
    : await findPeers(signal);
  for (const line of found.missing) say(line);

  const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'));
  const ours = await createOurs(model, precision);
  try {
    const results = createResults();
    const tuned = new Map<string, ReadonlyMap<string, Setting>>();
    const tools = {
      ours: options['peers-only'] ? null : ours,
      peers: keepPeers ? [] : found.peers,
      results,
      signal,
      say,
    };
    const runs: Record<string, RunFacts> = {};
    let speed: SpeedRow[] = [];
    for (const set of sets) {
      ours.models.clear();
      for (const task of await makers[set]!(every)) {
        const settings = await runTask(task, tools);
        const key = tunedKey(task.set, task.noise);
        const before = keepPeers ? Object.entries(earlier?.tuned[key] ?? {}) : [];
        if (settings.size + before.length > 0) tuned.set(key, new Map([...before, ...settings]));
      }
      if (set === 'speed') {
        const settings = tuned.get(tunedKey('white', 'σ 25')) ?? new Map<string, Setting>();
        speed = await measureSpeed(folder, model, found.peers, settings, signal);
      }
      runs[set] = {
        date: new Date().toISOString().slice(0, 10),
        every: set === 'speed' ? 1 : every,
        models: set === 'speed' ? [model] : [...ours.models],
        ...(keepPeers && earlier?.runs[set]
          ? { peers: earlier.runs[set].peers, missing: earlier.runs[set].missing }
          : {
              peers: set === 'clean' ? [] : found.versions,
              missing: set === 'clean' ? [] : found.missing,
            }),
      };
    }
    const { measurements } = results;
    const summaries = summarise(measurements);
    const known = keepPeers ? [...summaries, ...(earlier?.summaries ?? [])] : summaries;
    const cropTools = { ours, peers: found.peers, tuned, summaries: known, signal };
    const crops = write && tools.ours ? await writeCrops(dirname(pageData), cropTools) : [];
    const report: Report = {
      runs,
      summaries,
      grids: results.grids(),
      speed,
      crops,
      tuned: Object.fromEntries(
        [...tuned].map(([key, settings]) => [key, Object.fromEntries(settings)]),
      ),
    };
    for (const set of sets) say(`\n## ${set}\n\n${renderSet(set, report)}`);
    save(json, { ...report, measurements });
    say(`\nWritten to ${json}`);
    if (write) {
      // Whoever measures ours alone may have none of the peers.
      const isKept = (method: string): boolean =>
        keepPeers ? !method.startsWith(OURS) : !tools.ours && method.startsWith(OURS);
      await writePage(merge(earlier, report, isKept), sets);
    }
  } finally {
    await ours.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

function save(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(value, null, 1)}\n`);
}

const readPage = (): Report | null =>
  existsSync(pageData) ? (JSON.parse(readFileSync(pageData, 'utf8')) as Report) : null;

/** Sets that were not measured now keep their tables. */
async function writePage(report: Report, sets: readonly string[]): Promise<void> {
  const blocks = new Map<string, string>(sets.map((set) => [set, renderSet(set, report)] as const));
  blocks.set('models', renderCards(shippedModels));
  await writeBlocks(page, blocks);
  save(pageData, report);
  console.log(
    `Written to ${page}; format with: npx prettier --write docs/model-quality.md docs/model-quality`,
  );
}

const stop = new AbortController();
process.once('SIGINT', () => {
  console.log('\nStopping…');
  stop.abort();
});
try {
  await main(stop.signal);
} catch (error) {
  if (stop.signal.aborted) console.log('Stopped; nothing was written.');
  else console.error(error);
  process.exitCode = stop.signal.aborted ? 130 : 1;
}
