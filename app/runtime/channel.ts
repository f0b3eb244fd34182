/**
 * The door of a process of ours (engine, probe) to the host that started it, alike under
 * `child_process.fork` (Node hosts) and Electron's `utilityProcess`, without importing electron.
 * What travels through it is defined in `app/jobs/types.ts`; who starts processes is each host.
 */

export interface Channel {
  /** Structured clone under Electron and under `fork(..., { serialization: 'advanced' })`. */
  send(message: unknown): void;
  listen(listener: (message: unknown) => void): void;
  /** Called once when the host is gone: whoever has no host must end. */
  onClose(listener: () => void): void;
  /** Resolves when everything sent has left this process, so that it may end. */
  flush(): Promise<void>;
}

/** The part of Electron's `process.parentPort` that we use. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
}

/** @throws Error when this process was started by hand and has no host to talk to */
export function parentChannel(): Channel {
  const port = (process as NodeJS.Process & { parentPort?: ParentPort }).parentPort;
  if (port)
    return {
      send: (message) => port.postMessage(message),
      listen: (listener) => port.on('message', (event) => listener(event.data)),
      onClose: (listener) => port.on('close', listener),
      // Electron offers no acknowledgement; its port is written by the browser process's own thread.
      flush: () => new Promise((resolve) => setTimeout(resolve, 50)),
    };
  const send = process.send?.bind(process);
  if (!send) throw new Error('This program is a part of Hourglass and is started by it.');
  let last: Promise<void> = Promise.resolve();
  return {
    send: (message) => {
      // After a disconnect there is nobody to tell; `onClose` ends the process.
      if (process.connected) last = new Promise((resolve) => send(message, () => resolve()));
    },
    listen: (listener) => process.on('message', listener),
    onClose: (listener) => process.once('disconnect', listener),
    flush: () => last,
  };
}
