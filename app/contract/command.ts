/**
 * What a command is. The table of commands is `commands.ts`; what runs them is registered in
 * `app/jobs/engine/capabilities.ts` (engine) and in the hosts (host commands).
 */
import { z } from 'zod';
import { invalidParameter } from './errors.ts';

/**
 * Where and how a command runs.
 * - `light`: in the engine, at once, beside whatever is running (must answer in milliseconds or await I/O)
 * - `interactive`: in the engine, in the queue, before waiting batch work
 * - `batch`: in the engine, in the queue
 * - `host`: in the host itself (devices, adding models)
 */
export type Lane = 'light' | 'interactive' | 'batch' | 'host';

/** `pictures`: images but latent files; `latent`: latent files alone. */
export type FileKind = 'images' | 'pictures' | 'latent';

export interface CommandDefinition<
  I extends z.ZodObject = z.ZodObject,
  O extends z.ZodType = z.ZodType,
> {
  readonly id: string;
  /** Imperative, for menus and help. */
  readonly title: string;
  /** One or two plain sentences for the manual and `--help`. */
  readonly summary: string;
  readonly lane: Lane;
  readonly input: I;
  readonly output: O;
  /** Present: the command is also a verb of the command line. */
  readonly cli?: {
    /** Input field that takes files, folders and globs; one job is made per file found. */
    readonly files?: string;
    /** Kind of files that a walk through folders takes; default: every image. */
    readonly takes?: FileKind;
    /** The output's format, where it is always the same one. */
    readonly writes?: 'hgl';
    /** Input field of one value that is typed without a flag; the command has no `files` then. */
    readonly argument?: string;
    /** Input fields that the command line fills in itself for each file; they are no flags. */
    readonly counted?: { readonly index: string; readonly inputs: string };
    /** Example invocations for `--help`. */
    readonly examples: readonly string[];
  };
}

export const defineCommand = <I extends z.ZodObject, O extends z.ZodType>(
  definition: CommandDefinition<I, O>,
): CommandDefinition<I, O> => definition;

export type InputOf<C extends CommandDefinition> = z.input<C['input']>;
export type ParsedInputOf<C extends CommandDefinition> = z.output<C['input']>;
export type OutputOf<C extends CommandDefinition> = z.output<C['output']>;

/** Monotonic within one run: `done` never falls, `total` never changes once it is not 0. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly unit: 'tiles' | 'rows' | 'files' | 'bytes';
  readonly message: string;
  /** Size of the picture being worked on, millions of pixels; where it is known. */
  readonly megapixels?: number;
}

/** What a running command may use. */
export interface CommandContext {
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  /** Sends an event to every listener of the program (see `events.ts`). */
  readonly emit: (event: import('./events.ts').HourglassEvent) => void;
}

export type CommandRun<C extends CommandDefinition> = (
  input: ParsedInputOf<C>,
  context: CommandContext,
) => Promise<OutputOf<C>>;

/**
 * Validates input on the trusted side and fills in defaults.
 * @throws HourglassError `invalid-parameter` with the one sentence for the first wrong field
 */
export function parseInput<C extends CommandDefinition>(
  command: C,
  input: unknown,
): ParsedInputOf<C> {
  const result = command.input.strict().safeParse(input ?? {});
  if (result.success) return result.data as ParsedInputOf<C>;
  const issue = result.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    throw invalidParameter(
      key,
      `one of the parameters ${Object.keys(command.input.shape).join(', ')}`,
      (input as Record<string, unknown>)[key],
    );
  }
  const name = issue.path.map(String).join('.') || 'input';
  const received = issue.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    input,
  );
  const field = command.input.shape[String(issue.path[0])] as z.ZodType | undefined;
  throw invalidParameter(name, field ? expectation(field) : issue.message, received);
}

/** A schema in words: "a number from 0 to 200", "one of keep, jpeg, png". */
export function expectation(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return wordsFor(json);
}

/** The part of JSON Schema that our schemas produce. */
export interface JsonSchema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  minimum?: number;
  maximum?: number;
  description?: string;
  default?: unknown;
  pattern?: string;
  examples?: unknown[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

function wordsFor(json: JsonSchema): string {
  if (json.anyOf) return json.anyOf.map(wordsFor).join(' or ');
  if (json.const !== undefined) return JSON.stringify(json.const);
  if (json.enum) return `one of ${json.enum.map(String).join(', ')}`;
  if (json.type === 'number' || json.type === 'integer') {
    const kind = json.type === 'integer' ? 'an integer' : 'a number';
    const bounded = (value: number | undefined): value is number =>
      value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
    if (bounded(json.minimum) && bounded(json.maximum))
      return `${kind} from ${json.minimum} to ${json.maximum}`;
    if (bounded(json.minimum)) return `${kind} of at least ${json.minimum}`;
    return kind;
  }
  if (json.type === 'boolean') return 'true or false';
  if (json.type === 'string' && json.examples)
    return `text such as ${json.examples.map(String).join(' or ')}`;
  if (json.type === 'string') return json.pattern ? `text that matches ${json.pattern}` : 'text';
  if (json.type === 'array') return `a list of ${json.items ? wordsFor(json.items) : 'values'}`;
  const fields = Object.keys(json.properties ?? {});
  return fields.length > 0 ? `an object of ${fields.join(', ')}` : 'an object';
}
