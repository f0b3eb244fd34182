/**
 * The engine's message loop: each request gets one answer, each running command an AbortController.
 * Owns no pixels and no sessions (`services`), and does not know what process it runs in (`main.ts`).
 */
import {
  HourglassError,
  rolesOf,
  toHourglassError,
  type DeviceReport,
} from '../../contract/index.ts';
import { inSlot } from '../../pixels/index.ts';
import type { Capability, EngineServices } from '../../runtime/index.ts';
import type { EngineMessage, HostMessage } from '../types.ts';
import { createHandlerTable } from './handlers.ts';
import type { ServiceOptions } from './services.ts';

export interface EngineOptions {
  readonly post: (message: EngineMessage) => void;
  /** Called at the first `configure`, which always comes before the first request. */
  readonly createServices: (options: ServiceOptions) => EngineServices;
  readonly capabilities: readonly Capability[];
}

type RunMessage = Extract<HostMessage, { kind: 'run' }>;

export interface Engine {
  receive(message: HostMessage): void;
  /** Cancels everything and waits until it has cleaned up after itself. */
  stop(): Promise<void>;
}

export function createEngine(options: EngineOptions): Engine {
  const { post } = options;
  const handlers = createHandlerTable(options.capabilities);
  const running = new Map<number, { controller: AbortController; settled: Promise<void> }>();
  let services: EngineServices | null = null;

  const configured = (): EngineServices => {
    if (!services) throw new HourglassError('internal', 'The engine was used before configure.');
    return services;
  };

  /** What is answered at once is for the screen. */
  const runCommand = (
    { call, job, command, input, run, output }: RunMessage,
    signal: AbortSignal,
  ) =>
    inSlot(rolesOf(command).slot ?? 'view', () =>
      handlers.find(command)(
        // The host has validated it, by the definition that the handler's type is made of.
        input as never,
        {
          job,
          signal,
          progress: (progress) => post({ kind: 'progress', call, progress }),
          emit: (event) => post({ kind: 'event', event }),
          ...(run ? { run } : {}),
          ...(output ? { output } : {}),
        },
        configured(),
      ),
    );

  /** Runs `work` and posts its one answer, whatever happens. */
  const answer = (
    call: number,
    work: (signal: AbortSignal) => Promise<unknown> | unknown,
  ): void => {
    const controller = new AbortController();
    const settled = (async () => {
      try {
        const value = await work(controller.signal);
        post({ kind: 'result', call, value });
      } catch (error) {
        const known = toHourglassError(error);
        if (known.code === 'internal') process.stderr.write(`${described(error)}\n`);
        post({ kind: 'error', call, error: known.toJSON() });
      } finally {
        running.delete(call);
      }
    })();
    running.set(call, { controller, settled });
  };

  const cancelAll = async (): Promise<void> => {
    const calls = [...running.values()];
    for (const { controller } of calls) controller.abort();
    await Promise.all(calls.map(({ settled }) => settled));
  };

  return {
    receive(message) {
      switch (message.kind) {
        case 'configure':
          services ??= options.createServices(message);
          services.inference.setDevices(message.devices as readonly DeviceReport[]);
          break;
        case 'run':
          answer(message.call, (signal) => runCommand(message, signal));
          break;
        case 'tile':
          answer(message.call, () =>
            inSlot('view', () => configured().documents.tile(message.tile)),
          );
          break;
        case 'thumbnail':
          answer(message.call, (signal) =>
            inSlot('view', () => configured().documents.thumbnail(message.path, signal)),
          );
          break;
        case 'camera-preview':
          answer(message.call, () =>
            inSlot('view', () => configured().documents.cameraPreview(message.path)),
          );
          break;
        case 'cancel':
          running.get(message.call)?.controller.abort();
          break;
        case 'stop':
          break;
      }
    },
    async stop() {
      await cancelAll();
      await services?.inference.dispose();
    },
  };
}

const described = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
