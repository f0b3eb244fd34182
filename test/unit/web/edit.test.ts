/** `hourglass edit` as another program calls it: real processes, real files, *Save* by HTTP as the page says it. */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildIfStale } from '../../../build/build.mjs';
import { repositoryRoot } from '../../data.ts';
import { knowDevices } from '../../known-devices.ts';
import { uniform } from '../../random.ts';

const entry = join(repositoryRoot, 'dist/app/hosts/cli/main.js');
const home = realpathSync(mkdtempSync(join(tmpdir(), 'hourglass-edit-')));
const env = {
  ...process.env,
  XDG_CACHE_HOME: join(home, 'cache'),
  XDG_CONFIG_HOME: join(home, 'config'),
  XDG_DATA_HOME: join(home, 'data'),
};
let folder = '';

const xmp =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:City="Somewhere"/></rdf:RDF></x:xmpmeta>';

/** A photo-like gradient with noise, 16 bits, ProPhoto, with dates long ago. */
async function noisy(path: string, width: number, height: number): Promise<void> {
  const next = uniform(width + height);
  const data = Uint16Array.from({ length: width * height * 3 }, (_, at) =>
    Math.round(20000 + 60 * (at % (width * 3)) * (300 / width) + (next() + next() - 1) * 9000),
  );
  await sharp(data, { raw: { width, height, channels: 3, depth: 'ushort' } } as never)
    .toColourspace('rgb16')
    .withIccProfile('p3')
    .withXmp(xmp)
    .tiff({ compression: 'deflate' })
    .toFile(path);
  utimesSync(path, new Date('2020-01-01'), new Date('2020-01-01'));
}

beforeAll(async () => {
  await buildIfStale();
  knowDevices(env);
  await noisy(join(home, 'small.tif'), 96, 64);
}, 300_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));
beforeEach(() => {
  folder = mkdtempSync(join(home, 'copies-'));
});

const copy = (name = 'copy.tif'): string => {
  const path = join(folder, name);
  copyFileSync(join(home, 'small.tif'), path);
  return path;
};

interface Page {
  readonly files: { source: string; name: string }[];
  ask(to: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
  save(
    source: string,
    more?: Record<string, unknown>,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
}

interface Session {
  readonly page: Promise<Page>;
  readonly ended: Promise<{ code: number | null; lines: Record<string, unknown>[]; words: string }>;
  kill(signal: NodeJS.Signals): void;
}

function edit(...files: readonly string[]): Session {
  const child = spawn(process.execPath, [entry, 'edit', '--address', ...files], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  let [stdout, words] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const address = new Promise<string>((resolve) =>
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text;
      const [found] = /http:\S+\/launch\/\S+/.exec(words) ?? [];
      if (found) resolve(found);
    }),
  );
  const ended = new Promise<Awaited<Session['ended']>>((resolve) =>
    child.on('close', (code) => {
      const lines = stdout.split('\n').filter(Boolean);
      resolve({ code, words, lines: lines.map((line) => JSON.parse(line) as never) });
    }),
  );
  const open = async (): Promise<Page> => {
    const launch = await address;
    const { headers } = await fetch(launch, { redirect: 'manual' });
    const base = new URL(headers.get('location')!, launch).href;
    const ask: Page['ask'] = async (to, body) => {
      const answer = await fetch(
        new URL(to, base),
        body === undefined
          ? {}
          : {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify(body),
            },
      );
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const files = (await ask('api/pending')).body as unknown as Page['files'];
    return {
      ask,
      files,
      save: (source, more = {}) =>
        ask('api/edit/save', {
          ...{ source, job: 'save', settings: { device: 'cpu' }, accept: false },
          ...more,
        }),
    };
  };
  const page = open();
  page.catch(() => undefined);
  return { page, ended, kill: (signal) => process.kill(-child.pid!, signal) };
}

const factsOf = async (path: string) => {
  const { format, depth, icc, width } = await sharp(path).metadata();
  return { format, depth, width, icc: icc?.length };
};
const nothingBeside = (): void =>
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);

describe('hourglass edit', () => {
  it('saves in place: same format, depth, profile and permissions, a new date, and nothing beside it', async () => {
    const path = copy();
    writeFileSync(join(folder, 'copy.xmp'), '<sidecar/>');
    chmodSync(path, 0o640);
    const [before, facts] = [readFileSync(path), await factsOf(path)];
    const { page, ended } = edit(path);
    const { ask, files, save } = await page;
    expect(files).toMatchObject([{ name: 'copy.tif' }]);
    expect((await ask('api/info')).body).toMatchObject({ edits: true });
    const saved = await save(files[0]!.source);
    expect(saved).toMatchObject({ status: 200, body: { saved: true, left: 0 } });
    await ask('api/edit/done', {});
    expect(await ended).toMatchObject({
      code: 0,
      lines: [{ type: 'edited', source: path, saved: true }],
      words: expect.stringContaining('copy.tif saved') as string,
    });
    expect(readFileSync(path).equals(before)).toBe(false);
    expect(await factsOf(path)).toEqual(facts);
    expect(readFileSync(path).includes('Somewhere')).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(600_000);
    expect(readFileSync(join(folder, 'copy.xmp'), 'utf8')).toBe('<sidecar/>');
    nothingBeside();
  }, 120_000);

  it('follows a link to the file itself, and says what is left when it is closed unsaved', async () => {
    const path = copy('real.tif');
    const link = join(folder, 'link.tif');
    symlinkSync(path, link);
    const second = copy('second.tif');
    const bytes = readFileSync(second);
    const { page, ended } = edit(link, second);
    const { ask, files, save } = await page;
    expect(files.map(({ name }) => name)).toEqual(['real.tif', 'second.tif']);
    expect((await save(files[0]!.source)).body).toMatchObject({ saved: true, left: 1 });
    // A page that is loaded again gets what is not saved yet.
    expect((await ask('api/pending')).body).toMatchObject([{ name: 'second.tif' }]);
    await ask('api/edit/done', {});
    const { code, lines } = await ended;
    expect(code).toBe(0);
    expect(lines).toMatchObject([{ saved: true }, { saved: false }]);
    expect(statSync(link).ino).toBe(statSync(path).ino);
    expect(readFileSync(second).equals(bytes)).toBe(true);
  }, 120_000);

  it('ends with 3 where nothing was saved, and writes nothing', async () => {
    const path = copy();
    const before = readFileSync(path);
    const { page, ended } = edit(path);
    await (await page).ask('api/edit/done', {});
    expect((await ended).code).toBe(3);
    expect(readFileSync(path).equals(before)).toBe(true);
  }, 60_000);

  it('refuses a file that was changed on the disk meanwhile, and says so in its exit code', async () => {
    const path = copy();
    const { page, ended } = edit(path);
    const { ask, files, save } = await page;
    const other = await sharp({
      create: { width: 8, height: 8, channels: 3, background: 'red' },
    })
      .tiff()
      .toBuffer();
    writeFileSync(path, other);
    const answer = await save(files[0]!.source);
    expect(answer.status).toBe(500);
    expect(answer.body).toMatchObject({
      error: {
        code: 'output-not-writable',
        message: 'copy.tif was changed by another program after it was opened here.',
      },
    });
    expect(readFileSync(path).equals(other)).toBe(true);
    await ask('api/edit/done', {});
    expect((await ended).code).toBe(1);
    nothingBeside();
  }, 60_000);

  it('asks before it saves what can not be kept', async () => {
    // An animation: its first picture is all that would be left.
    const path = join(folder, 'moving.webp');
    const frames = Buffer.concat([Buffer.alloc(3072, 90), Buffer.alloc(3072, 200)]);
    await sharp(frames, { raw: { width: 32, height: 64, channels: 3, pageHeight: 32 } as never })
      .webp({ loop: 0, lossless: true })
      .toFile(path);
    const before = readFileSync(path);
    const { page, ended } = edit(path);
    const { ask, files, save } = await page;
    const asked = await save(files[0]!.source, { settings: { device: 'cpu', sigma: 5 } });
    expect(asked.body).toMatchObject({
      saved: false,
      left: 1,
      notices: expect.arrayContaining([
        expect.objectContaining({
          level: 'warning',
          text: 'moving.webp holds 2 frames; only the first was read.',
        }),
      ]) as unknown,
    });
    expect(readFileSync(path).equals(before)).toBe(true);
    nothingBeside();
    const more = { settings: { device: 'cpu', sigma: 5 }, accept: true, job: 'again' };
    expect((await save(files[0]!.source, more)).body).toMatchObject({ saved: true });
    expect(readFileSync(path).equals(before)).toBe(false);
    await ask('api/edit/done', {});
    expect((await ended).code).toBe(0);
  }, 120_000);

  it('leaves the old bytes whole when everything is killed in the middle', async () => {
    const path = join(folder, 'large.tif');
    await noisy(path, 1600, 1600);
    const before = readFileSync(path);
    const session = edit(path);
    const { files, save } = await session.page;
    void save(files[0]!.source).catch(() => undefined);
    await expect
      .poll(() => readdirSync(folder).some((name) => name.startsWith('.hourglass-')), {
        timeout: 30_000,
      })
      .toBe(true);
    session.kill('SIGKILL');
    await session.ended;
    expect(readFileSync(path).equals(before)).toBe(true);
    // What was left beside it goes with the next session.
    const next = edit(path);
    const again = await next.page;
    await again.save(again.files[0]!.source, { settings: { device: 'cpu', strength: 0 } });
    nothingBeside();
    await again.ask('api/edit/done', {});
    expect((await next.ended).code).toBe(0);
  }, 180_000);

  it('takes from a page no other file, no other place and no other format', async () => {
    const path = copy();
    const other = copy('other.tif');
    const bytes = readFileSync(other);
    const { page, ended } = edit(path);
    const { ask, files, save } = await page;
    for (const source of [other, '@nothing', '../other.tif'])
      expect(await save(source)).toMatchObject({
        status: 403,
        body: { error: { code: 'not-allowed' } },
      });
    expect((await ask('api/run/edit?job=1', { source: files[0]!.source })).status).toBe(403);
    expect((await save(files[0]!.source, { out: other })).status).toBe(400);
    const settings = { device: 'cpu', out: other, format: 'jpeg', depth: '8', overwrite: true };
    expect((await save(files[0]!.source, { settings })).body).toMatchObject({ saved: true });
    expect(await factsOf(path)).toMatchObject({ format: 'tiff', depth: 'ushort' });
    expect(readFileSync(other).equals(bytes)).toBe(true);
    await ask('api/edit/done', {});
    expect((await ended).code).toBe(0);
  }, 120_000);

  it('refuses before anything is opened what it could not save', async () => {
    const gif = join(folder, 'picture.gif');
    await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .gif()
      .toFile(gif);
    const closed = copy('closed.tif');
    chmodSync(closed, 0o444);
    const missing = join(folder, 'missing.tif');
    const [ofGif, ofClosed, ofFolder, ofMissing] = await Promise.all(
      [gif, closed, folder, missing].map((path) => edit(path).ended),
    );
    expect(ofGif).toMatchObject({
      code: 1,
      words: expect.stringMatching(
        /picture\.gif is a GIF, which Hourglass does not write\. .*TIFF copy/s,
      ) as string,
    });
    expect(ofClosed).toMatchObject({
      code: 1,
      words: expect.stringContaining('closed.tif is write-protected.') as string,
    });
    expect(ofFolder).toMatchObject({ code: 1 });
    expect(ofMissing).toMatchObject({
      code: 1,
      words: expect.stringContaining('missing.tif does not exist.') as string,
    });
    expect(existsSync(gif)).toBe(true);
  }, 60_000);
});
