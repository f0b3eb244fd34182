/** What `npm run bench -- NAME --against DIR` measures: the table of names, and each one's cases. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { makePictureOf } from '../_picture.ts';
import { runCommandLine } from '../_program.ts';
import { pageStart } from './page.ts';
import { BenchServer } from './server.ts';
import { sumOf, type BenchCase, type Probe, type Sample, type Side } from './side.ts';

export interface CaseKit {
  /** Where pictures for both sides go. */
  readonly folder: string;
  /** Megapixels of the large photographs. */
  readonly megapixels: readonly number[];
  /** How many photographs the many are. */
  readonly many: number;
  /** Flags of whatever runs a network: both sides use the same device … */
  readonly device: readonly string[];
  /** … and the same arithmetic, where there is a choice (latent files are always written in fp32). */
  readonly precision: readonly string[];
  /** Runs this checkout's command line; for what both sides are given to read. */
  readonly prepare: (args: readonly string[]) => Promise<void>;
}

type Cases = (kit: CaseKit) => Promise<BenchCase[]>;

export const benches: Readonly<Record<string, Cases>> = {
  start: startCases,
  'page-start': () => Promise.resolve([pageStart]),
  denoise: (kit) =>
    perPicture(kit, (source, out) => [
      ...['denoise', source, '--out', `${out}.png`],
      ...kit.precision,
    ]),
  encode: (kit) =>
    perPicture(kit, (source, out) => [
      ...['encode', source, '--quality', '60'],
      ...['--out', `${out}.hgl`],
    ]),
  decode: decodeCases,
  open: openCases,
  measure: measureCases,
  batch: batchCases,
};

interface Given {
  readonly title: string;
  readonly path: string;
}

/** 512 × 512, then the large ones. */
async function photographs({ folder, megapixels }: CaseKit): Promise<Given[]> {
  const given: Given[] = [];
  const add = async (title: string, name: string, size: { width: number; height: number }) => {
    const path = join(folder, `${name}.jpg`);
    await makePictureOf(path, size);
    given.push({ title, path });
  };
  await add('photo of 512 × 512', 'small', { width: 512, height: 512 });
  for (const millions of megapixels) {
    const width = Math.round(Math.sqrt(millions * 1.5e6) / 8) * 8;
    const height = Math.round((millions * 1e6) / width / 8) * 8;
    await add(`photo of ${millions} megapixels`, `photo-${millions}`, { width, height });
  }
  return given;
}

/** A folder of small photographs, each another piece. */
async function manyPhotographs(
  { folder, many }: CaseKit,
  { width, height, name }: { width: number; height: number; name: string } = smallSize,
): Promise<Given> {
  const path = join(folder, name);
  mkdirSync(path);
  for (let i = 0; i < many; i++)
    await makePictureOf(join(path, `p${i}.jpg`), { width, height, offset: 37 * i });
  return { title: `${many} photos of ${width} × ${height}`, path };
}
const smallSize = { width: 192, height: 128, name: 'many' };

/** The folder of what one run writes, its journal included. */
const results = (side: Side): string => join(side.folder, 'results');

/** From a command line to its end. */
const commandLine = (title: string, args: (side: Side) => readonly string[]): BenchCase => ({
  title,
  probe: async (side): Promise<Probe> => ({
    async sample(repeat) {
      const samples: Sample[] = [];
      for (let i = 0; i < repeat; i++) {
        // Each time into a new place: with the results of the time before a run reads their journal too.
        rmSync(results(side), { recursive: true, force: true });
        mkdirSync(results(side));
        samples.push(
          await runCommandLine(args(side), {
            checkout: side.checkout,
            env: side.env,
            stderr: 'pipe',
          }),
        );
      }
      return sumOf(samples);
    },
    close: async () => {},
  }),
});

async function startCases(kit: CaseKit): Promise<BenchCase[]> {
  const tiny = join(kit.folder, 'tiny.png');
  const data = Buffer.alloc(64 * 64 * 3, 128).map((value, i) => value + ((i * 7919) % 17) - 8);
  await sharp(data, { raw: { width: 64, height: 64, channels: 3 } })
    .png()
    .toFile(tiny);
  const out = (side: Side): string[] => ['--out', join(results(side), 'tiny.png'), '--overwrite'];
  return [
    commandLine('hourglass --help', () => ['--help']),
    commandLine('hourglass denoise, 64 × 64', (side) => [
      ...['denoise', tiny, ...out(side), '--sigma', '10', '--json'],
      ...kit.device,
      ...kit.precision,
    ]),
  ];
}

/**
 * A command over each photograph, and over the folder of many; over this one again without the journal, which a checkout of
 * earlier days does not keep.
 */
async function perPicture(
  kit: CaseKit,
  args: (source: string, out: string) => readonly string[],
  given?: readonly Given[],
): Promise<BenchCase[]> {
  const pictures = given ?? [...(await photographs(kit)), await manyPhotographs(kit)];
  const journals = new Map<string, boolean>();
  return pictures.flatMap(({ title, path }) => {
    const many = path === join(kit.folder, 'many') || path === join(kit.folder, 'latents');
    const run = (side: Side): readonly string[] => {
      const out = join(results(side), many ? 'out/{name}' : 'out');
      return [...args(path, out), '--overwrite', '--json', ...kit.device];
    };
    const bare = commandLine(`${title}, without a journal`, (side) => [
      ...run(side),
      ...(journals.get(side.checkout) ? ['--journal', 'none'] : []),
    ]);
    const probe = async (side: Side): Promise<Probe> => {
      const [command = ''] = run(side);
      const help = await runCommandLine([command, '--help'], { checkout: side.checkout });
      journals.set(side.checkout, help.text.includes('--journal'));
      return bare.probe(side);
    };
    return [commandLine(title, run), ...(many ? [{ ...bare, probe }] : [])];
  });
}

/** Folders of small files at a given strength, as a batch without anything to read first; in the arithmetic that is chosen by itself. */
async function batchCases(kit: CaseKit): Promise<BenchCase[]> {
  const cases: BenchCase[] = [];
  for (const side of [64, 512]) {
    const { title, path } = await manyPhotographs(kit, {
      ...{ width: side, height: side },
      name: `many-${side}`,
    });
    cases.push(
      commandLine(title, (of) => [
        ...['denoise', path, '--sigma', '10', '--out', `${results(of)}/out/{name}.png`, '--json'],
        ...kit.device,
      ]),
    );
  }
  return cases;
}

/** Both sides read the same latent files, which this checkout makes. */
async function decodeCases(kit: CaseKit): Promise<BenchCase[]> {
  const given: Given[] = [];
  for (const { title, path } of await photographs(kit)) {
    const latent = path.replace(/jpg$/, 'hgl');
    await kit.prepare(['encode', path, '--quality', '60', '--out', latent]);
    given.push({ title, path: latent });
  }
  const many = await manyPhotographs(kit);
  const latents = join(kit.folder, 'latents');
  await kit.prepare(['encode', many.path, '--quality', '60', '--out', `${latents}/{name}.hgl`]);
  given.push({ title: many.title, path: latents });
  return perPicture(
    kit,
    (source, out) => ['decode', source, '--out', `${out}.png`, ...kit.precision],
    given,
  );
}

/** In a running server, `work` again and again on one picture. */
const inServer = (
  { title, path }: Given,
  work: (server: BenchServer, source: string) => Promise<Sample>,
): BenchCase => ({
  title,
  async probe(side) {
    const server = await BenchServer.start(side, [path]);
    return {
      async sample(repeat) {
        const samples: Sample[] = [];
        for (let i = 0; i < repeat; i++) samples.push(await work(server, server.sources[0]!));
        return { ...sumOf(samples), peakBytes: server.use().peakBytes };
      },
      close: () => server.stop(),
    };
  },
});

async function measured(server: BenchServer, work: () => Promise<unknown>): Promise<Sample> {
  const before = server.seconds();
  const started = performance.now();
  await work();
  const wall = (performance.now() - started) / 1000;
  const after = server.seconds();
  return { wall, cpu: before === null || after === null ? null : after - before, peakBytes: null };
}

/** Until the tile is there that shows the whole picture. What goes on behind it counts as CPU time. */
async function openCases(kit: CaseKit): Promise<BenchCase[]> {
  return (await photographs(kit)).map((given) =>
    inServer(given, async (server, source) => {
      let wall = 0;
      const whole = await measured(server, async () => {
        const started = performance.now();
        const opened = await server.open(source);
        await server.firstTile(opened);
        wall = (performance.now() - started) / 1000;
        await server.run('close', { document: opened.document });
      });
      return { ...whole, wall };
    }),
  );
}

/** The noise reading of a picture that is open; opened anew each time, since readings are kept. */
async function measureCases(kit: CaseKit): Promise<BenchCase[]> {
  return (await photographs(kit)).map((given) =>
    inServer(given, async (server, source) => {
      const { document } = await server.open(source);
      const sample = await measured(server, () => server.run('measure', { document }));
      await server.run('close', { document });
      return sample;
    }),
  );
}
