/**
 * Entry of the engine process: the only one that decodes images and runs networks. It may die at any
 * time; the host notices, names the file and starts another. Owns the process's manners (heartbeat,
 * signals, end); the message loop is `engine.ts`.
 */
import '../../contract/plain-schemas.ts';
import { abandonedDecodes, removeTemporaries } from '../../pixels/index.ts';
import { parentChannel } from '../../runtime/index.ts';
import { startLanguage } from '../../runtime/language.ts';
import type { EngineMessage, HostMessage } from '../types.ts';
import { capabilities } from './capabilities.ts';
import { createEngine } from './engine.ts';
import { createServices } from './services.ts';

startLanguage();
const channel = parentChannel();
const post = (message: EngineMessage): void => channel.send(message);
const engine = createEngine({
  post,
  capabilities,
  createServices: (options) =>
    createServices(options, capabilities, {
      onHung: (device, detail) => post({ kind: 'device-hung', device, detail }),
      emit: (event) => post({ kind: 'event', event }),
    }),
});

/** Longest time for running work to end by itself once the engine has to go, milliseconds. */
const lastWords = 3000;

async function end(): Promise<void> {
  setTimeout(() => process.exit(0), lastWords).unref();
  await engine.stop().catch(() => {});
  process.exit(0);
}

// Ctrl-C and a closing terminal reach the whole process group; the host decides what stops, and the
// engine leaves when it is told to or when the host is gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

process.on('exit', removeTemporaries);
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`, () => process.exit(1));
});
process.on('unhandledRejection', (reason) => {
  throw reason instanceof Error ? reason : new Error(String(reason));
});

channel.onClose(() => void end());
channel.listen((received) => {
  const message = received as HostMessage;
  if (message.kind === 'stop') void end();
  else engine.receive(message);
});

const beat = (): void =>
  post({
    kind: 'heartbeat',
    memoryBytes: process.memoryUsage.rss(),
    abandoned: abandonedDecodes(),
  });
setInterval(beat, 1000).unref();
beat();
post({ kind: 'ready' });
