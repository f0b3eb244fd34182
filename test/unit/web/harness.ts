/**
 * The browser host's server around a program that only remembers what it was asked, and an HTTP
 * client that can say anything (fetch would not let a test choose Host or a broken path).
 */
import { mkdtemp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  HourglassError,
  isCommandId,
  type AdmittedFile,
  type HourglassEvent,
} from '../../../app/contract/index.ts';
import { createPageDoor, type AdmittedSources } from '../../../app/hosts/shared/page-door.ts';
import { openPageFiles } from '../../../app/hosts/shared/page-files.ts';
import { createPrivateFolder } from '../../../app/hosts/shared/private-folder.ts';
import { createDownloads } from '../../../app/hosts/shared/downloads.ts';
import { startWebServer, type WebServer } from '../../../app/hosts/web/server.ts';
import { createUploads, type UploadLimits } from '../../../app/hosts/shared/uploads.ts';
import type { Program, RunOptions, TileBytes, TileRequest } from '../../../app/jobs/types.ts';

export interface Call {
  readonly command: string;
  readonly input: Record<string, unknown>;
  readonly options: RunOptions;
}

/** A program whose commands do what the test says. */
export class FakeProgram implements Program {
  readonly calls: Call[] = [];
  readonly tiles: TileRequest[] = [];
  readonly cancelled: string[] = [];
  readonly listeners = new Set<(event: HourglassEvent) => void>();
  readonly busy = false;
  readonly engineMemory = 0;
  answer: (call: Call) => Promise<unknown> = () => Promise.resolve({});

  run(): Promise<never> {
    throw new Error('Hosts hand on what came over a wire: runUnknown.');
  }
  async runUnknown(command: string, input: unknown, options: RunOptions = {}): Promise<unknown> {
    if (!isCommandId(command)) throw new HourglassError('unknown-command', 'No such command.');
    const call = { command, input: input as Record<string, unknown>, options };
    this.calls.push(call);
    return this.answer(call);
  }
  cancel(job: string): void {
    this.cancelled.push(job);
  }
  /** A tile that never comes, until its request is given up. */
  readonly givenUp: string[] = [];
  #never(what: string, signal: AbortSignal | undefined): Promise<never> {
    return new Promise((_, reject) =>
      signal?.addEventListener('abort', () => {
        this.givenUp.push(what);
        reject(new HourglassError('cancelled', 'The work was cancelled.'));
      }),
    );
  }
  async tile(tile: TileRequest, signal?: AbortSignal): Promise<TileBytes> {
    this.tiles.push(tile);
    if (tile.document === 'slow') return this.#never('tile', signal);
    if (tile.document !== 'open')
      throw new HourglassError('document-not-open', 'The document is not open.');
    return { width: 2, height: 1, bits: 8, data: new Uint8Array([1, 2, 3, 255, 4, 5, 6, 255]) };
  }
  async thumbnail(path: string, signal?: AbortSignal): Promise<Uint8Array> {
    if (basename(path).startsWith('slow')) return this.#never('thumbnail', signal);
    return new TextEncoder().encode(`thumbnail of ${basename(path)}`);
  }
  async cameraPreview(path: string): Promise<Uint8Array | null> {
    return path.endsWith('.dng') ? new TextEncoder().encode(`preview of ${basename(path)}`) : null;
  }
  listen(listener: (event: HourglassEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  emit(event: HourglassEvent): void {
    for (const listener of this.listeners) listener(event);
  }
  endEngine(): void {}
  async stop(): Promise<void> {}
  async kill(): Promise<void> {}
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly json: () => unknown;
}

export interface Ask {
  readonly method?: string;
  /** Whole path with the token; or `to`, relative to the page. */
  readonly path?: string;
  readonly to?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

export interface Harness {
  readonly server: WebServer;
  readonly program: FakeProgram;
  readonly log: string[];
  readonly scratch: string;
  readonly privatePath: string;
  admit(path: string): Promise<AdmittedFile>;
  ask(request: Ask): Promise<Answer>;
  close(): Promise<void>;
}

export async function startHarness(
  options: { limits?: Partial<UploadLimits> } = {},
): Promise<Harness> {
  const scratch = await mkdtemp(join(tmpdir(), 'hourglass-web-test-'));
  const page = join(scratch, 'page');
  await mkdir(join(page, 'assets'), { recursive: true });
  await writeFile(join(page, 'index.html'), '<!doctype html><title>Hourglass</title><body></body>');
  await writeFile(join(page, 'assets', 'main-1a2b.js'), 'export {};');
  await writeFile(join(scratch, 'secret.txt'), 'outside the page');
  await writeFile(join(scratch, 'sample.jpg'), 'sample');

  const ids = new Map<string, string>();
  const sources: AdmittedSources = {
    pathOf(source) {
      const path = ids.get(source);
      if (path === undefined)
        throw new HourglassError('not-allowed', `"${source}" was not opened.`);
      return path;
    },
    filesOf: (source) => [sources.pathOf(source)],
    sourceOf: (path) => [...ids].find(([, admitted]) => admitted === path)?.[0],
  };
  const admit = async (path: string): Promise<AdmittedFile> => {
    const source = sources.sourceOf(path) ?? `@${ids.size + 1}`;
    ids.set(source, path);
    return { source, name: basename(path), bytes: (await stat(path)).size };
  };

  const program = new FakeProgram();
  const log: string[] = [];
  const folder = await createPrivateFolder(join(scratch, 'sessions'));
  const downloads = createDownloads(folder);
  const uploads = createUploads(folder, {
    ...{ fileBytes: 1_000_000, sessionBytes: 10_000_000, reserveBytes: 0 },
    ...options.limits,
  });
  const gone: string[] = [];
  let preferences: unknown = {};
  const server = await startWebServer({
    door: createPageDoor({
      program,
      sources,
      trials: folder,
      outputs: downloads,
      released: async (path) => {
        await uploads.remove(path);
      },
      publicText: (text) =>
        text.replaceAll(folder.path, '').replaceAll(/\/(up|ex)\w+-[0-9a-f]+\//g, ''),
    }),
    downloads,
    uploads,
    pageFiles: await openPageFiles(page),
    info: { kind: 'browser', version: '0.0.0', platform: 'linux', exports: 'download' },
    admit,
    together: (given) => Promise.all(given.map((source) => admit(sources.pathOf(source)))),
    samplePath: () => join(scratch, 'sample.jpg'),
    takePending: async () => [],
    loadPreferences: async () => preferences as object,
    savePreferences: async (given) => {
      preferences = given;
    },
    filesOf: sources.filesOf,
    pageGone: (name) => gone.push(name),
    port: 0,
    log: (line) => log.push(line),
  });

  const ask = (asked: Ask): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port: server.port,
          path: asked.path ?? `/${server.token}/${asked.to ?? ''}`,
          method: asked.method ?? 'GET',
          headers: { host: `127.0.0.1:${server.port}`, ...asked.headers },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const body = Buffer.concat(chunks);
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body,
              json: () => JSON.parse(body.toString('utf8')) as unknown,
            });
          });
        },
      );
      request.on('error', reject);
      request.end(asked.body);
    });

  return {
    server,
    program,
    log,
    scratch,
    privatePath: folder.path,
    admit,
    ask,
    async close() {
      await server.close();
      folder.remove();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** As much of a JPEG as tells what it is. */
export const jpegBytes = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1]);

export const json = { 'content-type': 'application/json' };
