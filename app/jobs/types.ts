/**
 * The interfaces of `jobs`: the queue in the host and the engine process behind it. Hosts see these
 * types; `index.ts` exports `createProgram` and `launchNodeProcess`.
 */
import type { Diagnostics } from '../contract/diagnostics.ts';
import type {
  DeviceReport,
  CommandId,
  Commands,
  HourglassEvent,
  InputOf,
  NamedOutput,
  OutputOf,
  SerializedError,
  TileBits,
} from '../contract/index.ts';
import type { ProcessKindId } from './processes.ts';

/** A process of ours, however the host starts it (`child_process.fork`, Electron `utilityProcess`). */
export interface ProcessHandle {
  readonly pid: number | undefined;
  post(message: HostMessage): void;
  onMessage(listener: (message: EngineMessage) => void): void;
  /** Called once, also when the process could not be started. `reason` names code or signal. */
  onExit(listener: (reason: string) => void): void;
  /** Kills at once (SIGKILL or the platform's equivalent). */
  kill(): void;
}

/** Starts a process of one of our kinds (`processes.ts`). */
export type LaunchProcess = (kind: ProcessKindId, args: readonly string[]) => ProcessHandle;

export interface TileRequest {
  readonly document: string;
  readonly layer: string;
  readonly level: number;
  readonly column: number;
  readonly row: number;
  /** 16: codes of 16 bits where the layer has them, see `DocumentInfo.codes`. Default: 8. */
  readonly bits?: TileBits | undefined;
  /** Of the layer `source`: which; default: the first, 0. */
  readonly frame?: number | undefined;
}

/** RGBA8 sRGB, or one code of 16 bits a pixel; row-major. */
export interface TileBytes {
  readonly width: number;
  readonly height: number;
  readonly bits: TileBits;
  readonly data: Uint8Array;
}

/** Host to engine. Structured clone; the only bulk data are tiles and thumbnails for the screen. */
export type HostMessage =
  | {
      readonly kind: 'configure';
      readonly devices: readonly unknown[];
      readonly modelsFolder: string;
      readonly userModelsFolder: string;
      readonly software: string;
    }
  | {
      readonly kind: 'run';
      readonly call: number;
      /** Id of the job, for events; '' for what the host asks by itself. */
      readonly job: string;
      readonly command: CommandId;
      readonly input: unknown;
      /** Id of the run that it is of, where it is of one. */
      readonly run?: string;
      /** Of a command that writes. */
      readonly output?: NamedOutput;
    }
  | { readonly kind: 'cancel'; readonly call: number }
  | { readonly kind: 'tile'; readonly call: number; readonly tile: TileRequest }
  | { readonly kind: 'thumbnail'; readonly call: number; readonly path: string }
  | { readonly kind: 'camera-preview'; readonly call: number; readonly path: string }
  | { readonly kind: 'stop' };

/** Engine (or probe) to host. */
export type EngineMessage =
  | { readonly kind: 'ready' }
  /** `abandoned`: decodes that still hold a thread and memory though their time is over. */
  | { readonly kind: 'heartbeat'; readonly memoryBytes: number; readonly abandoned?: number }
  | {
      readonly kind: 'progress';
      readonly call: number;
      readonly progress: import('../contract/index.ts').Progress;
    }
  | { readonly kind: 'event'; readonly event: HourglassEvent }
  | { readonly kind: 'result'; readonly call: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly call: number; readonly error: SerializedError }
  /** The inference thread hangs in native code: kill me, and do not use this device again. */
  | { readonly kind: 'device-hung'; readonly device: string; readonly detail: string };

export interface RunOptions {
  /** Names the job in events; default: a new id. */
  readonly job?: string;
  readonly signal?: AbortSignal;
  /** Where the result goes, where that is named already; else the program names it. */
  readonly output?: NamedOutput;
  /** The run that this job is of, when whoever runs it has several of its jobs: see `QueuedWork.run`. Default: one of its own. */
  readonly run?: string;
}

/** Names the output of a command that writes; null: it writes nothing. */
export type NameOutput = (
  command: CommandId,
  input: Readonly<Record<string, unknown>>,
) => Promise<NamedOutput | null>;

/**
 * The program as a host sees it: commands in, events out. Owns the queue (one job at a time for what
 * somebody looks at, one for other work or several of one run), the engine process and its supervision, and the device findings.
 */
export interface Program {
  /** Validates, queues where the command has a slot, runs. Rejects with HourglassError. */
  run<K extends CommandId>(
    command: K,
    input: InputOf<Commands[K]>,
    options?: RunOptions,
  ): Promise<OutputOf<Commands[K]>>;
  /** The same for input that came over a wire. @throws HourglassError unknown-command, invalid-parameter */
  runUnknown(command: string, input: unknown, options?: RunOptions): Promise<unknown>;
  cancel(job: string): void;
  tile(request: TileRequest, signal?: AbortSignal): Promise<TileBytes>;
  /** PNG. */
  thumbnail(path: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** JPEG; null: there is none. */
  cameraPreview(path: string, signal?: AbortSignal): Promise<Uint8Array | null>;
  /** A listener that throws is told of on stderr, once; the others and the work go on. */
  listen(listener: (event: HourglassEvent) => void): () => void;
  /** Running and waiting jobs. */
  readonly busy: boolean;
  /** Resident memory of the engine as it told last, bytes; 0: there is none. */
  readonly engineMemory: number;
  /** Ends the engine at once: what runs in it fails with `engine-died`, what comes next gets a fresh one. */
  endEngine(reason: string): void;
  /** Cancels everything, ends the engine. No partial file stays behind. */
  stop(): Promise<void>;
  /**
   * Ends the engine without waiting for running work (a second Ctrl-C); resolves, within moments, when
   * it is gone and what it left half done is removed. Never rejects.
   */
  kill(): Promise<void>;
}

export interface ProgramOptions {
  readonly launch: LaunchProcess;
  /** Where device findings are remembered, absolute. */
  readonly cacheFolder: string;
  /** The shipped models, absolute. */
  readonly modelsFolder: string;
  /** Models that the person added, absolute; it need not exist. */
  readonly userModelsFolder: string;
  readonly software: string;
  /** What `diagnostics` answers, of what the program knows and its host does. Absent: there is no such answer. */
  readonly diagnose?: (facts: {
    readonly devices: readonly DeviceReport[];
    readonly failures: Diagnostics['failures'];
  }) => Promise<Diagnostics>;
  /** Engine memory above which it is recycled between jobs, bytes. */
  readonly recycleAbove?: number;
}
