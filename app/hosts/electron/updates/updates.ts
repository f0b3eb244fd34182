/**
 * Looking for a newer version, when a person asks: first whether the host may be asked, then whether what is there may be fetched. Nothing is
 * requested before the first yes, and the code that could is not loaded. What is fetched is installed when the program ends.
 */
import { printable } from '../../shared/printable.ts';
import { say } from '../sentences.ts';
import { UpdateProblem } from './problem.ts';
import type { NewVersion, Updater } from './updater.ts';
import type { Feed, UpdateWay } from './way.ts';

/** Dialogs of the system: no page can draw, read or answer them. */
export interface UpdateQuestions {
  mayAsk(host: string): Promise<boolean>;
  mayDownload(found: NewVersion, host: string): Promise<boolean>;
  /** While one is fetched, at `fraction`. */
  mayStop(version: string, fraction: number): Promise<boolean>;
  tell(message: string, detail: string): Promise<void>;
}

export interface UpdateOptions {
  /** Asked once, when it is needed. */
  readonly way: () => Promise<UpdateWay>;
  readonly version: string;
  readonly questions: UpdateQuestions;
  readonly open: (feed: Feed) => Promise<Updater>;
  /** How much of it is there; null: nothing is fetched (any more). */
  readonly show: (fraction: number | null) => void;
  readonly log: (line: string) => void;
}

export interface Updates {
  /** All of it, with its questions; ends when there is nothing more to say. Never throws. */
  look(): Promise<void>;
  /** As the last thing of a program that ends as it should. */
  installAtQuit(): void;
  stop(): void;
}

/** Longest part of a message that is not ours, characters. */
const LONGEST = 200;

export function createUpdates(options: UpdateOptions): Updates {
  const { questions, show, log } = options;
  let updater: Updater | null = null;
  let downloading: { version: string; fraction: number; ending: AbortController } | null = null;
  let ready: string | null = null;
  let isAsking = false;
  const stopping = new AbortController();

  const lookAt = async (feed: Feed): Promise<void> => {
    const { host } = feed.address;
    if (!(await questions.mayAsk(host)) || stopping.signal.aborted) return;
    updater ??= await options.open(feed);
    const found = await updater.look(stopping.signal);
    if (found === null)
      return questions.tell(
        say('newestVersion'),
        say('newestThere', { version: options.version, host }),
      );
    if (!(await questions.mayDownload(found, host)) || stopping.signal.aborted) return;
    const { version } = found;
    const ending = new AbortController();
    const current = { version, fraction: 0, ending };
    downloading = current;
    isAsking = false;
    show(0);
    try {
      await updater.download(AbortSignal.any([ending.signal, stopping.signal]), (fraction) => {
        current.fraction = fraction;
        show(fraction);
      });
    } catch (error) {
      if (ending.signal.aborted) return;
      throw error;
    } finally {
      downloading = null;
      show(null);
    }
    ready = version;
    await questions.tell(say('updateReady', { version }), say('installedAtQuit'));
  };

  return {
    async look() {
      if (isAsking) return;
      isAsking = true;
      try {
        if (ready !== null)
          return await questions.tell(
            say('updateReady', { version: ready }),
            say('installedAtQuit'),
          );
        if (downloading) {
          const { version, fraction, ending } = downloading;
          if (await questions.mayStop(version, fraction)) ending.abort();
          return;
        }
        const way = await options.way();
        if (way.kind !== 'feed') return await questions.tell(say('noUpdateHere'), whyNot(way.kind));
        await lookAt(way.feed);
      } catch (error) {
        if (stopping.signal.aborted) return;
        const { message, stack } = error as Error;
        log(`No newer version: ${stack ?? message}`);
        await questions.tell(say('noUpdateFetched'), reasonOf(error as Error));
      } finally {
        isAsking = false;
      }
    },
    installAtQuit() {
      try {
        updater?.installAtQuit();
      } catch (error) {
        log(`What was fetched is not installed: ${(error as Error).message}`);
      }
    },
    stop: () => stopping.abort(),
  };
}

function whyNot(kind: Exclude<UpdateWay['kind'], 'feed'>): string {
  switch (kind) {
    case 'checkout':
      return say('updateOfCheckout');
    case 'system':
      return say('updateOfSystem');
    case 'elsewhere':
      return say('updateOfFolder');
    case 'no-address':
      return say('updateNoAddress');
    case 'unusable':
      return say('updateUnusableAddress');
  }
}

function reasonOf(error: Error): string {
  if (error instanceof UpdateProblem) return error.message;
  const [first = ''] = error.message.split('\n');
  return say('updateReason', { reason: printable(first).slice(0, LONGEST) });
}
