/**
 * The browser host's server: loopback only, a token in the address (which a launch code is exchanged
 * for), every answer with the page's security headers. Routes are those of `app/contract/http.ts` and `bridge.ts`; what they do is
 * `shared/page-door.ts`. Starting the program and stopping on signals is `main.ts`.
 */
import { randomBytes } from 'node:crypto';
import { Hono, type Context } from 'hono';
import * as z from 'zod';
import {
  cancelledError,
  HourglassError,
  invalidParameter,
  toHourglassError,
  type AdmittedFile,
  type HostInfo,
  isSample,
  type Preferences,
  type Sample,
} from '../../contract/index.ts';
import { attachment, type Downloads } from '../shared/downloads.ts';
import type { EditSession } from '../shared/edit-session.ts';
import {
  bytes,
  failure,
  jsonBody,
  listen,
  originOf,
  receiveUpload,
  sendDownload,
  type App,
} from '../shared/http-parts.ts';
import type { ExploringSession } from '../shared/exploring.ts';
import type { PageDoor } from '../shared/page-door.ts';
import type { PageFiles } from '../shared/page-files.ts';
import type { TrainingSession } from '../shared/training.ts';
import type { PhotoMemory } from '../shared/photo-memory.ts';
import { securityHeaders } from '../shared/page-headers.ts';
import { withTold } from '../shared/told-page.ts';
import type { Admission } from '../shared/admission.ts';
import type { Uploads } from '../shared/uploads.ts';
import { createArchives } from './archives.ts';
import { createEventStreams, type EventStreams } from './event-stream.ts';
import { launchFolder, refusal } from './guard.ts';
import { createLaunchCodes } from './launch-codes.ts';
import { say } from './sentences.ts';

export interface WebServerOptions {
  readonly door: PageDoor;
  readonly downloads: Downloads;
  readonly pageFiles: PageFiles;
  readonly info: HostInfo;
  /** Gives a file of this machine an `@id`. */
  readonly admit: (path: string) => Promise<AdmittedFile>;
  /** Puts uploads that were handed over at once together, where they belong together. */
  readonly together: Admission['together'];
  readonly samplePath: (sample: Sample) => string;
  /** Files that wait for the page; each is handed out once. */
  readonly takePending: () => Promise<AdmittedFile[]>;
  readonly loadPreferences: () => Promise<Preferences>;
  /** Validates. @throws HourglassError invalid-parameter */
  readonly savePreferences: (preferences: unknown) => Promise<void>;
  /** Absent: nothing is remembered of photos. */
  readonly photos?: Pick<PhotoMemory, 'keep' | 'count' | 'forget'> | undefined;
  /** Absent: nothing is trained. */
  readonly training?: Pick<TrainingSession, 'ask' | 'listen'> | undefined;
  /** Absent: nothing is explored. */
  readonly exploring?: Pick<ExploringSession, 'ask' | 'listen'> | undefined;
  /** All files of an admitted one. @throws HourglassError not-allowed */
  readonly filesOf: (source: string) => readonly string[];
  readonly uploads: Uploads;
  /** Absent: nothing is edited in place. */
  readonly edit?: Pick<EditSession, 'save' | 'done'> | undefined;
  /** Somebody has opened the page with this launch code. */
  readonly launched?: ((code: string) => void) | undefined;
  /** A page has gone and not come back: what is kept for it is not needed any more. */
  readonly pageGone?: ((page: string) => void) | undefined;
  /** 0: any free port. */
  readonly port: number;
  readonly log: (line: string) => void;
}

export interface WebServer {
  /**
   * An address that opens the page once: its launch code is exchanged for the token.
   * @param lifetimeMs null: until it is used
   */
  launch(lifetimeMs: number | null): { readonly code: string; readonly address: string };
  readonly port: number;
  /** Whoever has it may use the program. */
  readonly token: string;
  close(): Promise<void>;
}

const outputsSchema = z.strictObject({ outputs: z.array(z.string()).min(1).max(100_000) });
const togetherSchema = z.strictObject({
  sources: z.array(z.string()).max(100_000),
  places: z.array(z.string().max(4096)).max(100_000).optional(),
});

/** Starts listening on 127.0.0.1. @throws HourglassError invalid-parameter: the port is taken */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const token = randomBytes(24).toString('base64url');
  const codes = createLaunchCodes();
  const { door, log, pageGone } = options;
  const { training, exploring } = options;
  const events = createEventStreams({
    ...{ log, pageGone },
    listen(listener) {
      const ends = [door, training, exploring].map((one) => one?.listen(listener));
      return () => ends.forEach((end) => end?.());
    },
  });
  const app = new Hono<App>();
  let port = options.port;

  app.use('*', async (context, next) => {
    const reason = refusal(
      {
        method: context.req.method,
        path: new URL(context.req.url).pathname,
        host: context.req.header('host'),
        origin: context.req.header('origin'),
        fetchSite: context.req.header('sec-fetch-site'),
      },
      { token, port, redeem: codes.redeem },
    );
    if (reason === null) await next();
    else {
      options.log(`Refused a ${context.req.method} request. ${reason}`);
      context.res = context.req.path.startsWith(`/${launchFolder}/`)
        ? usedUp()
        : isVisit(context)
          ? withoutToken()
          : failure(new HourglassError('not-allowed', say('requestNotAllowed')));
    }
    for (const [name, value] of Object.entries(securityHeaders))
      context.res.headers.set(name, value);
    if (!context.res.headers.has('cache-control'))
      context.res.headers.set('cache-control', 'no-store');
  });
  app.onError((error) => {
    const known = toHourglassError(error);
    if (known.code === 'internal') options.log(`Failed: ${originOf(error)}`);
    return failure(known);
  });
  app.get(`/${launchFolder}/:code`, (context) => {
    options.launched?.(context.req.param('code'));
    return context.redirect(`/${token}/`, 303);
  });
  app.route(`/${token}`, routesOf(options, events));
  app.notFound(() => failure(new HourglassError('file-not-found', say('thereNothingAtAddress'))));

  const server = await listen(app, '127.0.0.1', options.port);
  port = server.port;
  return {
    launch(lifetimeMs) {
      const code = codes.issue(lifetimeMs);
      return { code, address: `http://127.0.0.1:${port}/${launchFolder}/${code}` };
    },
    port,
    token,
    close: () => {
      events.close();
      return server.close();
    },
  };
}

function routesOf(options: WebServerOptions, events: EventStreams): Hono<App> {
  const { door, uploads } = options;
  const routes = new Hono<App>();

  routes.post('/api/run/:command', async (context) => {
    const job = context.req.query('job');
    const run = z.uuid().safeParse(context.req.query('run'));
    const input = await jsonBody(context);
    const output = await door.run(context.req.param('command'), input, {
      ...(job ? { job } : {}),
      ...(run.success ? { run: run.data } : {}),
      trial: context.req.query('trial') === '1',
      signal: context.req.raw.signal,
    });
    return context.json({ output });
  });
  routes.get('/api/events', (context) =>
    bytes(
      events.open(
        context.req.query('page')?.slice(0, 100) ?? null,
        context.req.header('last-event-id') ?? context.req.query('after') ?? null,
        context.req.raw.signal,
      ),
      { 'content-type': 'text/event-stream; charset=utf-8' },
    ),
  );
  routes.put('/api/upload', async (context) => {
    const path = await receiveUpload(context, uploads);
    // Nobody will ever speak of a file whose page has left meanwhile.
    if (context.req.raw.signal.aborted) {
      await uploads.remove(path);
      throw cancelledError();
    }
    return context.json(await options.admit(path));
  });
  routes.post('/api/together', async (context) => {
    const given = togetherSchema.safeParse(await jsonBody(context));
    if (!given.success) throw invalidParameter('sources', say('listIds'), typeof given.data);
    const { sources, places } = given.data;
    return context.json(await options.together(sources, context.req.raw.signal, places));
  });
  routes.post('/api/release', async (context) => {
    await door.release(await jsonBody(context));
    return context.json({});
  });
  routes.post('/api/samples/:sample', async (context) => {
    const { sample } = context.req.param();
    if (!isSample(sample)) return context.notFound();
    return context.json(await options.admit(options.samplePath(sample)));
  });
  routes.get('/api/pending', async (context) => context.json(await options.takePending()));
  routes.get('/api/info', (context) => context.json(options.info));
  routes.get('/api/preferences', async (context) => context.json(await options.loadPreferences()));
  routes.put('/api/preferences', async (context) => {
    await options.savePreferences(await jsonBody(context));
    return context.json({});
  });

  const photos = (): NonNullable<typeof options.photos> => {
    if (!options.photos) throw new HourglassError('not-allowed', say('remembersNoPhotos'));
    return options.photos;
  };
  routes.get('/api/photo-settings', async (context) =>
    context.json({ count: await photos().count() }),
  );
  routes.put('/api/photo-settings', async (context) => {
    await photos().keep(await jsonBody(context), options.filesOf);
    return context.json({});
  });
  routes.delete('/api/photo-settings', async (context) => {
    await photos().forget();
    return context.json({});
  });

  routes.post('/api/training', async (context) => {
    if (!options.training) throw new HourglassError('not-allowed', say('trainsNothing'));
    return context.json((await options.training.ask(await jsonBody(context))) ?? {});
  });
  routes.post('/api/exploring', async (context) => {
    if (!options.exploring) throw new HourglassError('not-allowed', say('exploresNothing'));
    return context.json((await options.exploring.ask(await jsonBody(context))) ?? {});
  });

  const edit = (): NonNullable<typeof options.edit> => {
    if (!options.edit) throw new HourglassError('not-allowed', say('editsNothingInPlace'));
    return options.edit;
  };
  routes.post('/api/edit/save', async (context) =>
    context.json(await edit().save(await jsonBody(context), context.req.raw.signal)),
  );
  routes.post('/api/edit/done', async (context) => {
    await jsonBody(context);
    await edit().done();
    return context.json({});
  });

  routes.get('/tiles/:document/:layer/:level/:column/:row', async (context) => {
    const { bits, frame } = context.req.query();
    const address = { ...context.req.param(), bits, frame };
    const tile = await door.tile(address, context.req.raw.signal);
    return bytes(tile.data as Uint8Array<ArrayBuffer>, {
      'content-type': 'application/octet-stream',
      'x-width': String(tile.width),
      'x-height': String(tile.height),
      'x-bits': String(tile.bits),
      // Pictures stay out of the disk cache, and a reloaded page counts its versions anew.
      'cache-control': 'no-store',
    });
  });
  routes.get('/thumbnails/:source', async (context) => {
    const png = await door.thumbnail(context.req.param('source'), context.req.raw.signal);
    // The page keeps them while it is open; no picture of a person's stays in a cache on the disk.
    return bytes(png as Uint8Array<ArrayBuffer>, {
      'content-type': 'image/png',
      'cache-control': 'no-store',
    });
  });
  routes.get('/camera-previews/:source', async (context) => {
    const jpeg = await door.cameraPreview(context.req.param('source'), context.req.raw.signal);
    const headers = { 'cache-control': 'no-store' };
    // Many files hold none, which is no failure.
    if (!jpeg) return context.body(null, 204, headers);
    return bytes(jpeg as Uint8Array<ArrayBuffer>, { ...headers, 'content-type': 'image/jpeg' });
  });
  routes.get('/downloads/:id', async (context) => {
    const id = context.req.param('id');
    const download = await options.downloads.find(id);
    options.downloads.fetched(id);
    return sendDownload(download);
  });
  const archives = createArchives(options.downloads);
  routes.post('/api/archives', async (context) => {
    const given = outputsSchema.safeParse(await jsonBody(context));
    if (!given.success) throw invalidParameter('outputs', say('listIds'), typeof given.data);
    return context.json({ archive: await archives.make(given.data.outputs) });
  });
  routes.get('/archives/:id', async (context) => {
    const { name, bytes: length, stream } = await archives.open(context.req.param('id'));
    return bytes(stream, {
      'content-type': 'application/zip',
      'content-length': String(length),
      'content-disposition': attachment(name),
    });
  });
  routes.get('/*', async (context) => {
    // Without the last slash the page's relative addresses would lose the token.
    const path = context.req.path;
    const root = path.indexOf('/', 1);
    if (root < 0) return context.redirect(`${path}/`, 308);
    const file = await options.pageFiles.read(path.slice(root + 1));
    if (!file) return context.notFound();
    if (file.document) {
      const preferences = await options.loadPreferences().catch(() => null);
      const told = { info: options.info, ...(preferences ? { preferences } : {}) };
      const html = withTold(Buffer.from(file.body).toString('utf8'), told);
      return bytes(new TextEncoder().encode(html), { 'content-type': file.type });
    }
    return bytes(file.body, {
      'content-type': file.type,
      ...(file.immutable ? { 'cache-control': 'private, max-age=86400, immutable' } : {}),
    });
  });
  return routes;
}

/** Words for a person who looks at it in a browser. */
const words = (text: string): Response =>
  new Response(text, { status: 403, headers: { 'content-type': 'text/plain; charset=utf-8' } });
const usedUp = (): Response => words(say('addressOpensHourglassOnceAnd'));
const withoutToken = (): Response => words(say('addressLacksSession'));

/** A browser shows the answer to somebody: a page is asked for, not a part of one. */
const isVisit = ({ req }: Context<App>): boolean =>
  req.method === 'GET' && /\btext\/html\b/.test(req.header('accept') ?? '');
