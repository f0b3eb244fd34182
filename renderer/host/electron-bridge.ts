/**
 * `HostBridge` over the preload's `WindowDoor`, for the page in the window. Errors come as data and
 * become HourglassErrors here; an abort signal, which can not cross, becomes a request to cancel.
 */
import { cancelledError, HourglassError } from '../../app/contract/errors.ts';
import type {
  AdmittedFile,
  ExploringDesk,
  FolderResult,
  FolderRun,
  HostBridge,
  HostInfo,
  Preferences,
  SendingDesk,
  TrainingDesk,
  TrainingSamples,
  WindowDoor,
  WindowMessage,
  WindowReply,
  WindowRequest,
} from '../../app/contract/index.ts';

/** Connects to the window's host. @throws HourglassError when it refuses this page */
export async function connectWindowHost(door: WindowDoor): Promise<HostBridge> {
  const ask = async <T>(request: WindowRequest, input: unknown = {}): Promise<T> =>
    valueOf<T>(await door.ask(request, input));
  const onMessage = <K extends WindowMessage['kind']>(
    kind: K,
    listener: (message: Extract<WindowMessage, { kind: K }>) => void,
  ): (() => void) =>
    door.listen((message) => {
      if (message.kind === kind) listener(message as Extract<WindowMessage, { kind: K }>);
    });

  return {
    info: await ask<HostInfo>('info'),
    // There is one, also when it was loaded anew.
    page: 'window',
    async run(command, input, options = {}) {
      const job = options.job ?? crypto.randomUUID();
      const { signal, trial = false, run } = options;
      if (signal?.aborted) throw cancelledError();
      const cancel = (): void => void ask('cancel', { job });
      signal?.addEventListener('abort', cancel);
      try {
        return await ask('run', {
          command,
          input: plain(input),
          job,
          trial,
          ...(run ? { run } : {}),
        });
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    },
    listen: (listener) => onMessage('event', ({ event }) => listener(event)),
    async admit(items, onProgress) {
      const admitted = valueOf<AdmittedFile[]>(await door.admit(items));
      onProgress?.({ done: items.length, total: items.length });
      return admitted;
    },
    release: (sources) => ask<void>('release', { sources: [...sources] }),
    openDialog: (what) => ask<AdmittedFile[]>('openDialog', { what }),
    openSample: (sample) => ask<AdmittedFile>('sample', { sample }),
    pendingFiles: () => ask<AdmittedFile[]>('pending'),
    reveal: (output) => ask<void>('reveal', { output }),
    edit: null,
    folderRun: {
      all: () => ask<FolderRun>('folderRun', { request: { ask: 'all' } }),
      ask: (request) => ask<void>('folderRun', { request: plain(request) }),
      result: (file) => ask<FolderResult>('folderRun', { request: { ask: 'result', file } }),
    },
    training: {
      folders: true,
      all: () => ask<TrainingDesk>('training', { request: { ask: 'all' } }),
      ask: (request) => ask<void>('training', { request: plain(request) }),
      sample: (request) => ask<TrainingSamples>('training', { request: plain(request) }),
    },
    exploring: {
      folders: true,
      all: () => ask<ExploringDesk>('exploring', { request: { ask: 'all' } }),
      ask: (request) => ask<void>('exploring', { request: plain(request) }),
    },
    sending: {
      all: () => ask<SendingDesk>('sending', { request: { ask: 'all' } }),
      ask: (request) => ask<void>('sending', { request: plain(request) }),
    },
    startDrag: (outputs) => void ask('startDrag', { outputs: [...outputs] }),
    chooseExportFolder: () => ask<string | null>('chooseExportFolder'),
    deliverTogether: null,
    onMenuAction: (listener) => onMessage('action', ({ action }) => listener(action)),
    loadPreferences: () => ask<Preferences>('loadPreferences'),
    savePreferences: (preferences) =>
      ask<void>('savePreferences', { preferences: plain(preferences) }),
    lookForUpdate: () => ask<void>('lookForUpdate'),
    saveFile: (kind, text) => ask<boolean>('saveFile', { kind, text }),
    photoSettings: {
      keep: (photos) => ask<void>('keepPhotoSettings', { photos: plain(photos) }),
      count: () => ask<number>('countPhotoSettings'),
      forget: () => ask<void>('forgetPhotoSettings'),
    },
  };
}

/** The bridge clones what crosses; reactive state is a proxy, which it can not clone. */
const plain = (value: object): unknown => JSON.parse(JSON.stringify(value));

function valueOf<T>(reply: WindowReply): T {
  if (reply.ok) return reply.value as T;
  throw HourglassError.fromJSON(reply.error);
}
