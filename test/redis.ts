/** A Redis of a test's own, on a free port of this machine: started, asked, and ended. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';

/** A port that nobody listened to a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => probe.on('listening', listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}

export interface RedisOptions {
  /** `redis-server`, or where it lies. */
  readonly server: string;
  readonly port: number;
  /** Where it keeps what it keeps. */
  readonly folder: string;
  /** Its queue survives a restart. */
  readonly persists: boolean;
  /** It asks for this. Default: it asks for none. */
  readonly password?: string;
}

export interface StartedRedis {
  readonly child: ChildProcess;
  /** Resolves when it has gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Resolves when it takes connections. @throws Error with its words, where it ends instead */
export async function startRedis(options: RedisOptions): Promise<StartedRedis> {
  const { server, port, folder, persists, password } = options;
  const child = spawn(
    server,
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder],
      ...['--appendonly', persists ? 'yes' : 'no'],
      ...(password === undefined ? [] : ['--requirepass', password]),
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const gone = new Promise<void>((resolve) => child.on('close', () => resolve()));
  let said = '';
  await new Promise<void>((ready, failed) => {
    child.on('error', failed);
    child.on('close', () => failed(new Error(`redis-server ended: ${said}`)));
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Ready to accept connections')) ready();
    });
  });
  return {
    child,
    end: (signal) => {
      child.kill(signal);
      return gone;
    },
  };
}
