/**
 * Events as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). Every
 * event is put into bytes once, whoever listens. A page that does not read is left behind: what waits for
 * it is bounded, and so is the number of streams. Its EventSource comes back by itself and says what it
 * had heard last; when it missed something it is told so (`resync`), and asks for what it shows.
 */
import type { HourglassEvent } from '../../contract/index.ts';
import { say } from './sentences.ts';

export interface EventStreamOptions {
  readonly listen: (listener: (event: HourglassEvent) => void) => () => void;
  readonly log: (line: string) => void;
  /** A page has closed its last stream and has not come back. */
  readonly pageGone?: ((page: string) => void) | undefined;
  readonly heartbeatMs?: number;
  /** Bytes that may wait for one page. */
  readonly mostBytes?: number;
  readonly mostStreams?: number;
  /** Milliseconds that a page has for coming back. */
  readonly graceMs?: number;
}

export interface EventStreams {
  /**
   * @param page id of the page, made by itself; null: it has none
   * @param after id of the last message that this page has heard; null: it is new
   */
  open(page: string | null, after: string | null, signal: AbortSignal): ReadableStream<Uint8Array>;
  readonly size: number;
  close(): void;
}

interface Open {
  readonly page: string | null;
  readonly waiting: Uint8Array[];
  bytes: number;
  /** The reader has asked for more than there was. */
  deliver: ((bytes: Uint8Array) => void) | null;
  readonly end: () => void;
}

const encoder = new TextEncoder();

export function createEventStreams(options: EventStreamOptions): EventStreams {
  const {
    listen,
    log,
    heartbeatMs = 10_000,
    mostBytes = 1024 ** 2,
    mostStreams = 32,
    graceMs = 15_000,
  } = options;
  const streams = new Set<Open>();
  const leaving = new Map<string, NodeJS.Timeout>();
  /** Number of the last event. What happens while nobody listens counts as one. */
  let last = 0;
  let unlisten: (() => void) | null = null;
  let heartbeat: NodeJS.Timeout | undefined;

  const drop = (stream: Open, why: string): void => {
    log(`Left a page behind that does not read its events: ${why}.`);
    stream.waiting.length = 0;
    stream.end();
  };
  const send = (stream: Open, bytes: Uint8Array): void => {
    if (stream.deliver) {
      const { deliver } = stream;
      stream.deliver = null;
      return deliver(bytes);
    }
    stream.waiting.push(bytes);
    stream.bytes += bytes.length;
    if (stream.bytes > mostBytes) drop(stream, `${stream.bytes} bytes were waiting`);
  };
  const message = (event: HourglassEvent): Uint8Array =>
    encoder.encode(`id: ${last}\ndata: ${JSON.stringify(event)}\n\n`);

  const begin = (): void => {
    last += 1;
    unlisten = listen((event) => {
      last += 1;
      const bytes = message(event);
      for (const stream of [...streams]) send(stream, bytes);
    });
    const alive = encoder.encode(': alive\n\n');
    heartbeat = setInterval(() => {
      for (const stream of [...streams]) send(stream, alive);
    }, heartbeatMs);
  };
  const rest = (): void => {
    unlisten?.();
    unlisten = null;
    clearInterval(heartbeat);
  };

  const gone = (page: string): void => {
    const isBack = [...streams].some((stream) => stream.page === page);
    if (isBack || leaving.has(page)) return;
    const timer = setTimeout(() => {
      leaving.delete(page);
      options.pageGone?.(page);
    }, graceMs);
    leaving.set(page, timer.unref());
  };

  return {
    get size() {
      return streams.size;
    },
    open(page, after, signal) {
      if (page !== null) {
        clearTimeout(leaving.get(page));
        leaving.delete(page);
      }
      while (streams.size >= mostStreams) {
        const slowest = [...streams].reduce((a, b) => (b.bytes > a.bytes ? b : a));
        drop(slowest, `there are more than ${mostStreams} pages`);
      }
      if (streams.size === 0) begin();

      let stream: Open;
      const forget = (): void => {
        signal.removeEventListener('abort', forget);
        if (!streams.delete(stream)) return;
        if (streams.size === 0) rest();
        if (page !== null) gone(page);
      };
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            const end = (): void => {
              forget();
              stream.deliver = null;
              try {
                controller.close();
              } catch {
                // The reader has left already.
              }
            };
            stream = { page, waiting: [], bytes: 0, deliver: null, end };
            streams.add(stream);
            if (signal.aborted) return end();
            signal.addEventListener('abort', forget);
            send(stream, encoder.encode(`retry: 500\nid: ${last}\n: connected\n\n`));
            if (after !== null && after !== String(last))
              send(stream, message({ type: 'resync', detail: say('eventsMissed') }));
          },
          pull(controller) {
            const next = stream.waiting.shift();
            if (next) {
              stream.bytes -= next.length;
              controller.enqueue(next);
              return;
            }
            return new Promise<void>((resolve) => {
              stream.deliver = (bytes) => {
                controller.enqueue(bytes);
                resolve();
              };
            });
          },
          cancel: () => forget(),
        },
        // Nothing is taken ahead: what waits is counted here.
        { highWaterMark: 0 },
      );
    },
    close() {
      for (const stream of [...streams]) stream.end();
      for (const timer of leaving.values()) clearTimeout(timer);
      leaving.clear();
    },
  };
}
