/** What the browser host does for its page: commands, events, uploads, tiles, downloads. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HourglassError } from '../../../app/contract/index.ts';
import { owner } from '../../../app/pixels/owner.ts';
import { createPrivateFolder, safeFileName } from '../../../app/hosts/shared/private-folder.ts';
import {
  attachment,
  createDownloads,
  nameTemplateOf,
} from '../../../app/hosts/shared/downloads.ts';
import { filesOfZip } from '../../zip.ts';
import { jpegBytes, json, startHarness, type Answer, type Harness } from './harness.ts';

let host: Harness;
beforeEach(async () => {
  host = await startHarness({ limits: { fileBytes: 100_000, sessionBytes: 300_000 } });
});
afterEach(() => host.close());

const run = (command: string, input: unknown, job = 'j1'): Promise<Answer> =>
  host.ask({
    method: 'POST',
    to: `api/run/${command}?job=${job}`,
    headers: json,
    body: JSON.stringify(input),
  });

const upload = (name: string, body: string | Uint8Array): Promise<Answer> =>
  host.ask({ method: 'PUT', to: `api/upload?name=${encodeURIComponent(name)}`, body });

const release = (sources: readonly string[]): Promise<Answer> =>
  host.ask({
    method: 'POST',
    to: 'api/release',
    headers: json,
    body: JSON.stringify({ sources }),
  });

describe('commands', () => {
  it('turns an id into the path, and the path back into the id', async () => {
    const { source } = (await upload('photo.jpg', 'pixels')).json() as { source: string };
    host.program.answer = async ({ input }) => ({ source: input.source, document: 'd1' });
    const answer = await run('open', { source }, 'job-7');
    expect(answer.json()).toEqual({ output: { source, document: 'd1' } });
    const call = host.program.calls[0]!;
    expect(basename(String(call.input.source))).toBe('photo.jpg');
    expect(call.options.job).toBe('job-7');
  });

  it('hands errors on with their code, and keeps private folders out of the sentence', async () => {
    const { source } = (await upload('photo.jpg', 'pixels')).json() as { source: string };
    host.program.answer = async ({ input }) => {
      throw new HourglassError('not-an-image', `"${String(input.source)}" is not an image.`);
    };
    const answer = await run('open', { source });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({
      error: { code: 'not-an-image', message: '"photo.jpg" is not an image.' },
    });
  });

  it.each([
    'store',
    'send',
    'edit',
    'serve',
    'train',
    'learn',
    'similar',
    'findSimilar',
    'unusual',
    'findUnusual',
    'markFine',
    'map',
    'mapFolder',
  ])('%s is for the command line alone', async (command) => {
    const { source } = (await upload('scan.dcm', 'pixels')).json() as { source: string };
    const answer = await run(command, { source, to: 'http://127.0.0.1:1' });
    expect([answer.status, answer.json()]).toMatchObject([403, { error: { code: 'not-allowed' } }]);
    expect(host.program.calls).toEqual([]);
  });

  it('hands on what a person may choose, and no other details', async () => {
    const { source } = (await upload('photo.jpg', 'pixels')).json() as { source: string };
    host.program.answer = async ({ input }) => {
      throw new HourglassError('damaged-image', 'It is damaged.', {
        details: { offer: 'allowDamaged', source: input.source },
      });
    };
    const { error } = (await run('open', { source })).json() as { error: { details: unknown } };
    expect(error.details).toEqual({ offer: 'allowDamaged' });
  });

  it('cancels the job when the page closes the request', async () => {
    const { source } = (await upload('photo.jpg', 'pixels')).json() as { source: string };
    const ended = new Promise<void>((resolve) => {
      host.program.answer = ({ options }) =>
        new Promise((_, reject) => {
          options.signal?.addEventListener('abort', () => {
            resolve();
            reject(new HourglassError('cancelled', 'The work was cancelled.'));
          });
        });
    });
    const asked = request({
      host: '127.0.0.1',
      port: host.server.port,
      path: `/${host.server.token}/api/run/preview`,
      method: 'POST',
      headers: json,
    });
    asked.on('error', () => undefined);
    asked.end(JSON.stringify({ document: 'd', settings: {}, source }));
    await vi.waitFor(() => expect(host.program.calls).toHaveLength(1));
    asked.destroy();
    await ended;
  });
});

describe('events', () => {
  it('streams them with ids in the place of paths, and stops listening when the page goes', async () => {
    const photo = join(host.scratch, 'photo.jpg');
    await writeFile(photo, 'pixels');
    const { source } = await host.admit(photo);
    const received: string[] = [];
    const asked = request({
      host: '127.0.0.1',
      port: host.server.port,
      path: `/${host.server.token}/api/events`,
    });
    asked.on('error', () => undefined);
    asked.on('response', (response) => {
      expect(response.headers['content-type']).toContain('text/event-stream');
      response.setEncoding('utf8').on('data', (text: string) => received.push(text));
      response.on('error', () => undefined);
    });
    asked.end();
    await vi.waitFor(() => expect(host.program.listeners.size).toBe(1));
    const event = {
      job: 'j',
      command: 'open',
      state: 'running',
      progress: null,
      error: null,
    } as const;
    host.program.emit({ type: 'job', ...event, source: photo });
    host.program.emit({ type: 'job', ...event, source: '/somewhere/else.jpg' });
    await vi.waitFor(() => expect(received.join('')).toContain('"source":null'));
    expect(received.join('')).toContain(`"source":"${source}"`);
    expect(received.join('')).not.toContain(host.scratch);
    asked.destroy();
    await vi.waitFor(() => expect(host.program.listeners.size).toBe(0));
  });
});

describe('uploads', () => {
  it('stores the bytes privately under a safe name', async () => {
    const content = new Uint8Array(90_000).map((_, index) => index % 251);
    const answer = await upload('../../päth/ to:my*photo.JPG', content);
    expect(answer.json()).toMatchObject({ name: 'to_my_photo.JPG', bytes: 90_000 });
    const [folder] = (await readdir(host.privatePath)).filter((name) => name.startsWith('upload-'));
    const path = join(host.privatePath, folder!, 'to_my_photo.JPG');
    expect(new Uint8Array(await readFile(path))).toEqual(content);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  });

  it('refuses what is too large, declared or not, and keeps nothing of it', async () => {
    const large = new Uint8Array(200_000);
    expect((await upload('large.jpg', large)).status).toBe(400);
    const chunked = await host.ask({
      method: 'PUT',
      to: 'api/upload?name=large.jpg',
      headers: { 'transfer-encoding': 'chunked' },
      body: large,
    });
    expect(chunked.status).toBe(400);
    expect(chunked.json()).toMatchObject({ error: { code: 'invalid-parameter' } });
    expect(await readdir(host.privatePath)).toEqual([]);
  });

  it('takes no more than a session may keep, and takes again what there is room for', async () => {
    const sources: string[] = [];
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg'])
      sources.push(
        ((await upload(name, new Uint8Array(90_000))).json() as { source: string }).source,
      );
    const refused = await upload('d.jpg', new Uint8Array(90_000));
    expect(refused.status).toBe(500);
    expect(refused.json()).toMatchObject({
      error: {
        code: 'output-not-writable',
        message: expect.stringContaining('"d.jpg" can not be taken'),
      },
    });
    expect(await readdir(host.privatePath)).toHaveLength(3);
    await release([sources[0]!]);
    expect((await upload('d.jpg', new Uint8Array(90_000))).status).toBe(200);
  });

  it('leaves room on the disk for everything else', async () => {
    const full = await startHarness({ limits: { reserveBytes: 1e18 } });
    const answer = await full.ask({ method: 'PUT', to: 'api/upload?name=a.jpg', body: 'pixels' });
    expect(answer.json()).toMatchObject({
      error: { code: 'output-not-writable', message: expect.stringMatching(/GB are free/) },
    });
    expect(await readdir(full.privatePath)).toEqual([]);
    await full.close();
  });

  it('that were handed over at once come back as the entries that they make', async () => {
    const sources: string[] = [];
    for (const name of ['a.jpg', 'b.jpg'])
      sources.push(((await upload(name, 'pixels')).json() as { source: string }).source);
    const ask = (body: unknown) =>
      host.ask({ method: 'POST', to: 'api/together', headers: json, body: JSON.stringify(body) });
    expect((await ask({ sources })).json()).toMatchObject([{ name: 'a.jpg' }, { name: 'b.jpg' }]);
    expect((await ask({ sources: ['@none'] })).status).toBe(403);
    expect((await ask({ sources: 'all' })).status).toBe(400);
  });

  it('go when the file leaves the strip, and not before the last job on it has ended', async () => {
    const { source } = (await upload('photo.jpg', 'pixels')).json() as { source: string };
    let end = (): void => undefined;
    host.program.answer = async () => {
      await new Promise<void>((resolve) => (end = resolve));
      return {};
    };
    const running = run('open', { source });
    await vi.waitFor(() => expect(host.program.calls).toHaveLength(1));
    expect((await release([source])).status).toBe(200);
    expect(await readdir(host.privatePath)).toHaveLength(1);
    end();
    await running;
    expect(await readdir(host.privatePath)).toEqual([]);
  });

  it('only uploads go: what lies elsewhere is the person’s own', async () => {
    const { source } = (await host.ask({ method: 'POST', to: 'api/samples/photo' })).json() as {
      source: string;
    };
    await release([source]);
    expect(existsSync(join(host.scratch, 'sample.jpg'))).toBe(true);
    expect((await release(['/etc/passwd'])).status).toBe(403);
  });

  it('keeps nothing of an upload that was cut short', async () => {
    const asked = request({
      host: '127.0.0.1',
      port: host.server.port,
      path: `/${host.server.token}/api/upload?name=cut.jpg`,
      method: 'PUT',
      headers: { 'content-length': '50000' },
    });
    asked.on('error', () => undefined);
    asked.write(new Uint8Array(10_000));
    await vi.waitFor(async () => expect(await readdir(host.privatePath)).toHaveLength(1));
    asked.destroy();
    await vi.waitFor(async () => expect(await readdir(host.privatePath)).toEqual([]));
  });
});

describe('pictures', () => {
  it('sends tiles as bytes with their size', async () => {
    const answer = await host.ask({ to: 'tiles/open/source/0/3/4?v=7' });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'x-width': '2',
      'x-height': '1',
      'x-bits': '8',
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect([...answer.body]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
    expect(host.program.tiles).toEqual([
      { document: 'open', layer: 'source', level: 0, column: 3, row: 4 },
    ]);
    await host.ask({ to: 'tiles/open/source/0/3/4?v=7&bits=16&frame=2' });
    expect(host.program.tiles.at(-1)).toMatchObject({ column: 3, bits: 16, frame: 2 });
    const wrong = await host.ask({ to: 'tiles/open/source/0/3/4?v=7&bits=12' });
    expect(wrong.json()).toMatchObject({ error: { code: 'invalid-parameter' } });
    const closed = await host.ask({ to: 'tiles/closed/source/0/0/0' });
    expect(closed.status).toBe(404);
    expect(closed.headers['cache-control']).toBe('no-store');
  });

  it('sends thumbnails of admitted files', async () => {
    const { source } = (await host.ask({ method: 'POST', to: 'api/samples/photo' })).json() as {
      source: string;
    };
    const answer = await host.ask({ to: `thumbnails/${encodeURIComponent(source)}` });
    expect(answer.headers['content-type']).toBe('image/png');
    expect(answer.body.toString()).toBe('thumbnail of sample.jpg');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('sends what a camera put into its raw file, and nothing where it put nothing', async () => {
    const previewOf = async (name: string) => {
      const { source } = (await upload(name, 'pixels')).json() as { source: string };
      return host.ask({ to: `camera-previews/${encodeURIComponent(source)}` });
    };
    const there = await previewOf('a.dng');
    expect(there.headers['content-type']).toBe('image/jpeg');
    expect(there.headers['cache-control']).toBe('no-store');
    expect(there.body.toString()).toContain('preview of ');
    expect((await previewOf('a.jpg')).status).toBe(204);
  });

  it('gives up what the page has given up', async () => {
    const { source } = (await upload('slow.jpg', 'pixels')).json() as { source: string };
    for (const to of ['tiles/slow/source/0/0/0', `thumbnails/${encodeURIComponent(source)}`]) {
      const asked = request({
        host: '127.0.0.1',
        port: host.server.port,
        path: `/${host.server.token}/${to}`,
      });
      asked.on('error', () => undefined);
      asked.end();
      setTimeout(() => asked.destroy(), 100);
    }
    await vi.waitFor(() => expect([...host.program.givenUp].sort()).toEqual(['thumbnail', 'tile']));
  });
});

describe('exports', () => {
  it('answers with an id whose download is the file under its own name', async () => {
    const { source } = (await upload('Kirche – außen.jpg', jpegBytes)).json() as { source: string };
    host.program.answer = async ({ input, options }) => {
      const { path } = options.output!;
      await writeFile(path, 'cleaned');
      return { source: input.source, output: path };
    };
    const answer = await run('denoise', { source, out: '/home/me/cleaned/{name}-fine.{ext}' });
    const { output } = answer.json() as {
      output: { source: string; output: string; outputName: string };
    };
    expect(output.source).toBe(source);
    expect(output.outputName).toBe('Kirche – außen-fine.jpg');
    expect(output.output).toMatch(/^@[0-9a-f]{32}$/);
    const download = await host.ask({ to: `downloads/${output.output.slice(1)}` });
    expect(download.body.toString()).toBe('cleaned');
    expect(download.headers['content-disposition']).toBe(
      `attachment; filename="Kirche _ au_en-fine.jpg"; filename*=UTF-8''Kirche%20%E2%80%93%20au%C3%9Fen-fine.jpg`,
    );
  });

  describe('together', () => {
    const exported = async (name: string, text: string): Promise<string> => {
      const { source } = (await upload(name, jpegBytes)).json() as { source: string };
      host.program.answer = async ({ input, options }) => {
        await writeFile(options.output!.path, text);
        return { source: input.source, output: options.output!.path };
      };
      const answer = await run('denoise', { source });
      return (answer.json() as { output: { output: string } }).output.output;
    };
    const archive = (outputs: readonly string[]): Promise<Answer> =>
      host.ask({
        method: 'POST',
        to: 'api/archives',
        headers: json,
        body: JSON.stringify({ outputs }),
      });

    it('are one ZIP of known length, whose names are unique on every system', async () => {
      const outputs = [
        await exported('Außen.jpg', 'one'),
        await exported('other.jpg', 'two'),
        await exported('OTHER.jpg', 'three'),
      ];
      const { archive: id } = (await archive(outputs)).json() as { archive: string };
      const answer = await host.ask({ to: `archives/${id}` });
      expect(Number(answer.headers['content-length'])).toBe(answer.body.length);
      expect(answer.headers['content-disposition']).toMatch(/hourglass-\d{4}-\d\d-\d\d\.zip/);
      const files = [...filesOfZip(answer.body)].map(([name, data]) => [name, data.toString()]);
      expect(files).toEqual([
        ['Außen-clean.jpg', 'one'],
        ['other-clean.jpg', 'two'],
        ['OTHER-clean-2.jpg', 'three'],
      ]);
    });

    it('are refused where one is none of this session, and without any', async () => {
      const answer = await archive([await exported('a.jpg', 'one'), '@nothing']);
      expect(answer.status).toBe(403);
      expect((await archive([])).status).toBe(400);
      expect((await host.ask({ to: 'archives/nothing' })).status).toBe(403);
    });
  });

  it('are measured by the export itself, and nothing is left of it', async () => {
    const { source } = (await upload('photo.jpg', jpegBytes)).json() as { source: string };
    let written = '';
    host.program.answer = async ({ input, options }) => {
      written = options.output!.path;
      await writeFile(written, '12345');
      return { source: input.source, output: written, bytes: 5 };
    };
    const trial = () =>
      host.ask({
        method: 'POST',
        to: 'api/run/denoise?job=j1&trial=1',
        headers: json,
        body: JSON.stringify({ source, format: 'webp', out: '{dir}/{name}.{ext}' }),
      });
    const { output } = (await trial()).json() as { output: Record<string, unknown> };
    expect(output).toMatchObject({ source, bytes: 5, output: 'trial.webp' });
    await expect.poll(() => existsSync(dirname(written))).toBe(false);
    host.program.answer = async () => {
      throw new HourglassError('size-not-met', 'The smallest has 9 bytes.');
    };
    expect((await trial()).json()).toMatchObject({ error: { code: 'size-not-met' } });
    expect((await readdir(host.privatePath)).filter((name) => name.startsWith('trial-'))).toEqual(
      [],
    );
  });

  it('leaves no folder behind when the command fails', async () => {
    const { source } = (await upload('photo.jpg', jpegBytes)).json() as { source: string };
    host.program.answer = async () => {
      throw new HourglassError('engine-died', 'The engine died on "photo.jpg".');
    };
    expect((await run('denoise', { source })).status).toBe(500);
    expect((await readdir(host.privatePath)).filter((name) => name.startsWith('export-'))).toEqual(
      [],
    );
  });
});

describe('preferences', () => {
  it('are kept', async () => {
    await host.ask({
      method: 'PUT',
      to: 'api/preferences',
      headers: json,
      body: '{"theme":"light"}',
    });
    expect((await host.ask({ to: 'api/preferences' })).json()).toEqual({ theme: 'light' });
  });

  it('stand in the page with what its host is, as data that ends nowhere before its end', async () => {
    const presets = [{ workspace: 'clean', name: '</script><b>$&', settings: '' }];
    const body = JSON.stringify({ theme: 'light', presets });
    await host.ask({ method: 'PUT', to: 'api/preferences', headers: json, body });
    const page = await host.ask({ to: '' });
    expect(page.headers['cache-control']).toBe('no-store');
    const [, told = ''] =
      /<script type="application\/json" id="told">([^<]*)<\/script><\/body>/.exec(
        page.body.toString('utf8'),
      )!;
    expect(JSON.parse(told)).toEqual({
      info: (await host.ask({ to: 'api/info' })).json(),
      preferences: (await host.ask({ to: 'api/preferences' })).json(),
    });
  });
});

describe('names', () => {
  it.each([
    ['{dir}/{name}-clean.{ext}', '{name}-clean.{ext}'],
    ['{dir}{name}.{ext}', '{name}.{ext}'],
    ['clean.jpg', 'clean.jpg'],
    ['cleaned', '{name}-clean.{ext}'],
    ['cleaned/', '{name}-clean.{ext}'],
    ['..', '{name}-clean.{ext}'],
    ['', '{name}-clean.{ext}'],
  ])('the template %s names a download %s', (out, expected) => {
    expect(nameTemplateOf(out, '{name}-clean.{ext}')).toBe(expected);
  });

  it.each([
    ['photo.jpg', 'photo.jpg'],
    ['..\\..\\photo.jpg', 'photo.jpg'],
    ['.hidden', 'hidden'],
    ['CON.jpg', '_CON.jpg'],
    ['', '_'],
    ['a\u0000b\u202ecod.exe.jpg', 'a_b_cod.exe.jpg'],
  ])('the name %j becomes %j', (name, expected) => {
    expect(safeFileName(name)).toBe(expected);
  });

  it('cuts long names between characters and keeps the extension', () => {
    const name = safeFileName(`${'猫'.repeat(200)}.jpeg`);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
    expect(name).toMatch(/^猫+\.jpeg$/);
  });

  it('quotes nothing into the header', () => {
    expect(attachment('a"\r\nX: y.jpg')).not.toMatch(/[\r\n]/);
  });
});

describe('the private folder', () => {
  it('removes what a killed run left, and nothing of a living one', async () => {
    const parent = join(host.scratch, 'runs');
    // No process has this id: Linux gives out at most 4194304 (PID_MAX_LIMIT).
    const dead = join(parent, `run-${owner.replace(`-${process.pid}-`, '-4194305-')}-00`);
    const living = join(parent, `run-${owner}-00`);
    await mkdir(dead, { recursive: true });
    await mkdir(living);
    const folder = await createPrivateFolder(parent);
    expect(existsSync(dead)).toBe(false);
    expect(existsSync(living)).toBe(true);
    folder.remove();
    expect(existsSync(folder.path)).toBe(false);
  });

  it('that vanishes under a running server is made again', async () => {
    await rm(host.privatePath, { recursive: true });
    const answer = await host.ask({ method: 'PUT', to: 'api/upload?name=a.png', body: 'bytes' });
    expect(answer.status).toBe(200);
  });

  it('that can not be made again is named', async () => {
    await rm(host.privatePath, { recursive: true });
    await writeFile(host.privatePath, 'in the way');
    const answer = await upload('photo.jpg', 'pixels');
    expect(answer.json()).toMatchObject({
      error: {
        code: 'output-not-writable',
        message: expect.stringContaining(`The folder of this session, ${host.privatePath}`),
      },
    });
    await rm(host.privatePath);
  });

  it('keeps what was not fetched yet where a run is handed over whole', async () => {
    const folder = await createPrivateFolder(join(host.scratch, 'kept'));
    const downloads = createDownloads(folder, { keepBytes: 10, unfetched: false });
    const write = async (name: string): Promise<string> => {
      const place = await downloads.place(name, '', '{name}.{ext}');
      await writeFile(place.out, '12345678');
      return place.written(place.out).slice(1);
    };
    const [first, second] = [await write('1.png'), await write('2.png')];
    downloads.fetched(second);
    await write('3.png');
    await expect.poll(() => downloads.find(second).catch(() => null)).toBeNull();
    expect((await downloads.find(first)).bytes).toBe(8);
  });

  it('an export in it that vanished is said in words', async () => {
    const downloads = createDownloads(await createPrivateFolder(join(host.scratch, 'gone')));
    const place = await downloads.place('a.png', '', '{name}.{ext}');
    await writeFile(place.out, 'bytes');
    const id = place.written(place.out).slice(1);
    expect((await downloads.find(id)).bytes).toBe(5);
    await rm(place.out);
    await expect(downloads.find(id)).rejects.toMatchObject({ code: 'file-not-found' });
  });
});
