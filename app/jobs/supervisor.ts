/**
 * Keeps an engine available: starts it when it is first needed, again after it died, afresh when its
 * memory has grown. Which work died with it is the business of `program.ts`; one life of one process
 * is `connection.ts`.
 */
import { HourglassError, type DeviceReport, type HourglassEvent } from '../contract/index.ts';
import { decimal } from '../contract/sentences/index.ts';
import { Connection, defaultLimits, type ConnectionLimits } from './connection.ts';
import { say } from './sentences.ts';
import type { LaunchProcess } from './types.ts';

/** Deaths in a row before `ready` after which starting is given up for the call at hand. */
const maxStarts = 3;

/** The answer to whatever is asked of a program that ends. */
export const programEnding = (): HourglassError =>
  new HourglassError('cancelled', say('programEnding'));

export interface SupervisorOptions {
  readonly launch: LaunchProcess;
  readonly modelsFolder: string;
  readonly userModelsFolder: string;
  readonly software: string;
  readonly emit: (event: HourglassEvent) => void;
  readonly onDeviceHung: (device: string, detail: string) => void;
  /** Called when an engine ended, however it did: it may have left temporary files. */
  readonly onEnd?: () => void;
  readonly limits?: ConnectionLimits;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  #connection: Connection | null = null;
  #devices: readonly DeviceReport[] = [];
  #generation = 0;
  #failedStarts = 0;
  #stopped = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** The engine that there is, which may still be starting; null: none, or one that is leaving. */
  get current(): Connection | null {
    return this.#connection?.leaving === false ? this.#connection : null;
  }

  /** Sends findings to the running engine and to every later one. */
  setDevices(devices: readonly DeviceReport[]): void {
    this.#devices = devices;
    if (this.#connection && !this.#connection.ended) this.#configure(this.#connection);
  }

  /**
   * A connection that is ready, starting an engine when there is none. It may be gone by the time that
   * something is asked of it; the call says so then (`isInnocent`), and connecting again helps.
   * @throws HourglassError `engine-died` when it died three times in a row while starting, `cancelled`
   *   when the program ends
   */
  async connect(): Promise<Connection> {
    for (;;) {
      if (this.#stopped) throw programEnding();
      const connection = (this.#connection ??= this.#start());
      // One engine at a time: the next one starts when the memory of this one is free.
      if (connection.leaving) {
        await connection.gone();
        continue;
      }
      try {
        await connection.ready;
        if (!connection.leaving) return connection;
      } catch (error) {
        // After three deaths in a row each further call makes one attempt: no endless loop, and the
        // program recovers when the cause (memory, a missing library) went away.
        if (this.#failedStarts >= maxStarts) throw error;
      }
    }
  }

  /** True for an engine that holds more than `bytes`, or still carries a decode that was given up. */
  isDue(bytes: number): boolean {
    const connection = this.current;
    return connection !== null && (connection.memoryBytes > bytes || connection.abandoned > 0);
  }

  /** Ends an engine that `isDue`, unless something is asked of it; the next call starts a fresh one. */
  async recycleAbove(bytes: number): Promise<boolean> {
    const connection = this.current;
    if (!connection || connection.openCalls > 0 || !this.isDue(bytes)) return false;
    const { memoryBytes, abandoned } = connection;
    await connection.stop();
    const words =
      abandoned > 0
        ? say('renewedAfterHang')
        : say('renewedForMemory', { megabytes: decimal(memoryBytes / 1e6) });
    this.#emit('recycled', words);
    return true;
  }

  /** Ends the engine that there is at once; the next call starts a fresh one. */
  endCurrent(reason: string): void {
    this.current?.kill(reason, { innocents: 'light' });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#connection?.stop();
  }

  /** Ends the engine without asking it, for good; resolves when it is gone. */
  async kill(reason: string): Promise<void> {
    this.#stopped = true;
    const connection = this.#connection;
    if (!connection) return;
    const gone = connection.gone();
    connection.kill(reason, { innocents: 'all' });
    await gone;
  }

  #emit(state: 'starting' | 'ready' | 'died' | 'restarted' | 'recycled', detail: string): void {
    this.#options.emit({ type: 'engine', state, detail });
  }

  #start(): Connection {
    this.#generation += 1;
    const again = this.#generation > 1;
    this.#emit('starting', say('engineStarting'));
    const connection = new Connection(
      this.#options.launch('engine', []),
      {
        onEvent: this.#options.emit,
        onDeviceHung: this.#options.onDeviceHung,
        onEnd: (reason, wasReady) => this.#ended(connection, reason, wasReady),
      },
      this.#options.limits ?? defaultLimits,
      this.#generation,
    );
    connection.ready.then(
      () => {
        this.#failedStarts = 0;
        this.#configure(connection);
        this.#emit(again ? 'restarted' : 'ready', say('engineReady'));
      },
      () => {},
    );
    return connection;
  }

  #configure(connection: Connection): void {
    const { modelsFolder, userModelsFolder, software } = this.#options;
    connection.post({
      kind: 'configure',
      devices: this.#devices,
      ...{ modelsFolder, userModelsFolder, software },
    });
  }

  #ended(connection: Connection, reason: string, wasReady: boolean): void {
    if (this.#connection === connection) this.#connection = null;
    if (!wasReady && !connection.expectedEnd) this.#failedStarts += 1;
    this.#options.onEnd?.();
    if (!connection.expectedEnd) this.#emit('died', say('engineEnded', { reason }));
  }
}
