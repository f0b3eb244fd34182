/**
 * `HostBridge` over HTTP and server-sent events, for the page in a browser. Addresses come from the
 * contract and are relative to the page, so the token in its address goes along by itself.
 */
import {
  cancelledError,
  HourglassError,
  errorCatalogue,
  type SerializedError,
} from '../../app/contract/errors.ts';
import { routes, TOLD, type ToldWithPage } from '../../app/contract/http.ts';
import type {
  AdmittedFile,
  ExploringDesk,
  HostBridge,
  HostInfo,
  HourglassEvent,
  Preferences,
  SaveAnswer,
  TrainingDesk,
  TrainingSamples,
} from '../../app/contract/index.ts';
import { savedFileNames } from '../../app/contract/saved-names.ts';
import { createDeliveries } from './delivery.ts';
import { placeOf } from './dropped.ts';
import { say } from './sentences.ts';

/** Waits between attempts to hear events again, milliseconds; the last one repeats. */
const RECONNECT_AFTER = [500, 1000, 2000, 5000];

/** Connects to the host that served this page. @throws HourglassError when it does not answer */
export async function connectWebHost(): Promise<HostBridge> {
  const told = toldWithPage();
  let early = told?.preferences ?? null;
  const info = told?.info ?? (await requestJson<HostInfo>(routes.info));
  const page = crypto.randomUUID();
  return {
    info,
    page,
    async run(command, input, options = {}) {
      const job = options.job ?? crypto.randomUUID();
      const answer = await requestJson<{ output: never }>(routes.run(command, job, options), {
        ...json('POST', input),
        signal: options.signal,
      });
      return answer.output;
    },
    listen: (listener) => listen(page, listener),
    admit,
    async release(sources) {
      await requestJson(routes.release, json('POST', { sources }));
    },
    openDialog: null,
    openSample: (sample) => requestJson<AdmittedFile>(routes.sample(sample), { method: 'POST' }),
    async pendingFiles() {
      const before = info.edits ? [] : await shownBefore();
      return [...before, ...(await requestJson<AdmittedFile[]>(routes.pending))];
    },
    shows: rememberShown,
    async reveal(output) {
      download(routes.download(output));
      // Two downloads started in one task would replace each other.
      await new Promise((resolve) => setTimeout(resolve, 150));
    },
    edit: info.edits
      ? {
          save: (request, signal) =>
            requestJson<SaveAnswer>(routes.editSave, {
              ...json('POST', request),
              ...(signal ? { signal } : {}),
            }),
          async done() {
            await requestJson(routes.editDone, json('POST', {}));
          },
        }
      : null,
    folderRun: null,
    training: info.edits
      ? null
      : {
          folders: false,
          all: () => requestJson<TrainingDesk>(routes.training, json('POST', { ask: 'all' })),
          async ask(request) {
            await requestJson(routes.training, json('POST', request));
          },
          async sample(request) {
            const made = await requestJson<TrainingSamples>(routes.training, json('POST', request));
            if (made.file && made.png) download(`data:image/png;base64,${made.png}`, made.file);
            return made;
          },
        },
    exploring: info.edits
      ? null
      : {
          folders: false,
          all: () => requestJson<ExploringDesk>(routes.exploring, json('POST', { ask: 'all' })),
          async ask(request) {
            await requestJson(routes.exploring, json('POST', request));
          },
        },
    // What comes over a port of this machine may not send pictures to another one (`docs/threat-model.md`).
    sending: null,
    lookForUpdate: null,
    startDrag: null,
    chooseExportFolder: null,
    deliverTogether: createDeliveries({
      fetchOutput: async (output, signal) => {
        const response = await reached(fetch(routes.download(output), { signal }), signal);
        if (response.ok) return response;
        throw errorFrom(await response.json().catch(() => null), response.status);
      },
      async archive(outputs) {
        const { archive } = await requestJson<{ archive: string }>(
          routes.archives,
          json('POST', { outputs }),
        );
        download(routes.archive(archive));
      },
    }),
    onMenuAction: () => () => undefined,
    async loadPreferences() {
      const first = early;
      early = null;
      return first ?? requestJson<Preferences>(routes.preferences);
    },
    async savePreferences(preferences) {
      await requestJson(routes.preferences, json('PUT', preferences));
    },
    saveFile(kind, text) {
      const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
      download(address, savedFileNames[kind]);
      // The browser reads it after this task.
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
      return Promise.resolve(true);
    },
    photoSettings: info.edits
      ? null
      : {
          async keep(photos) {
            await requestJson(routes.photoSettings, json('PUT', photos));
          },
          async count() {
            return (await requestJson<{ count: number }>(routes.photoSettings)).count;
          },
          async forget() {
            await requestJson(routes.photoSettings, { method: 'DELETE' });
          },
        },
  };
}

/** What the host has said with the page; null: it was handed out by somebody else, and the host is asked. */
function toldWithPage(): ToldWithPage | null {
  const text = document.getElementById(TOLD)?.textContent;
  return text ? (JSON.parse(text) as ToldWithPage) : null;
}

/** The token is in it: what another host had is not this one's. */
const shownKey = (): string => `shown:${location.pathname}`;

function rememberShown(sources: readonly string[]): void {
  try {
    sessionStorage.setItem(shownKey(), JSON.stringify(sources));
  } catch {
    // Without storage a page that is loaded again begins empty.
  }
}

/** What this tab showed before it was loaded again, as far as the host still has it. */
async function shownBefore(): Promise<readonly AdmittedFile[]> {
  try {
    const sources = JSON.parse(sessionStorage.getItem(shownKey()) ?? '[]') as unknown;
    if (!Array.isArray(sources) || sources.length === 0) return [];
    return await requestJson<AdmittedFile[]>(routes.together, json('POST', { sources }));
  } catch {
    return [];
  }
}

const json = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

function download(address: string, name = ''): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

/** @throws HourglassError `cancelled` on abort, or that the host is gone */
async function reached<T>(answer: Promise<T>, signal?: AbortSignal | null): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (signal?.aborted) throw cancelledError();
    throw unreachable(error);
  }
}

/** @throws HourglassError the host's own, `cancelled` on abort, or that the host is gone */
async function requestJson<T>(address: string, init: RequestInit = {}): Promise<T> {
  const response = await reached(fetch(address, init), init.signal);
  const body: unknown = await reached(response.json(), init.signal);
  if (response.ok) return body as T;
  throw errorFrom(body, response.status);
}

const isSerializedError = (value: unknown): value is SerializedError =>
  typeof value === 'object' &&
  value !== null &&
  'code' in value &&
  typeof value.code === 'string' &&
  Object.hasOwn(errorCatalogue, value.code) &&
  'message' in value &&
  typeof value.message === 'string' &&
  'hint' in value;

function errorFrom(body: unknown, status: number): HourglassError {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null;
  return isSerializedError(error)
    ? HourglassError.fromJSON(error)
    : new HourglassError('internal', say('hostAnsweredWithStatus', { status }));
}

const unreachable = (cause: unknown): HourglassError =>
  new HourglassError('internal', say('hourglassDoesNotAnswerAny'), {
    hint: say('probablyStoppedStartAgainAnd'),
    cause,
  });

function listen(page: string, listener: (event: HourglassEvent) => void): () => void {
  let source: EventSource;
  let attempt = 0;
  /** Told when we come back, so that the host knows what we have missed. */
  let heard = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const connect = (): void => {
    source = new EventSource(routes.events(page, heard));
    source.onopen = () => (attempt = 0);
    source.onmessage = (message: MessageEvent<string>) => {
      heard = message.lastEventId;
      listener(JSON.parse(message.data) as HourglassEvent);
    };
    // The browser reconnects by itself unless the answer was an error; then it gives up and we go on.
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      const wait = RECONNECT_AFTER[Math.min(attempt, RECONNECT_AFTER.length - 1)];
      attempt += 1;
      timer = setTimeout(connect, wait);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

/** One after the other: a browser opens six connections to one host, and tiles need them. */
async function admit(
  items: readonly File[],
  onProgress?: (progress: { done: number; total: number }) => void,
  signal?: AbortSignal,
): Promise<AdmittedFile[]> {
  const total = items.reduce((sum, file) => sum + file.size, 0);
  const admitted: AdmittedFile[] = [];
  let before = 0;
  for (const file of items) {
    const onSent = (sent: number): void =>
      onProgress?.({ done: before + sent, total: Math.max(total, 1) });
    admitted.push(await upload(file, onSent, signal));
    before += file.size;
  }
  if (admitted.length < 2) return admitted;
  const sources = admitted.map(({ source }) => source);
  return requestJson<AdmittedFile[]>(routes.together, {
    ...json('POST', { sources, places: items.map(placeOf) }),
    ...(signal ? { signal } : {}),
  });
}

/** XMLHttpRequest, because fetch does not say how much of a body has been sent. */
function upload(
  file: File,
  onSent: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<AdmittedFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = (): void => request.abort();
    request.onabort = () => reject(cancelledError());
    request.onloadend = () => signal?.removeEventListener('abort', stop);
    if (signal?.aborted) return reject(cancelledError());
    signal?.addEventListener('abort', stop);
    request.open('PUT', routes.upload(file.name));
    request.responseType = 'json';
    request.upload.onprogress = (event) => onSent(event.loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as AdmittedFile);
      else reject(errorFrom(request.response, request.status));
    };
    // Also when the file was moved or changed after it was dropped: the browser then sends nothing.
    request.onerror = () =>
      reject(
        new HourglassError(
          'file-not-readable',
          say('couldNotSentToHourglass', { name: file.name }),
          {
            hint: say('checkFileStillWhereAnd'),
          },
        ),
      );
    request.send(file);
  });
}
