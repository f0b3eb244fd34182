/**
 * Everything that is asked of the engine goes through here: documents are opened again after a
 * restart, decoders are let in a few at a time, and a death is told with the name of the file.
 * The order of heavy work is `queue.ts`; the life of the process is `supervisor.ts`.
 */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import {
  cancelledError,
  HourglassError,
  rolesOf,
  type CommandId,
  type NamedOutput,
  type Progress,
} from '../contract/index.ts';
import { untilCancelled } from '../pixels/shared.ts';
import { isInnocent, type Connection } from './connection.ts';
import { DocumentRegistry, type OpenInput } from './documents.ts';
import { Gate } from './gate.ts';
import { say } from './sentences.ts';
import { Suspects } from './suspects.ts';
import type { Supervisor } from './supervisor.ts';
import type { TileBytes, TileRequest } from './types.ts';

/** Decoders in the engine at a time, besides those of queued work; thumbnails have one fewer. */
const decoderPlaces = 3;

export interface RunRequest {
  /** Id of the job, for events. */
  readonly job: string;
  readonly command: CommandId;
  /** Validated input. */
  readonly input: Record<string, unknown>;
  readonly signal: AbortSignal;
  readonly heavy: boolean;
  /** Id of the run that it is of. */
  readonly run?: string;
  /** Of a command that writes. */
  readonly output?: NamedOutput;
  readonly onProgress?: (progress: Progress) => void;
}

/** An `open` that has been asked of the engine and is not answered yet. */
interface Opening {
  readonly document: string;
  /** Closed meanwhile: nobody wants it any more. */
  closed: boolean;
}

export class EngineCalls {
  readonly documents = new DocumentRegistry();
  readonly #supervisor: Supervisor;
  readonly #gate = new Gate(decoderPlaces);
  readonly #suspects = new Suspects();
  readonly #opening = new Set<Opening>();

  constructor(supervisor: Supervisor) {
    this.#supervisor = supervisor;
  }

  /** The file that a job is about: the one that its command reads, or that of its document. */
  sourceOf(command: CommandId, input: Record<string, unknown>): string | null {
    const { reads } = rolesOf(command);
    if (reads && typeof input[reads.field] === 'string') return String(input[reads.field]);
    return typeof input.document === 'string' ? this.documents.sourceOf(input.document) : null;
  }

  /** @throws HourglassError what the command throws; `engine-died` names the file */
  async run(request: RunRequest): Promise<unknown> {
    const { job, command, input, signal } = request;
    if (command === 'open') return this.#open(withId(input), signal, request.onProgress);
    if (command === 'close') return this.#close(String(input.document));
    const { heavy, onProgress, output, run } = request;
    const options = { signal, heavy, ...(onProgress ? { onProgress } : {}) };
    return this.#named(this.sourceOf(command, input), () =>
      this.#ask(signal, async (connection) => {
        if (typeof input.document === 'string')
          await this.#ensureOpen(input.document, connection, signal);
        return connection.call(
          {
            ...({ kind: 'run', job, command, input } as const),
            ...(run ? { run } : {}),
            ...(output ? { output } : {}),
          },
          options,
        );
      }),
    );
  }

  /** Asked once more when the engine died meanwhile: a tile harms nobody. */
  async tile(tile: TileRequest, signal = never()): Promise<TileBytes> {
    const ask = (): Promise<unknown> =>
      this.#ask(signal, async (connection) => {
        await this.#ensureOpen(tile.document, connection, signal);
        return connection.call({ kind: 'tile', tile }, { signal });
      });
    const source = this.documents.sourceOf(tile.document);
    return (await this.#named(source, () => onceMore(ask))) as TileBytes;
  }

  /** PNG. */
  async thumbnail(path: string, signal = never()): Promise<Uint8Array> {
    return (await this.#look('thumbnail', path, false, signal)) as Uint8Array;
  }

  /** JPEG; null: there is none. Somebody waits for it while its file is opened. */
  async cameraPreview(path: string, signal = never()): Promise<Uint8Array | null> {
    return (await this.#look('camera-preview', path, true, signal)) as Uint8Array | null;
  }

  /** Asked once more when the engine died meanwhile, as tiles are. */
  #look(
    kind: 'thumbnail' | 'camera-preview',
    path: string,
    urgent: boolean,
    signal: AbortSignal,
  ): Promise<unknown> {
    const ask = (): Promise<unknown> =>
      this.#decode(path, { urgent, signal }, () =>
        this.#ask(signal, (connection) => connection.call({ kind, path }, { signal })),
      );
    return this.#named(path, () => onceMore(ask));
  }

  /**
   * Asks whichever engine there is, and again where that one was ended on purpose or because of another
   * call: whoever asks never hears of that.
   */
  async #ask(
    signal: AbortSignal,
    work: (connection: Connection) => Promise<unknown>,
  ): Promise<unknown> {
    for (;;) {
      const connection = await untilCancelled(signal, this.#supervisor.connect());
      try {
        return await work(connection);
      } catch (error) {
        if (!isInnocent(error)) throw error;
      }
    }
  }

  #open(
    input: OpenInput,
    signal: AbortSignal,
    onProgress: RunRequest['onProgress'],
  ): Promise<unknown> {
    return this.#named(input.source, () =>
      this.#decode(input.source, { urgent: true, signal }, () =>
        this.#ask(signal, (connection) => this.#openIn(connection, input, signal, onProgress)),
      ),
    );
  }

  async #openIn(
    connection: Connection,
    input: OpenInput,
    signal: AbortSignal,
    onProgress?: RunRequest['onProgress'],
  ): Promise<unknown> {
    const opening = { document: input.document, closed: false };
    this.#opening.add(opening);
    try {
      const info = await connection.call(
        { kind: 'run', job: '', command: 'open', input },
        { signal, ...(onProgress ? { onProgress } : {}) },
      );
      if (opening.closed) throw cancelledError();
      this.documents.remember(input, connection.generation);
      return info;
    } catch (error) {
      // It may be open all the same when the engine hears of the cancel.
      if (signal.aborted || opening.closed) this.#leave(connection, opening);
      throw error;
    } finally {
      this.#opening.delete(opening);
    }
  }

  /** Closes what nobody will close: its `open` came to nothing. */
  #leave(connection: Connection, { document }: Opening): void {
    const wanted = [...this.#opening].some((other) => other.document === document && !other.closed);
    if (wanted || this.documents.isOpenIn(document, connection.generation)) return;
    closeIn(connection, document).catch(() => undefined);
  }

  async #close(document: string): Promise<unknown> {
    const connection = this.#supervisor.current;
    const isKnown = this.documents.sourceOf(document) !== null;
    const isOpen = connection && this.documents.isOpenIn(document, connection.generation);
    this.documents.forget(document);
    const openings = [...this.#opening].filter((opening) => opening.document === document);
    for (const opening of openings) opening.closed = true;
    // In a restarted engine the document is closed already, with an engine that leaves it goes, and one
    // that is being opened is left when the engine has answered.
    if (!connection || (isKnown ? !isOpen : openings.length > 0)) return {};
    try {
      await connection.ready;
      return await closeIn(connection, document);
    } catch (error) {
      if (isDeath(error)) return {};
      throw error;
    }
  }

  async #ensureOpen(document: string, connection: Connection, signal: AbortSignal): Promise<void> {
    await this.documents.ensureOpen(document, connection.generation, signal, (input, shared) =>
      this.#decode(input.source, { urgent: true, signal: shared }, () =>
        this.#openIn(connection, input, shared),
      ),
    );
  }

  /** Lets a decoder in, alone when its file was there at a death, and accuses it at another. */
  #decode(
    path: string,
    entry: { urgent: boolean; signal?: AbortSignal },
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    const alone = this.#suspects.deaths(path) > 0;
    return this.#gate.through({ ...entry, alone }, async () => {
      this.#suspects.refuseConvicted(path);
      try {
        return await work();
      } catch (error) {
        if (isDeath(error) && !isInnocent(error)) this.#suspects.accuse(path);
        throw error;
      }
    });
  }

  async #named<T>(source: string | null, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (source === null || !isDeath(error)) throw error;
      const reason = String(error.details?.reason ?? say('unknownReason'));
      throw new HourglassError(
        'engine-died',
        say('engineEndedOver', { name: basename(source), reason }),
        { details: { ...error.details, source } },
      );
    }
  }
}

const closeIn = (connection: Connection, document: string): Promise<unknown> =>
  connection.call({ kind: 'run', job: '', command: 'close', input: { document } });

const never = (): AbortSignal => new AbortController().signal;

/** Ids are ours, never the engine's: they stay valid when the engine is a new one. */
const withId = (input: Record<string, unknown>): OpenInput =>
  ({ ...input, document: input.document ?? randomUUID() }) as unknown as OpenInput;

/** A death of the engine, as the connection tells it (and not yet told with the file's name). */
const isDeath = (error: unknown): error is HourglassError =>
  error instanceof HourglassError &&
  error.code === 'engine-died' &&
  error.details?.source === undefined;

async function onceMore(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    if (!isDeath(error)) throw error;
    return ask();
  }
}
