/**
 * Which files the engine holds open. Bounded: opening one more closes the one that was looked at
 * longest ago. Of the file in front one page more may be open, that which is turned to next. What a document is for
 * lives elsewhere.
 */
import { cancelledError, HourglassError } from '../../app/contract/errors.ts';
import type { DocumentInfo, HostBridge } from '../../app/contract/index.ts';
import type { FileEntry } from './entry.svelte.ts';
import { Leaving } from './leaving.ts';
import { PageAhead } from './page-ahead.svelte.ts';

/** Enough for the file in front of a person and those that are made ready beside it; the engine bounds bytes by itself. */
const LIMIT = 4;

/** Slices at the beginning of a series that can not be shown, and are passed; more are a series that is damaged. */
const MOST_PASSED = 8;

const isDamaged = (error: unknown): boolean =>
  error instanceof HourglassError && error.code === 'damaged-image';

interface Opening {
  readonly abort: AbortController;
  readonly info: Promise<DocumentInfo>;
}

export class Documents {
  readonly #bridge: Pick<HostBridge, 'run'>;
  readonly #limit: number;
  /** Longest unused first. */
  #order: FileEntry[] = [];
  readonly #opening = new Map<FileEntry, Opening>();
  readonly #leaving = new Leaving((document) => this.#close(document));
  readonly #ahead: PageAhead;

  constructor(bridge: Pick<HostBridge, 'run'>, limit = LIMIT) {
    this.#bridge = bridge;
    this.#limit = limit;
    this.#ahead = new PageAhead({
      open: ({ entry, page }, document, job, signal) =>
        this.#ask(entry, { document, page }, job, signal),
      // The viewer fetches ahead as well: what another way of turning gives up may be on its way.
      close: (document) => this.#leaving.leave(document),
    });
  }

  /** What the viewer may fetch tiles of before it is turned to; null: it is not open yet, or nothing is expected. */
  get ahead(): DocumentInfo | null {
    return this.#ahead.info;
  }

  /** This page of the file in front is turned to next, as far as can be told: it is opened beside the one that is seen. */
  expect(entry: FileEntry, page: number): void {
    this.#ahead.expect({ entry, page, plane: entry.plane, allowed: entry.allowed });
  }

  /** Nobody turns pages any more. */
  expectNothing(): void {
    this.#ahead.drop();
  }

  /**
   * Goes to another page: the document of the last one stays until the viewer has none of it on the screen, and a page that
   * was opened ahead is there at once.
   */
  turn(entry: FileEntry, page: number, plane = entry.plane): void {
    this.#order = this.#order.filter((other) => other !== entry);
    this.#opening.get(entry)?.abort.abort();
    if (entry.open) {
      entry.lose();
      this.#leaving.leave(entry.id);
    }
    entry.turnTo(page, plane);
    const taken = this.#ahead.take({ entry, page, plane, allowed: entry.allowed });
    if (!taken) return;
    const { open, awaited } = taken;
    entry.id = awaited.document;
    if (open) {
      entry.info = open;
      entry.open = true;
      entry.arrival = 'open';
    } else {
      const { abort, job, info } = awaited;
      void this.#begun(entry, { abort, info: this.#arriving(entry, job, info) });
    }
    this.#touch(entry);
  }

  /**
   * The open document of a file; opens it when it is not.
   * @throws HourglassError whatever `open` refuses with
   */
  async open(entry: FileEntry): Promise<DocumentInfo> {
    this.#touch(entry);
    if (entry.open && entry.info) return entry.info;
    const running = this.#opening.get(entry);
    if (running && !running.abort.signal.aborted) return running.info;
    const abort = new AbortController();
    // What was given up has its document closed in the end; not this one.
    const before = running?.info.catch(() => undefined) ?? Promise.resolve();
    return this.#begun(entry, {
      abort,
      info: before.then(() => this.#open(entry, abort.signal)),
    });
  }

  #begun(entry: FileEntry, opening: Opening): Promise<DocumentInfo> {
    this.#opening.set(entry, opening);
    const settled = (): void => {
      if (this.#opening.get(entry) === opening) this.#opening.delete(entry);
    };
    opening.info.then(settled, settled);
    return opening.info;
  }

  /** Closes the document, or the one that is on its way as soon as it is there. */
  close(entry: FileEntry): void {
    this.#order = this.#order.filter((other) => other !== entry);
    this.#opening.get(entry)?.abort.abort();
    this.#ahead.drop(entry);
    if (!entry.open) return;
    entry.lose();
    this.#close(entry.id);
  }

  /** The engine ended: everything that was open is not. */
  loseAll(): void {
    for (const entry of this.#order) entry.engineDied();
    this.#order = [];
    this.#leaving.forget();
    this.#ahead.forget();
  }

  /** The engine does not know this document any more. */
  lose(entry: FileEntry): void {
    entry.lose();
  }

  #close(document: string): void {
    // The engine may have forgotten it by itself, which is what is wanted.
    this.#bridge.run('close', { document }).catch(() => undefined);
  }

  async #open(entry: FileEntry, signal: AbortSignal): Promise<DocumentInfo> {
    await entry.admitted;
    if (signal.aborted) throw cancelledError();
    const { page } = entry;
    try {
      return await this.#openPage(entry, signal);
    } catch (error) {
      const isNew = entry.info === null && page === 1 && entry.files > 1;
      if (!isNew || !isDamaged(error)) throw error;
      return this.#openLater(entry, error, signal);
    }
  }

  #openPage(entry: FileEntry, signal: AbortSignal): Promise<DocumentInfo> {
    // Another page has another id, also while this one is being opened.
    const { id: document, page } = entry;
    const job = `open-${crypto.randomUUID()}`;
    return this.#arriving(entry, job, this.#ask(entry, { document, page }, job, signal));
  }

  /** Of a series whose first slices are cut the first whole one is seen: from there on a person turns to the others, and reads why. */
  async #openLater(entry: FileEntry, first: unknown, signal: AbortSignal): Promise<DocumentInfo> {
    const last = Math.min(entry.files, 1 + MOST_PASSED);
    for (let page = 2; page <= last; page++) {
      entry.page = entry.slice = page;
      try {
        const info = await this.#openPage(entry, signal);
        this.#touch(entry);
        return info;
      } catch (error) {
        if (isDamaged(error)) continue;
        throw error;
      }
    }
    entry.page = entry.slice = 1;
    throw first;
  }

  /** A file whose document is asked for, until it is there. */
  async #arriving(
    entry: FileEntry,
    job: string,
    asked: Promise<DocumentInfo>,
  ): Promise<DocumentInfo> {
    entry.arrival = 'opening';
    entry.opening = { job, progress: null };
    try {
      const info = await asked;
      entry.info = info;
      entry.open = true;
      return info;
    } catch (error) {
      this.#order = this.#order.filter((other) => other !== entry);
      throw error;
    } finally {
      entry.arrival = entry.open ? 'open' : 'waiting';
      entry.opening = null;
    }
  }

  /** @throws HourglassError cancelled, when nobody has it open any more; whatever `open` refuses with */
  async #ask(
    entry: FileEntry,
    { document, page }: { readonly document: string; readonly page: number },
    job: string,
    signal: AbortSignal,
  ): Promise<DocumentInfo> {
    const { plane, allowed } = entry;
    const source = await entry.admitted;
    const asked = this.#bridge.run(
      'open',
      {
        ...{ source, document, ...allowed },
        ...(page > 1 ? { page } : {}),
        ...(plane ? { plane } : {}),
      },
      { job, signal },
    );
    const info = await asked.finally(() => {
      // The word to stop may have come too late: then the engine holds it, for nobody.
      if (signal.aborted) this.#close(document);
    });
    if (signal.aborted) throw cancelledError();
    return info;
  }

  #touch(entry: FileEntry): void {
    this.#order = [...this.#order.filter((other) => other !== entry), entry];
    for (const old of this.#order.slice(0, -this.#limit))
      if (!this.#opening.has(old)) this.close(old);
  }
}

/** True when a command failed only because the engine has forgotten the document. */
export const isForgotten = (error: unknown): boolean =>
  error instanceof HourglassError && error.code === 'document-not-open';
