/**
 * On whose behalf the engine computes. It runs each command in its slot, and whatever the command reaches on
 * its way, a reader of latent files or the reading of noise, gets its tiles and its turns of the thread with
 * that priority without being told of slots.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Slot } from '../contract/index.ts';

const slots = new AsyncLocalStorage<Slot>();

/** However long somebody looks, work goes on at least this often, milliseconds. */
export const LONGEST_WAIT = 500;

/** Calls for the screen that are under way and do not wait for somebody else's work. */
let viewing = 0;
const listeners = new Set<(isViewing: boolean) => void>();
/** Work that waits until there is none. */
const waiting = new Set<() => void>();

function change(by: 1 | -1): void {
  const was = viewing > 0;
  viewing += by;
  const is = viewing > 0;
  if (is === was) return;
  for (const listener of listeners) listener(is);
  if (is) return;
  for (const go of waiting) go();
  waiting.clear();
}

/** Hears when something is computed for the screen, and when nothing is any more. Returns how to end that. */
export function onViewing(listener: (isViewing: boolean) => void): () => void {
  listeners.add(listener);
  if (viewing > 0) listener(true);
  return () => listeners.delete(listener);
}

/** The slot of the command that is running; what runs outside of one waits for the screen. */
export const currentSlot = (): Slot => slots.getStore() ?? 'work';

/** Runs work in a slot, with everything that it starts. */
export const inSlot = <T>(slot: Slot, work: () => T | Promise<T>): Promise<T> =>
  slots.run(slot, () => (slot === 'view' ? counted(1, work) : Promise.resolve(work())));

/**
 * Waits for what another call has begun. A call for the screen that does so must not keep that one waiting,
 * which may be work.
 */
export const waitingForOthers = <T>(wait: () => Promise<T>): Promise<T> =>
  currentSlot() === 'view' ? counted(-1, wait) : wait();

async function counted<T>(by: 1 | -1, work: () => T | Promise<T>): Promise<T> {
  change(by);
  try {
    return await work();
  } finally {
    change(by === 1 ? -1 : 1);
  }
}

/** Resolves when nothing is computed for the screen, or after `milliseconds`. */
export function afterViews(milliseconds: number): Promise<void> {
  if (viewing <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const go = (): void => {
      clearTimeout(timer);
      waiting.delete(go);
      resolve();
    };
    const timer = setTimeout(go, milliseconds);
    waiting.add(go);
  });
}
