/**
 * Results to an archive, for a page: what goes is what this session has written of files that the page names by their `@id`, and nothing goes
 * before the person has said so in a dialog that is not the page's. The sending itself is the engine's (`app/scans/stow.ts`), as for the
 * command line. The token lives as long as its request; nothing of it is kept or told.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { archiveUrl, isInTheOpen, tokenIn } from '../../contract/archive.ts';
import {
  HourglassError,
  invalidParameter,
  noSending,
  sendingRequestSchema,
  toHourglassError,
  type HourglassEvent,
  type SendingDesk,
  type SendingRequest,
  type SendingState,
  type SentObject,
} from '../../contract/index.ts';
import type { Program } from '../../jobs/types.ts';
import { formatByContent } from '../../pixels/sniff.ts';
import { refuseDeep } from './json.ts';
import { PageWork } from './page-work.ts';
import { say } from './sentences.ts';
import type { SessionResults } from './session-results.ts';

/** What a person is asked before anything leaves the machine. */
export interface SendingQuestion {
  /** Name and port of the archive. */
  readonly host: string;
  readonly objects: number;
  readonly bytes: number;
  /** Names of the first and the last file. */
  readonly first: string;
  readonly last: string;
  /** It is another machine, and nothing is encrypted on the way. */
  readonly inTheOpen: boolean;
  /** A token goes with it. */
  readonly token: boolean;
}

export interface SendingOptions {
  readonly program: Pick<Program, 'run'>;
  readonly results: Pick<SessionResults, 'of' | 'refuseChanged'>;
  /** Asks the person, outside of the page; `signal` takes the question back. */
  readonly confirm: (question: SendingQuestion, signal: AbortSignal) => Promise<boolean>;
  /** A file with certificates, in the system's dialog; null: none was chosen. */
  readonly chooseAuthority: () => Promise<string | null>;
}

export interface SendingSession {
  /** @param request from a page, unchecked. @throws HourglassError invalid-parameter, not-allowed */
  ask(request: unknown): Promise<SendingDesk | void>;
  /** Something is being sent. */
  readonly busy: boolean;
  listen(listener: (event: HourglassEvent) => void): () => void;
  /** What is under way ends. */
  stop(): Promise<void>;
}

type Send = Extract<SendingRequest, { ask: 'send' }>;

/** More is no file of certificates. */
const MOST_AUTHORITIES = 1_000_000;

/** Seconds without a byte to or from the archive. */
const TIMEOUT = 60;

export function createSending(options: SendingOptions): SendingSession {
  const { program, results } = options;
  let sent: SentObject[] = [];
  let told = 0;
  let authorities: string | undefined;
  const work = new PageWork<SendingState>({
    ...{ first: noSending, rest: 'rest', publicText: (text) => text },
    event: (state) => {
      const fresh = sent.slice(told);
      told = sent.length;
      return { type: 'sending', state, sent: fresh };
    },
    refusal: () => new HourglassError('not-allowed', say('sendingBusy')),
  });

  /** @throws HourglassError not-allowed: nothing was exported, or not as DICOM; as `refuseChanged` */
  const objectsOf = async (sources: readonly string[]): Promise<readonly string[]> => {
    const paths: string[] = [];
    for (const path of results.of(sources)) {
      await results.refuseChanged(path);
      if ((await formatByContent(path)) === 'dicom') paths.push(path);
    }
    if (paths.length === 0)
      throw new HourglassError('not-allowed', say('nothingToSend'), { hint: say('exportAsDicom') });
    return paths;
  };

  const send = async (
    { sources, to }: Send,
    url: URL,
    token: string | null,
    signal: AbortSignal,
  ): Promise<void> => {
    const paths = await objectsOf(sources);
    work.set({ objects: paths.length, of: paths.length });
    let bytes = 0;
    for (const path of paths) bytes += (await stat(path)).size;
    const agreed = await options.confirm(
      {
        ...{ host: url.host, objects: paths.length, bytes, token: token !== null },
        ...{ first: basename(paths[0]!), last: basename(paths.at(-1)!) },
        inTheOpen: isInTheOpen(url),
      },
      signal,
    );
    if (!agreed || signal.aborted)
      return work.set({ ended: signal.aborted ? 'cancelled' : 'declined' });
    work.set({ phase: 'sending' });
    for (const [at, source] of paths.entries()) {
      const one = await storeOne(source, to, token, signal);
      if (one === null) return work.set({ ended: 'cancelled' });
      sent.push(one.object);
      const { stored, failed } = work.state;
      work.set({
        done: at + 1,
        ...(one.object.stored ? { stored: stored + 1 } : { failed: failed + 1 }),
      });
      if (one.forAll) return work.set({ ended: 'stopped' });
    }
    work.set({ ended: 'sent' });
  };

  /** null: it was cancelled. */
  const storeOne = async (
    source: string,
    to: string,
    token: string | null,
    signal: AbortSignal,
  ): Promise<{ readonly object: SentObject; readonly forAll: boolean } | null> => {
    const name = basename(source);
    try {
      // Between the question and now somebody may have put another file there.
      await results.refuseChanged(source);
      const { warning } = await program.run(
        'store',
        {
          ...{ source, to, timeout: TIMEOUT, authorities },
          ...(token === null ? {} : { token }),
        },
        { signal },
      );
      const words = say('storedThere', { warning: warning ?? 'none' });
      return { object: { name, stored: true, words }, forAll: false };
    } catch (thrown) {
      const { code, message, hint, details } = toHourglassError(thrown);
      if (code === 'cancelled' || signal.aborted) return null;
      const words = hint ? `${message} ${hint}` : message;
      return { object: { name, stored: false, words }, forAll: details?.forAll === true };
    }
  };

  const chooseAuthority = async (): Promise<void> => {
    const path = await options.chooseAuthority();
    if (path === null) return;
    const name = basename(path);
    const text = await readFile(path, 'utf8').catch(() => '');
    if (!text.includes('-----BEGIN CERTIFICATE-----') || text.length > MOST_AUTHORITIES)
      throw new HourglassError('invalid-parameter', say('noCertificatesIn', { name }));
    authorities = text;
    work.set({ authority: name });
  };

  return {
    async ask(given) {
      refuseDeep(given, 'request');
      const parsed = sendingRequestSchema.safeParse(given);
      if (!parsed.success) throw invalidParameter('request', say('sendingRequest'), typeof given);
      const request = parsed.data;
      switch (request.ask) {
        case 'all':
          return { state: work.state, sent };
        case 'cancel':
          return work.cancel();
        case 'noAuthority':
          work.refuseBusy();
          authorities = undefined;
          return work.set({ authority: null });
        case 'authority':
          work.refuseBusy();
          return chooseAuthority();
        case 'send': {
          work.refuseBusy();
          const url = archiveUrl(request.to);
          const token = request.token?.trim() ? tokenIn(request.token, say('theToken')) : null;
          sent = [];
          told = 0;
          work.set({
            ...{ list: work.state.list + 1, host: url.host, objects: 0 },
            ...{ stored: 0, failed: 0, ended: null },
          });
          return work.begin('asking', (signal) => send(request, url, token, signal));
        }
      }
    },
    get busy() {
      return work.state.phase === 'sending';
    },
    listen: (listener) => work.listen(listener),
    stop: () => work.stop(),
  };
}
