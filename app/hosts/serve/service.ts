/**
 * The routes of `hourglass serve`. A file is sent, a job names it, its result is fetched; or all of it in one request
 * (`/v1/run/<command>`). Commands are run through the same door as a page's: ids become paths there and paths become ids, results lie in
 * a private folder. Every request but two carries the token in its header, which no web page can send unasked.
 */
import { Hono, type Context } from 'hono';
import * as z from 'zod';
import {
  cancelledError,
  hasEnded,
  HourglassError,
  invalidParameter,
  toHourglassError,
  type CommandDefinition,
} from '../../contract/index.ts';
import type { Admission } from '../shared/admission.ts';
import type { Downloads } from '../shared/downloads.ts';
import {
  failure,
  jsonBody,
  listen,
  originOf,
  receiveUpload,
  sendDownload,
  type App,
} from '../shared/http-parts.ts';
import type { PageDoor } from '../shared/page-door.ts';
import { equalSecrets } from '../shared/secrets.ts';
import type { Uploads } from '../shared/uploads.ts';
import { ServiceJobs, TooManyJobs, type ServiceJob } from './jobs.ts';
import { openApi, served, settingsOf, type JobAnswer } from './openapi.ts';
import { say } from './sentences.ts';

export interface ServiceOptions {
  readonly door: Pick<PageDoor, 'run' | 'listen' | 'release'>;
  readonly admission: Pick<Admission, 'admit'>;
  readonly uploads: Uploads;
  readonly downloads: Pick<Downloads, 'find' | 'remove'>;
  readonly token: string;
  readonly version: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly jobLimit: number;
  readonly keepMs: number;
  readonly log: (line: string) => void;
  /** Milliseconds. */
  readonly now?: () => number;
}

export interface Service {
  readonly port: number;
  /** Cancels what runs. */
  close(): Promise<void>;
}

/** Longest wait for a job in one request, seconds: proxies cut what is silent for a minute. */
const mostWait = 50;
/** Between two looks at what may be forgotten, milliseconds. */
const lookEvery = 30_000;

/** @throws HourglassError invalid-parameter: the port is taken, the address is not of this machine */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { door, downloads, uploads, admission, keepMs } = options;
  const now = options.now ?? Date.now;
  /** When each file was last spoken of. */
  const files = new Map<string, number>();
  const releaseFile = async (file: string): Promise<void> => {
    if (files.delete(file)) await door.release({ sources: [file] });
  };
  const jobs = new ServiceJobs({
    perform: (job, signal) => door.run(job.command, job.input, { job: job.id, signal }),
    forgotten: (result) => {
      const output = outputOf(result);
      if (output) void downloads.remove(output.slice(1));
    },
    ...{ limit: options.jobLimit, keepMs, now },
  });
  const deaf = door.listen((event) => jobs.follow(event));
  const timer = setInterval(() => {
    jobs.expire();
    for (const [file, usedAt] of files) if (now() - usedAt > keepMs) void releaseFile(file);
  }, lookEvery);
  timer.unref();

  const takeFile = async (
    context: Context<App>,
  ): Promise<{ file: string; name: string; bytes: number }> => {
    if (!context.req.query('name')) throw invalidParameter('name', say('fileName'), '');
    const path = await receiveUpload(context, uploads);
    const { source, name, bytes } = await admission.admit(path);
    files.set(source, now());
    return { file: source, name, bytes };
  };
  const begin = (command: string, input: Readonly<Record<string, unknown>>): ServiceJob => {
    const definition = definitionOf(command);
    const source = definition.reads && input[definition.reads.field];
    if (typeof source === 'string' && files.has(source)) files.set(source, now());
    return jobs.add(command, input);
  };

  const app = new Hono<App>();
  app.use('*', async (context, next) => {
    const refused = refusalOf(context, options.token);
    if (refused) context.res = refused;
    else await next();
    context.res.headers.set('cache-control', 'no-store');
    context.res.headers.set('x-content-type-options', 'nosniff');
  });
  app.onError((error) => {
    const known = toHourglassError(error);
    if (known.code === 'internal') options.log(originOf(error));
    if (!(known instanceof TooManyJobs)) return failure(known);
    const busy = failure(known, 429);
    busy.headers.set('retry-after', '1');
    return busy;
  });
  app.notFound(() => failure(new HourglassError('file-not-found', say('nothingHere'))));

  app.get('/openapi.json', (context) => context.json(openApi(options.version)));
  app.get('/v1/health', (context) =>
    context.json({ program: 'Hourglass', version: options.version }),
  );
  app.post('/v1/files', async (context) => context.json(await takeFile(context), 201));
  app.delete('/v1/files/:id', async (context) => {
    await releaseFile(context.req.param('id'));
    return context.body(null, 204);
  });
  app.get('/v1/jobs', (context) => context.json(jobs.all.map(answerOf)));
  app.post('/v1/jobs', async (context) => {
    const asked = z
      .strictObject({ command: z.string(), input: z.record(z.string(), z.unknown()) })
      .safeParse(await jsonBody(context));
    if (!asked.success) throw invalidParameter('body', say('jobRequest'), typeof asked.data);
    const job = begin(asked.data.command, asked.data.input);
    context.header('location', `/v1/jobs/${job.record.id}`);
    return context.json(answerOf(job), 202);
  });
  app.get('/v1/jobs/:id', async (context) => {
    const wait = Number(context.req.query('wait') ?? 0);
    if (!(wait >= 0)) throw invalidParameter('wait', say('waitSeconds', { most: mostWait }), wait);
    const until = AbortSignal.timeout(1000 * Math.min(wait, mostWait));
    const signal = AbortSignal.any([until, context.req.raw.signal]);
    const id = context.req.param('id');
    return context.json(answerOf(wait > 0 ? await jobs.ended(id, signal) : jobs.find(id)));
  });
  app.delete('/v1/jobs/:id', (context) => {
    jobs.remove(context.req.param('id'));
    return context.body(null, 204);
  });
  app.get('/v1/jobs/:id/result', async (context) => {
    const { record, result } = jobs.find(context.req.param('id'));
    const output = outputOf(result);
    if (!output)
      throw new HourglassError(
        'file-not-found',
        say('noResultFile', { id: record.id, state: record.state }),
      );
    return sendDownload(await downloads.find(output.slice(1)));
  });
  app.post('/v1/run/:command', async (context) => {
    const command = context.req.param('command');
    const definition = definitionOf(command);
    // Before a byte of the file is taken.
    const settings = settingsIn(context, definition);
    const file = definition.reads ? await takeFile(context) : null;
    try {
      const source = definition.reads && file ? { [definition.reads.field]: file.file } : {};
      const { id } = begin(command, { ...settings, ...source }).record;
      const { record, result, error } = await jobs.ended(id, context.req.raw.signal);
      // Who asked has gone.
      if (!hasEnded(record)) jobs.remove(id);
      if (result === null) throw error ?? cancelledError();
      const output = outputOf(result);
      const headers = { 'hourglass-job': id };
      if (output) return sendDownload(await downloads.find(output.slice(1)), headers);
      return context.json(result as object, 200, headers);
    } finally {
      if (file) await releaseFile(file.file);
    }
  });

  const server = await listen(app, options.host, options.port);
  return {
    port: server.port,
    async close() {
      clearInterval(timer);
      deaf();
      await jobs.stop();
      await server.close();
    },
  };
}

/** @throws HourglassError unknown-command */
function definitionOf(command: string): CommandDefinition {
  const definition = served.get(command);
  if (definition) return definition;
  const names = { command: command.slice(0, 100), commands: [...served.keys()].join(', ') };
  throw new HourglassError('unknown-command', say('notServed', names));
}

/**
 * The settings of a query. An address knows texts only: each is what its field takes, a text, a number, or true and false.
 * @throws HourglassError invalid-parameter: there is no such setting. Values are checked with the rest of the input.
 */
function settingsIn(context: Context<App>, definition: CommandDefinition): Record<string, unknown> {
  const fields = settingsOf(definition);
  const given = Object.entries(context.req.query()).filter(
    ([name]) => !(definition.reads && name === 'name'),
  );
  return Object.fromEntries(
    given.map(([name, text]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (!field)
        throw invalidParameter(
          name,
          say('noSuchSetting', { names: Object.keys(fields).join(', ') }),
          text,
        );
      const readings = [
        text,
        text === '' ? text : Number(text),
        { true: true, false: false }[text],
      ];
      return [name, readings.find((one) => field.safeParse(one).success) ?? text];
    }),
  );
}

/** `@id` of the file that a command has made. */
function outputOf(result: unknown): string | null {
  const output = (result as { output?: unknown } | null)?.output;
  return typeof output === 'string' && output.startsWith('@') ? output : null;
}

function answerOf({ record, result }: ServiceJob): JobAnswer {
  const { id, command, input, state, progress, error } = record;
  const told = outputOf(result)
    ? { ...(result as object), output: `/v1/jobs/${id}/result` }
    : result;
  return { id, command, input, state, progress, error, result: told };
}

/** Two addresses answer everybody; no page of a browser gets an answer. null: go on. */
function refusalOf({ req }: Context<App>, token: string): Response | null {
  if (req.header('origin') !== undefined)
    return failure(new HourglassError('not-allowed', say('noPages')));
  const isOpen = ['/openapi.json', '/v1/health'].includes(req.path);
  if (isOpen || isToken(req.header('authorization'), token)) return null;
  const error = new HourglassError('not-allowed', say('tokenMissing'), { hint: say('sendToken') });
  const refused = failure(error, 401);
  refused.headers.set('www-authenticate', 'bearer');
  return refused;
}

const isToken = (header: string | undefined, token: string): boolean =>
  equalSecrets(/^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? '', token);
