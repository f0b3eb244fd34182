/**
 * The closed list of error codes, each with what it means and what to do. `docs/errors.md` is
 * generated from this table. Throwing anything else across a process boundary is a bug, and is
 * reported as `internal`.
 */
import { extensionOf, photoLabels } from './formats.ts';
import { sayText } from './sentences/index.ts';
import { say } from './sentences.ts';

export interface ErrorEntry {
  /** One sentence for the manual: when this happens. */
  readonly meaning: string;
  /** One sentence for the person: what to do. Used as the default hint. What only a command line has stands in it as `withoutCommandLine` says. */
  readonly remedy: string;
}

export const errorCatalogue = {
  'invalid-parameter': {
    meaning: 'A parameter is missing, of the wrong type or out of its range.',
    remedy: 'Check the name and the range (`hourglass <command> --help`).',
  },
  'unknown-command': {
    meaning: 'There is no command of that name.',
    remedy: 'Run `hourglass --help` for the list.',
  },
  'file-not-found': {
    meaning: 'The file or folder does not exist.',
    remedy: 'Check the path; nothing was changed.',
  },
  'file-not-readable': {
    meaning: 'The file exists but may not or can not be read.',
    remedy: 'Check its permissions, and that the disk is still connected.',
  },
  'not-an-image': {
    meaning: 'The file’s first bytes are of no image format that Hourglass knows.',
    remedy: `Hourglass opens ${photoLabels}, and its own latent files (.${extensionOf('hgl')}).`,
  },
  'unsupported-image': {
    meaning: 'The format is known, but this variant of it is not supported.',
    remedy: 'Convert the file to TIFF or PNG in another program first.',
  },
  'damaged-image': {
    meaning: 'The file is of a known format, but its content is damaged or cut short.',
    remedy: 'Try to get the file again from its source.',
  },
  'image-too-large': {
    meaning:
      'The image declares more pixels than the limit, which protects the memory, or decoding it would take more memory than is free, or far more than files of its size do.',
    remedy:
      'If you trust the file, raise the limit (`--max-megapixels`), or allow the memory (`--allow-memory`).',
  },
  'decode-timeout': {
    meaning: 'Decoding took longer than the limit.',
    remedy: 'The file is probably damaged; convert it in another program first.',
  },
  'output-exists': {
    meaning: 'The output file exists already; Hourglass never overwrites by itself.',
    remedy: 'Choose another name, or allow it (`--overwrite`).',
  },
  'output-is-source': {
    meaning: 'The output would overwrite the original, which Hourglass never does.',
    remedy: 'Choose another name or folder for the output.',
  },
  'output-not-writable': {
    meaning: 'The output can not be written.',
    remedy: 'Check the folder’s permissions and the free space on the disk.',
  },
  'output-unsupported': {
    meaning: 'The chosen output format can not hold this image.',
    remedy: 'Choose another format, TIFF or PNG for example.',
  },
  'size-not-met': {
    meaning: 'The file can not be made as small as asked, not even at the lowest quality.',
    remedy: 'Ask for a larger size or another format, or make the picture smaller.',
  },
  'model-not-found': {
    meaning: 'No installed model has this id.',
    remedy: 'Choose one that is installed (`hourglass models` lists them).',
  },
  'model-damaged': {
    meaning: 'A model’s file does not match the checksum in its card.',
    remedy: 'Install Hourglass again, or the model.',
  },
  'model-unsuitable': {
    meaning: 'The model can not be used for this image or task.',
    remedy: 'Choose another model.',
  },
  'device-not-found': {
    meaning: 'The device asked for does not exist here or failed its check.',
    remedy: 'Choose another one (`hourglass devices` tells which passed and why others did not).',
  },
  'device-failed': {
    meaning: 'The device failed during the work, after part of the result had been delivered.',
    remedy: 'Run again on the CPU (`--device cpu`).',
  },
  'out-of-memory': {
    meaning: 'The work did not fit into memory, even with the smallest tiles.',
    remedy: 'Close other programs, or lower the image’s size.',
  },
  'limit-reached': {
    meaning: 'A file took more time or memory than a run was told to give to one file.',
    remedy: 'Raise the limit (`--time-limit`, `--memory-limit`), or look at the file by itself.',
  },
  'engine-died': {
    meaning: 'The process that does the native work ended unexpectedly while working on this file.',
    remedy: 'The other files go on. If this file fails again, please report it with the file.',
  },
  'queue-not-usable': {
    meaning:
      'The queue that several machines share can not be reached, or is not one that can be used.',
    remedy: 'Check that Redis runs at that address, and that this machine may reach it.',
  },
  'archive-not-usable': {
    meaning: 'An archive can not be reached, or does not take what is sent to it.',
    remedy:
      'Check its address, the token and what it takes. The files are as they were on the disk and can be sent again.',
  },
  'document-not-open': {
    meaning: 'The document is not open (any more).',
    remedy: 'Open the file again.',
  },
  'not-allowed': {
    meaning: 'The request was refused for security: wrong token, origin, sender or path.',
    remedy: 'Open Hourglass from the address that it printed.',
  },
  cancelled: {
    meaning: 'The work was cancelled; nothing was written.',
    remedy: 'Start it again when you like.',
  },
  internal: {
    meaning: 'Hourglass itself made a mistake.',
    remedy: 'Please report it with the message.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

export const errorCodes = Object.keys(errorCatalogue) as ErrorCode[];

/** What an error looks like on a wire (IPC, HTTP, JSON lines). */
export interface SerializedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The one error type of the program. `message` is a whole sentence that names the file or field. */
export class HourglassError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HourglassError';
    this.code = code;
    this.hint = options.hint ?? sayText(`error.${code}.remedy`, errorCatalogue[code].remedy);
    this.details = options.details;
  }

  toJSON(): SerializedError {
    return {
      code: this.code,
      message: this.message,
      hint: this.hint,
      ...(this.details ? { details: this.details } : {}),
    };
  }

  static fromJSON(error: SerializedError): HourglassError {
    return new HourglassError(error.code, error.message, {
      hint: error.hint,
      ...(error.details ? { details: { ...error.details } } : {}),
    });
  }
}

/** What work that was cancelled ends with; `cause` where something else said so first. */
export const cancelledError = (cause?: unknown): HourglassError =>
  new HourglassError('cancelled', say('workCancelled'), { cause });

/** Turns whatever was thrown into a HourglassError; an AbortError becomes `cancelled`. */
export function toHourglassError(error: unknown): HourglassError {
  if (error instanceof HourglassError) return error;
  if (error instanceof Error && error.name === 'AbortError') return cancelledError(error);
  const message = error instanceof Error ? error.message : String(error);
  return new HourglassError('internal', withoutFolders(message), { cause: error });
}

/** What the runtime says names files by where they are installed, which tells a person nothing: their names stay. */
const withoutFolders = (message: string): string =>
  message.replace(
    /(?<![\w.:/\\-])(?:file:\/\/)?(?:[A-Za-z]:)?(?:[\\/][^\s'"`:()\\/]+)+[\\/](?=[^\s\\/])/g,
    '',
  );

/** The one sentence for an invalid parameter: *expected X for NAME but received VALUE of type T*. */
export function invalidParameter(
  name: string,
  expected: string,
  received: unknown,
): HourglassError {
  const type = received === null ? 'null' : Array.isArray(received) ? 'array' : typeof received;
  const shown =
    type === 'string' ? `"${String(received)}"` : (JSON.stringify(received) ?? 'nothing');
  return new HourglassError(
    'invalid-parameter',
    received === undefined
      ? say('expectedForNotGiven', { expected, name })
      : say('expectedForButReceivedType', { expected, name, shown, type }),
    { details: { name } },
  );
}

/** The sentence of `invalidParameter` where a door has another name for the parameter: `--sigma` for `sigma`. */
export function withParameterName(message: string, name: string, other: string): string {
  const around = (called: string): readonly string[] =>
    [
      say('expectedForButReceivedType', { expected: '\n', name: called, shown: '\n', type: '\n' }),
      say('expectedForNotGiven', { expected: '\n', name: called }),
    ].map((sentence) => sentence.split('\n').find((part) => part.includes(called)) ?? called);
  const others = around(other);
  return around(name).reduce((text, part, at) => text.replace(part, () => others[at]!), message);
}

/** Of a whole number that lies elsewhere. */
export const notBetween = (
  name: string,
  minimum: number,
  maximum: number,
  received: number,
): HourglassError =>
  invalidParameter(name, say('fromTo', { kind: say('integer'), minimum, maximum }), received);

/** A hint without what only a command line has: parentheses that begin with code, " (`--overwrite`)". For doors that have buttons instead. */
export const withoutCommandLine = (hint: string): string =>
  hint.replace(/\s?[(（]`[^()（）]*[)）]/g, '');

/** Throws `cancelled` when the signal has fired. Call it at least once per tile. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelledError();
}
