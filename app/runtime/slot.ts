/**
 * On whose behalf tiles are computed. The engine runs each command in its slot, and whatever the command
 * reaches on its way, a reader of latent files or the reading of noise, gets tiles with its priority
 * without being told of slots.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Slot } from '../contract/index.ts';

const slots = new AsyncLocalStorage<Slot>();

/** Runs work in a slot, with everything that it starts. */
export const inSlot = <T>(slot: Slot, work: () => T): T => slots.run(slot, work);

/** The slot of the command that is running; what runs outside of one waits for the screen. */
export const currentSlot = (): Slot => slots.getStore() ?? 'work';
