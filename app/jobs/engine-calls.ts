/**
 * Everything that is asked of the engine goes through here: documents are opened again after a
 * restart, decoders are let in a few at a time, and a death is told with the name of the file.
 * The order of heavy work is `queue.ts`; the life of the process is `supervisor.ts`.
 */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { HourglassError, type CommandId, type Progress } from '../contract/index.ts';
import { DocumentRegistry, type OpenInput } from './documents.ts';
import { Gate } from './gate.ts';
import { Suspects } from './suspects.ts';
import type { Supervisor } from './supervisor.ts';
import type { TileBytes, TileRequest } from './types.ts';

/** Decoders in the engine at a time, besides the heavy job. */
const decoderSlots = 2;

export interface RunRequest {
  readonly command: CommandId;
  /** Validated input. */
  readonly input: Record<string, unknown>;
  readonly signal: AbortSignal;
  readonly heavy: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

export class EngineCalls {
  readonly documents = new DocumentRegistry();
  readonly #supervisor: Supervisor;
  readonly #gate = new Gate(decoderSlots);
  readonly #suspects = new Suspects();

  constructor(supervisor: Supervisor) {
    this.#supervisor = supervisor;
  }

  /** The file that an input is about: its source, or that of its document. */
  sourceOf(input: Record<string, unknown>): string | null {
    if (typeof input.source === 'string') return input.source;
    return typeof input.document === 'string' ? this.documents.sourceOf(input.document) : null;
  }

  /** @throws HourglassError what the command throws; `engine-died` names the file */
  async run(request: RunRequest): Promise<unknown> {
    const { command, input, signal } = request;
    if (command === 'open') return this.#open(withId(input), signal);
    if (command === 'close') return this.#close(String(input.document));
    return this.#named(this.sourceOf(input), async () => {
      const connection = await this.#supervisor.connect();
      if (typeof input.document === 'string') await this.#ensureOpen(input.document, signal);
      const { heavy, onProgress } = request;
      return connection.call(
        { kind: 'run', command, input },
        { signal, heavy, ...(onProgress ? { onProgress } : {}) },
      );
    });
  }

  /** RGBA8 sRGB. Asked once more when the engine died meanwhile: a tile harms nobody. */
  async tile(tile: TileRequest): Promise<TileBytes> {
    const ask = async (): Promise<unknown> => {
      const connection = await this.#supervisor.connect();
      await this.#ensureOpen(tile.document, new AbortController().signal);
      return connection.call({ kind: 'tile', tile });
    };
    const source = this.documents.sourceOf(tile.document);
    return (await this.#named(source, () => onceMore(ask))) as TileBytes;
  }

  /** PNG. */
  async thumbnail(path: string): Promise<Uint8Array> {
    const ask = (): Promise<unknown> =>
      this.#decode(path, { urgent: false }, async () => {
        const connection = await this.#supervisor.connect();
        return connection.call({ kind: 'thumbnail', path });
      });
    return (await this.#named(path, () => onceMore(ask))) as Uint8Array;
  }

  async #open(input: OpenInput, signal: AbortSignal): Promise<unknown> {
    const info = await this.#named(input.source, () => this.#openIn(input, signal));
    return info;
  }

  async #openIn(input: OpenInput, signal: AbortSignal): Promise<unknown> {
    return this.#decode(input.source, { urgent: true, signal }, async () => {
      const connection = await this.#supervisor.connect();
      const generation = this.#supervisor.generation;
      const info = await connection.call({ kind: 'run', command: 'open', input }, { signal });
      this.documents.remember(input, generation);
      return info;
    });
  }

  async #close(document: string): Promise<unknown> {
    const isOpen = this.documents.isOpenIn(document, this.#supervisor.generation);
    const isKnown = this.documents.sourceOf(document) !== null;
    this.documents.forget(document);
    // In a restarted engine the document is closed already.
    if (isKnown && !isOpen) return {};
    const connection = await this.#supervisor.connect();
    return connection.call({ kind: 'run', command: 'close', input: { document } });
  }

  #ensureOpen(document: string, signal: AbortSignal): Promise<void> {
    return this.documents.ensureOpen(document, this.#supervisor.generation, (input) =>
      this.#openIn(input, signal),
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
        if (isDeath(error)) this.#suspects.accuse(path);
        throw error;
      }
    });
  }

  async #named<T>(source: string | null, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (source === null || !isDeath(error)) throw error;
      const reason = String(error.details?.reason ?? 'unknown');
      throw new HourglassError(
        'engine-died',
        `${basename(source)} could not be finished: the engine ended unexpectedly (${reason}).`,
        { details: { ...error.details, source } },
      );
    }
  }
}

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
