/**
 * A checkout's browser host, as the comparison uses it: over HTTP alone, so that two checkouts with different
 * code inside can be asked the same things.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { treeSeconds, watchTree, type TreeUse } from '../_tree.ts';
import type { Side } from './side.ts';

interface Opened {
  readonly document: string;
  readonly levels: number;
}

export class BenchServer {
  /** Admitted files, in the order of their names. */
  readonly sources: readonly string[];
  readonly #child: ChildProcess;
  readonly #watch: ReturnType<typeof watchTree>;
  readonly #base: URL;
  readonly #cookie: string;

  private constructor(
    child: ChildProcess,
    watch: ReturnType<typeof watchTree>,
    entered: { base: URL; cookie: string },
    sources: readonly string[],
  ) {
    this.#child = child;
    this.#watch = watch;
    this.#base = entered.base;
    this.#cookie = entered.cookie;
    this.sources = sources;
  }

  /** @throws Error with what it printed, where it does not start */
  static async start(side: Side, files: readonly string[]): Promise<BenchServer> {
    const child = spawn(
      process.execPath,
      [join(side.checkout, 'dist/app/hosts/web/main.js'), ...files],
      { stdio: ['ignore', 'pipe', 'pipe'], env: side.env },
    );
    const watch = watchTree(child.pid!);
    try {
      const entered = await enter(await addressOf(child));
      const server = new BenchServer(child, watch, entered, []);
      const sources = await server.#pending(files.length);
      return new BenchServer(child, watch, entered, sources);
    } catch (error) {
      watch.stop();
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** Seconds of CPU since it started. */
  seconds(): number | null {
    return treeSeconds(this.#child.pid!);
  }

  use(): TreeUse {
    return this.#watch.now();
  }

  /** @throws Error with the host's answer, where it is no success */
  async run<T>(command: string, input: Record<string, unknown>): Promise<T> {
    const response = await this.#fetch(`api/run/${command}?job=${crypto.randomUUID()}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
    return ((await response.json()) as { output: T }).output;
  }

  open(source: string): Promise<Opened> {
    return this.run<Opened>('open', { source });
  }

  /** The tile that shows the whole picture: what a person sees first. */
  async firstTile({ document, levels }: Opened): Promise<void> {
    const response = await this.#fetch(`tiles/${document}/source/${levels - 1}/0/0`);
    await response.arrayBuffer();
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#watch.stop();
    this.#child.kill('SIGTERM');
    await Promise.race([ended, sleep(10_000, undefined, { ref: false })]);
    this.#child.kill('SIGKILL');
  }

  async #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(new URL(path, this.#base), {
      ...init,
      headers: {
        ...(init.headers as Record<string, string> | undefined),
        ...(this.#cookie === '' ? {} : { cookie: this.#cookie }),
      },
    });
    if (!response.ok)
      throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
    return response;
  }

  /** Files named at the start are admitted a moment later. */
  async #pending(count: number): Promise<string[]> {
    const found: { source: string; name: string }[] = [];
    for (const until = performance.now() + 20_000; found.length < count;) {
      if (performance.now() > until) throw new Error('The files that were named never arrived.');
      found.push(...((await (await this.#fetch('api/pending')).json()) as typeof found));
      if (found.length < count) await sleep(50);
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ source }) => source);
  }
}

/** The address that it prints. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const address = /http:\/\/\S+/.exec(said)?.[0];
      if (address && said.includes('\n')) resolve(address);
    };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('close', (code) => reject(new Error(`The server ended with ${code}: ${said}`)));
  });
}

/** Goes where the printed address leads, as a browser does: redirects followed, cookies kept. */
async function enter(address: string): Promise<{ base: URL; cookie: string }> {
  let base = new URL(address);
  const cookies = new Map<string, string>();
  const cookie = (): string => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  for (let steps = 0; steps < 10; steps++) {
    const response = await fetch(base, { redirect: 'manual', headers: { cookie: cookie() } });
    await response.arrayBuffer();
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name) cookies.set(name, value ?? '');
    }
    const next = response.headers.get('location');
    if (!next) {
      if (!response.ok) throw new Error(`The page was answered with ${response.status}.`);
      return { base, cookie: cookie() };
    }
    base = new URL(next, base);
  }
  throw new Error('The page sends from address to address.');
}
