/**
 * Keeps an engine available: starts it when it is first needed, again after it died, afresh when its
 * memory has grown. Which work died with it is the business of `program.ts`; one life of one process
 * is `connection.ts`.
 */
import type { DeviceReport, HourglassEvent } from '../contract/index.ts';
import { Connection, defaultLimits, engineDied, type ConnectionLimits } from './connection.ts';
import type { LaunchProcess } from './types.ts';

/** Deaths in a row before `ready` after which starting is given up for the call at hand. */
const maxStarts = 3;

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
  /** True while we end the process ourselves: that is no death. */
  #expectedEnd = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Grows with every engine started: documents opened in an older one are gone. */
  get generation(): number {
    return this.#generation;
  }

  /** Sends findings to the running engine and to every later one. */
  setDevices(devices: readonly DeviceReport[]): void {
    this.#devices = devices;
    if (this.#connection && !this.#connection.ended) this.#configure(this.#connection);
  }

  /**
   * A connection that is ready, starting an engine when there is none.
   * @throws HourglassError `engine-died` when it died three times in a row while starting
   */
  async connect(): Promise<Connection> {
    for (;;) {
      if (this.#stopped) throw engineDied('the program is ending');
      const connection = (this.#connection ??= this.#start());
      try {
        await connection.ready;
        if (!connection.ended) return connection;
      } catch (error) {
        // After three deaths in a row each further call makes one attempt: no endless loop, and the
        // program recovers when the cause (memory, a missing library) went away.
        if (this.#failedStarts >= maxStarts) throw error;
      }
    }
  }

  /**
   * Ends an idle engine that holds more than `bytes`, or that still carries a decode which was given
   * up; the next call starts a fresh one.
   */
  async recycleAbove(bytes: number): Promise<boolean> {
    const connection = this.#connection;
    if (!connection || connection.openCalls > 0) return false;
    const { memoryBytes, abandoned } = connection;
    if (memoryBytes <= bytes && abandoned === 0) return false;
    await this.#endExpectedly(connection);
    const held =
      abandoned > 0 ? 'a file hung in its decoder' : `it held ${Math.round(memoryBytes / 1e6)} MB`;
    this.#emit('recycled', `The engine was renewed because ${held}.`);
    return true;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#connection) await this.#endExpectedly(this.#connection);
  }

  /** Ends the engine without asking it, for good; resolves when it is gone. */
  async kill(reason: string): Promise<void> {
    this.#stopped = true;
    const connection = this.#connection;
    if (!connection) return;
    const gone = connection.gone();
    connection.kill(reason);
    await gone;
  }

  async #endExpectedly(connection: Connection): Promise<void> {
    this.#expectedEnd = true;
    try {
      await connection.stop();
    } finally {
      this.#expectedEnd = false;
    }
  }

  #emit(state: 'starting' | 'ready' | 'died' | 'restarted' | 'recycled', detail: string): void {
    this.#options.emit({ type: 'engine', state, detail });
  }

  #start(): Connection {
    this.#generation += 1;
    const again = this.#generation > 1;
    this.#emit('starting', 'The engine is starting.');
    const connection = new Connection(
      this.#options.launch('engine', []),
      {
        onEvent: this.#options.emit,
        onDeviceHung: this.#options.onDeviceHung,
        onEnd: (reason, wasReady) => this.#ended(connection, reason, wasReady),
      },
      this.#options.limits ?? defaultLimits,
    );
    connection.ready.then(
      () => {
        this.#failedStarts = 0;
        this.#configure(connection);
        this.#emit(again ? 'restarted' : 'ready', 'The engine is ready.');
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
    if (!wasReady) this.#failedStarts += 1;
    this.#options.onEnd?.();
    if (!this.#expectedEnd) this.#emit('died', `The engine ended unexpectedly (${reason}).`);
  }
}
