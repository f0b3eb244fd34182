/**
 * Requests for a newer version, by Node's own HTTP: Chromium's, which the updater would use, resolves no name in this program (`security.ts`),
 * and that stays so. Only the host that the person was told is asked; redirects to another are refused. What identifies a copy of the program is
 * not sent: of the updater's headers those alone pass that say what is wanted.
 */
import {
  configureRequestOptions,
  configureRequestUrl,
  HttpExecutor,
  type DownloadOptions,
} from 'builder-util-runtime';
import { EventEmitter } from 'node:events';
import {
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { UpdateProblem } from './problem.ts';
import { say } from '../sentences.ts';

/** A look and a download take three; what goes round in circles takes more. */
const mostRequests = 20;
/** Of what is announced, bytes; the program itself may be of any size. */
const longestAnnouncement = 1_000_000;
const passed = new Set(['accept', 'cache-control', 'range']);

export class HostHttp extends HttpExecutor<ClientRequest> {
  #left = mostRequests;
  readonly #host: URL;
  readonly #signal: () => AbortSignal;

  /** @param host of which only protocol, name and port matter */
  constructor(host: URL, signal: () => AbortSignal) {
    super();
    this.#host = host;
    this.#signal = signal;
  }

  /** Of what follows. */
  begin(): void {
    this.#left = mostRequests;
  }

  /** As the updater's own executor has it: a file whose checksum is compared while it is written. */
  async download(url: URL, destination: string, options: DownloadOptions): Promise<string> {
    await options.cancellationToken.createPromise<string>((resolve, reject, onCancel) => {
      const how: RequestOptions = { headers: options.headers ?? {} };
      configureRequestUrl(url, how);
      configureRequestOptions(how);
      this.doDownload(
        how,
        {
          ...{ destination, options, onCancel, responseHandler: null },
          // Without an error it is called with nothing at all.
          callback: (error) => (error ? reject(error) : resolve(destination)),
        },
        0,
      );
    });
    return destination;
  }

  override createRequest(
    options: RequestOptions,
    callback: (response: IncomingMessage) => void,
  ): ClientRequest {
    const { hostname, port } = options;
    const [protocol, path] = [options.protocol ?? 'https:', options.path ?? '/'];
    const origin = `${protocol}//${hostname ?? ''}${port ? `:${port}` : ''}`;
    this.#left -= 1;
    if (!URL.canParse(origin) || new URL(origin).origin !== this.#host.origin)
      return refused(say('updateElsewhere', { host: this.#host.host, other: hostname ?? '' }));
    if (this.#left < 0) return refused(say('updateInCircles', { host: this.#host.host }));
    const headers = Object.fromEntries(
      Object.entries(options.headers ?? {}).filter(([name]) => passed.has(name.toLowerCase())),
    );
    const send = protocol === 'http:' ? httpRequest : httpsRequest;
    return send(
      new URL(path, this.#host.origin),
      // The usual agent may belong to others, and keeps connections.
      { headers: { ...headers, 'user-agent': 'Hourglass' }, agent: false, signal: this.#signal() },
      (response) => {
        if (/\.(yml|sig)$/.test(new URL(path, origin).pathname)) limit(response, this.#host.host);
        callback(response);
      },
    );
  }
}

function limit(response: IncomingMessage, host: string): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer | string) => {
    bytes += chunk.length;
    if (bytes > longestAnnouncement)
      response.destroy(new UpdateProblem(say('updateTooLong', { host })));
  });
}

/** A request that was never sent: the updater listens for its error. */
function refused(message: string): ClientRequest {
  const never = Object.assign(new EventEmitter(), { end: () => undefined, abort: () => undefined });
  process.nextTick(() => never.emit('error', new UpdateProblem(message)));
  return never as unknown as ClientRequest;
}
