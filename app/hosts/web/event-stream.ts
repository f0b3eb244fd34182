/**
 * Events as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 * A comment every few seconds keeps the connection alive and shows when the page has gone. A page
 * that does not read is dropped; its EventSource comes back by itself.
 */
import type { HourglassEvent } from '../../contract/index.ts';

/** Messages that may wait for a page that does not read, before the connection is closed. */
const mostWaiting = 5_000;

export interface EventStreamOptions {
  readonly listen: (listener: (event: HourglassEvent) => void) => () => void;
  readonly signal: AbortSignal;
  readonly heartbeatMs?: number;
}

export function eventStream(options: EventStreamOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stop = (): void => undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (text: string): void => {
          controller.enqueue(encoder.encode(text));
          if ((controller.desiredSize ?? 0) < -mostWaiting) end();
        };
        const heartbeat = setInterval(() => send(': alive\n\n'), options.heartbeatMs ?? 10_000);
        const unlisten = options.listen((event) => send(`data: ${JSON.stringify(event)}\n\n`));
        const end = (): void => {
          stop();
          controller.close();
        };
        stop = () => {
          stop = () => undefined;
          clearInterval(heartbeat);
          unlisten();
          options.signal.removeEventListener('abort', end);
        };
        options.signal.addEventListener('abort', end);
        send('retry: 500\n: connected\n\n');
      },
      cancel: () => stop(),
    },
    { highWaterMark: 1 },
  );
}
