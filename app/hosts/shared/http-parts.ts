/** What servers of this program have in common: bodies, answers, and which failure has which status. */
import { serve, type HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import { createReadStream } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { HourglassError, invalidParameter, type ErrorCode } from '../../contract/index.ts';
import { attachment, type Download } from './downloads.ts';
import { parseJson } from './json.ts';
import { say } from './sentences.ts';
import { bodyChunks, type Uploads } from './uploads.ts';

export type App = { Bindings: HttpBindings };

/** A command's input is ids and small numbers. */
const bodyLimitBytes = 256 * 1024;

export const bytes = (
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
  headers: Record<string, string>,
): Response => new Response(body, { headers });

/** @param port 0: any free one. @throws HourglassError invalid-parameter: the port is taken */
export async function listen(
  app: Hono<App>,
  hostname: string,
  port: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = serve({ fetch: app.fetch, hostname, port });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' || error.code === 'EACCES'
          ? invalidParameter('port', say('portFree'), port)
          : error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND'
            ? invalidParameter('host', say('hostOfMachine'), hostname)
            : error,
      ),
    );
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

/** A request's body becomes a file, `?name=` its name. @returns its path @throws as `Uploads.receive` */
export function receiveUpload(context: Context<App>, uploads: Uploads): Promise<string> {
  const declared = context.req.header('content-length');
  return uploads.receive({
    name: context.req.query('name') ?? '',
    body: context.env.incoming,
    declaredBytes: declared === undefined ? null : Number(declared),
  });
}

export const sendDownload = (
  { path, name, bytes: length }: Download,
  headers: Record<string, string> = {},
): Response =>
  bytes(Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>, {
    ...headers,
    'content-type': 'application/octet-stream',
    'content-length': String(length),
    'content-disposition': attachment(name),
  });

/** @throws HourglassError invalid-parameter */
export async function jsonBody(context: Context<App>): Promise<unknown> {
  const type = context.req.header('content-type') ?? '';
  // A form of another site can post text/plain without asking; JSON it can not.
  if (!/^application\/json\b/i.test(type))
    throw invalidParameter('Content-Type', 'application/json', type);
  const chunks: Buffer[] = [];
  let length = Number(context.req.header('content-length') ?? 0);
  if (length <= bodyLimitBytes) {
    length = 0;
    for await (const chunk of bodyChunks(context.env.incoming)) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > bodyLimitBytes) break;
    }
  }
  if (length > bodyLimitBytes)
    throw invalidParameter('body', say('atMostBytes', { bodyLimitBytes }), length);
  return parseJson(Buffer.concat(chunks).toString('utf8'), 'body');
}

const statuses: Partial<Record<ErrorCode, number>> = {
  'not-allowed': 403,
  'unknown-command': 404,
  'document-not-open': 404,
  'file-not-found': 404,
  'model-not-found': 404,
  cancelled: 409,
  'output-exists': 409,
  'output-is-source': 409,
  'archive-not-usable': 502,
  'engine-died': 500,
  'device-failed': 500,
  'out-of-memory': 500,
  'output-not-writable': 500,
  internal: 500,
};

export const failure = (error: HourglassError, status = statuses[error.code] ?? 400): Response =>
  Response.json({ error: error.toJSON() }, { status });

/** Where a mistake of ours really happened, for the log. */
export const originOf = (error: Error): string => {
  const origin = error.cause instanceof Error ? error.cause : error;
  return origin.stack ?? origin.message;
};
