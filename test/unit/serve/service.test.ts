import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { HourglassError } from '../../../app/contract/index.ts';
import {
  startService,
  type Service,
  type ServiceOptions,
} from '../../../app/hosts/serve/service.ts';
import { createAdmission } from '../../../app/hosts/shared/admission.ts';
import { createDownloads } from '../../../app/hosts/shared/downloads.ts';
import { createPageDoor } from '../../../app/hosts/shared/page-door.ts';
import { createPrivateFolder } from '../../../app/hosts/shared/private-folder.ts';
import { createUploads, defaultUploadLimits } from '../../../app/hosts/shared/uploads.ts';
import { FakeProgram, type Call } from '../web/harness.ts';

const token = 'a token that is long enough'.replaceAll(' ', '-');
/** A picture, because results are named by what their source is. */
let pixels: Uint8Array<ArrayBuffer>;
let scratch: string;
let program: FakeProgram;
let service: Service;
let address: string;
let privatePath: string;
let now = 0;
const log: string[] = [];

/** Writes what the command would, where it was told to. */
const writes = async ({ options }: Call): Promise<unknown> => {
  await writeFile(options.output!.path, 'the result');
  return { output: options.output!.path, width: 2, notices: [] };
};

async function start(
  options: Partial<ServiceOptions> & { fileBytes?: number } = {},
): Promise<void> {
  scratch = await mkdtemp(join(tmpdir(), 'hourglass-serve-test-'));
  const folder = await createPrivateFolder(scratch);
  privatePath = folder.path;
  program = new FakeProgram();
  program.answer = writes;
  const admission = createAdmission();
  const downloads = createDownloads(folder);
  const uploads = createUploads(folder, {
    ...defaultUploadLimits,
    fileBytes: options.fileBytes ?? 1e6,
  });
  const door = createPageDoor({
    program,
    sources: admission,
    outputs: downloads,
    released: async (path) => {
      if (await uploads.remove(path)) admission.forget(path);
    },
    publicText: (text) => text,
  });
  service = await startService({
    ...{ door, admission, uploads, downloads, token, version: '1.2.3', host: '127.0.0.1', port: 0 },
    ...{ jobLimit: 100, keepMs: 60_000, log: (line) => log.push(line), now: () => now },
    ...options,
  });
  address = `http://127.0.0.1:${service.port}`;
}

beforeAll(async () => {
  const flat = { width: 2, height: 1, channels: 3, background: '#808080' } as const;
  pixels = new Uint8Array(await sharp({ create: flat }).png().toBuffer());
});
beforeEach(() => start());
/** The machine may have other work. */
const soon = (look: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(look, { timeout: 10_000 });
afterEach(async () => {
  await service.close();
  await rm(scratch, { recursive: true, force: true });
  expect(log.splice(0)).toEqual([]);
});

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(address + path, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...init.headers },
  });
const post = (
  path: string,
  body: string | Uint8Array<ArrayBuffer> | null = null,
): Promise<Response> => ask(path, { method: 'POST', body });
const job = (command: string, input: object): Promise<Response> =>
  ask('/v1/jobs', {
    method: 'POST',
    body: JSON.stringify({ command, input }),
    headers: { 'content-type': 'application/json' },
  });
const json = async (answer: Response): Promise<Record<string, unknown>> =>
  (await answer.json()) as Record<string, unknown>;
const codeOf = async (answer: Response): Promise<[number, unknown]> => [
  answer.status,
  ((await json(answer)).error as { code: unknown }).code,
];

describe('one request', () => {
  test('a file goes in, its result comes out, and the upload is gone', async () => {
    const answer = await post('/v1/run/denoise?name=a%20photo.png&strength=80&srgb=true', pixels);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('the result');
    expect(answer.headers.get('content-disposition')).toContain('a photo-clean.png');
    const [call] = program.calls;
    expect(call!.input).toMatchObject({ strength: 80, srgb: true });
    expect(call!.input.source).toMatch(/a photo\.png$/);
    expect((await readdir(privatePath)).filter((name) => name.startsWith('upload'))).toEqual([]);
    // The job is still to be asked for.
    const told = await json(await ask(`/v1/jobs/${answer.headers.get('hourglass-job')}`));
    expect(told).toMatchObject({ state: 'done', command: 'denoise' });
  });

  test('a command without a file answers in JSON', async () => {
    program.answer = async () => ({ models: [], problems: [] });
    const answer = await post('/v1/run/models');
    expect(await json(answer)).toEqual({ models: [], problems: [] });
  });

  test.each([
    ['?name=a.png&strenght=80', 'invalid-parameter', 400],
    ['?name=a.png&strength=800', 'invalid-parameter', 400],
    ['?strength=80', 'invalid-parameter', 400],
    ['?name=a.png&source=%2Fetc%2Fpasswd', 'invalid-parameter', 400],
    ['?name=a.png&out=%2Ftmp%2Fx.png', 'invalid-parameter', 400],
  ])('%s is refused, and leaves nothing behind', async (query, code, status) => {
    expect(await codeOf(await post(`/v1/run/denoise${query}`, pixels))).toEqual([status, code]);
    expect(program.calls).toEqual([]);
    expect(await readdir(privatePath)).toEqual([]);
  });

  test('its failure is the command’s own', async () => {
    program.answer = async () => {
      throw new HourglassError('damaged-image', 'a.png ends too early.');
    };
    expect(await codeOf(await post('/v1/run/denoise?name=a.png', pixels))).toEqual([
      400,
      'damaged-image',
    ]);
  });

  test('who goes away cancels the job', async () => {
    let signal: AbortSignal | undefined;
    program.answer = (call) => {
      signal = call.options.signal;
      return new Promise((_, reject) =>
        signal!.addEventListener('abort', () =>
          reject(new HourglassError('cancelled', 'Cancelled.')),
        ),
      );
    };
    const leave = new AbortController();
    const asked = ask('/v1/run/denoise?name=a.png', {
      method: 'POST',
      body: pixels,
      signal: leave.signal,
    });
    asked.catch(() => undefined);
    await soon(() => expect(signal).toBeDefined());
    leave.abort();
    await soon(() => expect(signal!.aborted).toBe(true));
    await soon(async () =>
      expect((await readdir(privatePath)).filter((name) => name.startsWith('upload'))).toEqual([]),
    );
  });
});

describe('jobs', () => {
  test('a file is sent, a job names it, its result is fetched and forgotten', async () => {
    const sent = await post('/v1/files?name=b.png', pixels);
    expect(sent.status).toBe(201);
    const { file, bytes } = await json(sent);
    expect(bytes).toBe(pixels.length);
    const begun = await job('denoise', { source: file });
    expect(begun.status).toBe(202);
    const where = begun.headers.get('location')!;
    const ended = await json(await ask(`${where}?wait=20`));
    expect(ended).toMatchObject({ state: 'done', result: { output: `${where}/result` } });
    expect(await (await ask(`${where}/result`)).text()).toBe('the result');
    expect((await ask(where, { method: 'DELETE' })).status).toBe(204);
    expect(await codeOf(await ask(where))).toEqual([404, 'file-not-found']);
    expect((await ask(`/v1/files/${String(file)}`, { method: 'DELETE' })).status).toBe(204);
    await soon(async () => expect(await readdir(privatePath)).toEqual([]));
  });

  test('more than are taken at a time are refused with the way to go on', async () => {
    await service.close();
    await start({ jobLimit: 2 });
    program.answer = () => new Promise(() => undefined);
    const { file } = await json(await post('/v1/files?name=b.png', pixels));
    const first = await json(await job('denoise', { source: file }));
    expect((await job('denoise', { source: file })).status).toBe(202);
    const refused = await job('denoise', { source: file });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await codeOf(refused)).toEqual([429, 'not-allowed']);
    program.answer = async () => ({});
    void first;
  });

  test('a waiting job is cancelled without having begun', async () => {
    let begun = 0;
    let end = (): void => undefined;
    program.answer = async (call) => {
      begun += 1;
      await new Promise<void>((resolve) => (end = resolve));
      return writes(call);
    };
    const { file } = await json(await post('/v1/files?name=b.png', pixels));
    const first = await json(await job('denoise', { source: file }));
    const second = await json(await job('denoise', { source: file }));
    expect((await ask(`/v1/jobs/${String(second.id)}`, { method: 'DELETE' })).status).toBe(204);
    await soon(() => expect(begun).toBe(1));
    end();
    expect(await json(await ask(`/v1/jobs/${String(first.id)}?wait=20`))).toMatchObject({
      state: 'done',
    });
    expect(await json(await ask(`/v1/jobs/${String(second.id)}?wait=20`))).toMatchObject({
      state: 'cancelled',
    });
    expect(begun).toBe(1);
  });

  test('what nobody asks for any more goes, with its result', async () => {
    const { file } = await json(await post('/v1/files?name=b.png', pixels));
    const begun = await json(await job('denoise', { source: file }));
    await ask(`/v1/jobs/${String(begun.id)}?wait=20`);
    now += 61_000;
    expect(await json(await ask('/v1/jobs'))).toEqual([]);
    await soon(async () =>
      expect((await readdir(privatePath)).filter((name) => name.startsWith('export'))).toEqual([]),
    );
  });

  test.each([
    'edit',
    'serve',
    'store',
    'send',
    'train',
    'learn',
    'copyTraining',
    'compareTrainings',
    'exportTfjs',
    'similar',
    'findSimilar',
    'unusual',
    'findUnusual',
    'markFine',
    'map',
    'mapFolder',
    'pictureFacts',
    'addModel',
    'removeModel',
    'open',
    'nonsense',
  ])('%s is no command of a service', async (command) => {
    expect(await codeOf(await job(command, {}))).toEqual([404, 'unknown-command']);
    expect(await codeOf(await post(`/v1/run/${command}`))).toEqual([404, 'unknown-command']);
    expect(program.calls).toEqual([]);
  });

  test('a path is no file of the service', async () => {
    const begun = await json(await job('denoise', { source: '/etc/hostname' }));
    const ended = await json(await ask(`/v1/jobs/${String(begun.id)}?wait=20`));
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'not-allowed' } });
  });
});

describe('who may ask', () => {
  test.each<Record<string, string>>([
    {},
    { authorization: 'Bearer wrong' },
    { authorization: token },
  ])('without the token nothing is answered: %j', async (headers) => {
    for (const path of ['/v1/jobs', '/v1/files?name=a.png', '/v1/run/models', '/nothing']) {
      const answer = await fetch(address + path, { method: 'POST', body: 'x', headers });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'bearer']);
    }
    expect(await readdir(privatePath)).toEqual([]);
  });

  test('a web page is not answered, whatever it sends', async () => {
    const answer = await ask('/v1/jobs', { headers: { origin: 'https://example.org' } });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('a file that is too large is refused and leaves nothing', async () => {
    await service.close();
    await start({ fileBytes: 10 });
    const answer = await post('/v1/files?name=b.png', 'more than ten bytes');
    expect(await codeOf(answer)).toEqual([400, 'invalid-parameter']);
    expect(await readdir(privatePath)).toEqual([]);
  });
});

describe('the description', () => {
  interface Operation {
    readonly parameters?: readonly { readonly name: string; readonly in: string }[];
    readonly requestBody?: unknown;
    readonly responses: Record<string, unknown>;
  }
  interface Description {
    readonly openapi: string;
    readonly paths: Record<string, Record<string, Operation>>;
    readonly components: { readonly schemas: Record<string, unknown> };
  }

  test('names every command with its settings, and nothing that is the service’s own', async () => {
    const { openapi, paths } = (await (
      await fetch(`${address}/openapi.json`)
    ).json()) as Description;
    expect(openapi).toBe('3.1.1');
    const commands = Object.keys(paths).filter((path) => path.startsWith('/v1/run/'));
    expect(commands.map((path) => path.slice(8)).sort()).toEqual(
      ['decode', 'denoise', 'devices', 'encode', 'info', 'models', 'verify'].sort(),
    );
    const names = paths['/v1/run/denoise']!.post!.parameters!.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['name', 'strength', 'format', 'size']));
    for (const own of ['source', 'out', 'files', 'index', 'inputs', 'overwrite'])
      expect(names).not.toContain(own);
  });

  test('every reference leads somewhere, every variable of a path is described', async () => {
    const text = await (await fetch(`${address}/openapi.json`)).text();
    const described = JSON.parse(text) as Description;
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g))
      expect(described.components.schemas).toHaveProperty(name!);
    for (const [path, operations] of Object.entries(described.paths))
      for (const operation of Object.values(operations)) {
        const inPath = (operation.parameters ?? []).filter((one) => one.in === 'path');
        const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        expect(inPath.map(({ name }) => name)).toEqual(named);
        expect(Object.keys(operation.responses)).toContain('default');
      }
  });
});
