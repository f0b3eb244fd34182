/**
 * One page that is opened before it is turned to: whoever scrolls through slices sees each as soon as he is there. Which page that is,
 * the session says; what is opened here and not turned to is closed.
 */
import type { DocumentInfo } from '../../app/contract/index.ts';
import type { FileEntry } from './entry.svelte.ts';

export interface ExpectedPage extends Pick<FileEntry, 'plane' | 'allowed'> {
  readonly entry: FileEntry;
  readonly page: number;
}

/** One that is on its way. */
export interface Awaited {
  readonly document: string;
  readonly job: string;
  readonly abort: AbortController;
  readonly info: Promise<DocumentInfo>;
}

export interface PageAheadOptions {
  /** The signal: it is not wanted any more; whoever opens it closes what is open all the same. */
  readonly open: (
    page: ExpectedPage,
    document: string,
    job: string,
    signal: AbortSignal,
  ) => Promise<DocumentInfo>;
  readonly close: (document: string) => void;
}

const isSame = (one: ExpectedPage, other: ExpectedPage): boolean =>
  one.entry === other.entry &&
  one.page === other.page &&
  one.plane === other.plane &&
  one.allowed === other.allowed;

export class PageAhead {
  /** Of the page, once it is open. */
  info = $state.raw<DocumentInfo | null>(null);

  readonly #options: PageAheadOptions;
  #expected: { readonly page: ExpectedPage; readonly awaited: Awaited } | null = null;

  constructor(options: PageAheadOptions) {
    this.#options = options;
  }

  expect(page: ExpectedPage): void {
    if (this.#expected && isSame(this.#expected.page, page)) return;
    this.drop();
    const abort = new AbortController();
    const document = crypto.randomUUID();
    const job = `open-${document}`;
    const info = this.#options.open(page, document, job, abort.signal);
    const expected = { page, awaited: { document, job, abort, info } };
    this.#expected = expected;
    info.then(
      (info) => {
        if (this.#expected === expected) this.info = info;
      },
      () => {
        // Nobody has asked for it: what is wrong is said when somebody turns to it.
        if (this.#expected === expected) this.#expected = null;
      },
    );
  }

  /** Hands over what is expected where it is this page; another one is given up. */
  take(
    page: ExpectedPage,
  ): { readonly open: DocumentInfo | null; readonly awaited: Awaited } | null {
    const expected = this.#expected;
    if (!expected || !isSame(expected.page, page)) {
      this.drop();
      return null;
    }
    const open = this.info;
    this.forget();
    return { open, awaited: expected.awaited };
  }

  /** Of a file, or of any. */
  drop(entry = this.#expected?.page.entry): void {
    if (this.#expected?.page.entry !== entry) return;
    this.#expected?.awaited.abort.abort();
    if (this.info) this.#options.close(this.info.document);
    this.forget();
  }

  /** The engine that had it is gone. */
  forget(): void {
    this.#expected = null;
    this.info = null;
  }
}
