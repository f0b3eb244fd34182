/**
 * What is done while nobody waits for anything: first the neighbours of the photo in front are made ready
 * (ahead.svelte.ts), then files that nobody has looked at are checked (checks.ts). The one place that says when;
 * either ends at once when there is something else to do.
 */
import { untrack } from 'svelte';
import type { HostBridge } from '../../app/contract/index.ts';
import { Checks } from './checks.ts';
import type { Session } from './session.svelte.ts';

/** The person stays with a photo before anything is done beside it, milliseconds. */
const AFTER = 250;

export interface SpareSurroundings {
  readonly bridge: Pick<HostBridge, 'run'>;
  readonly session: Session;
  /** Nothing is done that a person waits for. */
  readonly idle: boolean;
}

export class Spare {
  readonly #around: SpareSurroundings;
  readonly #checks: Checks;
  /** Idle for a while, before the same photo. */
  #calm = $state(false);

  constructor(around: SpareSurroundings) {
    this.#around = around;
    this.#checks = new Checks(around.bridge, () => around.session.entries);
  }

  /** Returns how it is ended. */
  start(): () => void {
    const around = this.#around;
    const { session } = around;
    const stop = $effect.root(() => {
      $effect(() => {
        void session.active;
        this.#calm = false;
        if (!around.idle) return;
        const timer = setTimeout(() => (this.#calm = true), AFTER);
        return () => clearTimeout(timer);
      });
      $effect(() => {
        // Each of these may be the end of what is made ready, or its reason.
        for (const entry of session.next) void [entry.open, session.workOf(entry).picture.status];
        const { idle } = around;
        if (!idle || this.#calm) untrack(() => session.prepareAhead(idle));
      });
      $effect(() => {
        const kept = session.work?.kept;
        if (kept?.lost && around.idle) untrack(() => void kept.restore());
      });
      $effect(() => this.#checks.update(around.idle && this.#calm && !session.preparing));
    });
    return () => {
      stop();
      this.#checks.update(false);
    };
  }
}
