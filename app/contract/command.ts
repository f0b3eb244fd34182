/**
 * What a command is: its input and output, and the parts that its fields play (what it reads, writes,
 * supersedes), so that no door guesses them from names. All commands are in `commands.ts`; what
 * runs them is registered in `app/jobs/engine/capabilities.ts` and `app/jobs/host-commands.ts`.
 */
import * as z from 'zod';
import type { Notice } from './domain.ts';
import { HourglassError, invalidParameter } from './errors.ts';
import type { Family, OutputFormat, OwnFormat } from './formats.ts';
import { say } from './sentences.ts';

/** What a file is, as far as commands tell them apart. */
export type FileKind = Family | 'network';

/**
 * Where a command runs: in the engine, in the host itself, in a process that the host starts for
 * it alone (a probe that may die), or in the terminal where a person typed it: no page can ask for that.
 */
export type RunsIn = 'engine' | 'host' | 'process' | 'terminal';

/**
 * Which of the engine's two queues a command waits in: `view` is what somebody looks at, `work` may
 * take its time.
 */
export type Slot = 'view' | 'work';

export interface CommandDefinition<
  I extends z.ZodObject = z.ZodObject,
  O extends z.ZodType = z.ZodType,
  R extends RunsIn = RunsIn,
  P extends string = string,
> {
  readonly id: string;
  /** Imperative, for menus and help. */
  readonly title: string;
  /** One or two plain sentences for the manual and `--help`. */
  readonly summary: string;
  readonly runs: R;
  /** Absent: answered at once, beside the rest. Only the engine has slots. */
  readonly slot?: Slot;
  /** The file that a command is about, where it is about one. */
  readonly reads?: {
    /** The input field that names it: a path, or `@id` of a file that the host has admitted. */
    readonly field: string;
    /** The input field that names all files of it, where it comes from several: hosts fill it in. */
    readonly files?: string;
    /** The input field that says which files of its series are measured, of a file that is one of several: hosts fill it in. */
    readonly series?: string;
    /** What a walk through folders takes for it. */
    readonly kinds: readonly FileKind[];
    /** One job is made per file, where a person names several files, folders or globs. */
    readonly many: boolean;
  };
  /** The file that a command makes of the one it reads. */
  readonly writes?: {
    /** The input field that says where: a file, a folder or a template. */
    readonly field: string;
    /** `chosen`: the input's `format` says it, or the name does; `given`: only the input's `format`. */
    readonly format: 'chosen' | 'given' | OwnFormat;
    /** Added to the name where results, called as they are by default, would have that of the original. */
    readonly beside?: string;
    /** Under this name it is remembered how a person wants such files: name, folder, format. See `places.ts`. */
    readonly place: P;
  };
  /**
   * Fields in which an unfinished job of the same command must equal a new one to be cancelled by it:
   * nobody looks at what it would show. Absent: jobs do not end each other.
   */
  readonly supersedes?: readonly string[];
  /** Begun again with the same input, it goes on from where it was cut off. Default: from the start. */
  readonly resumable?: boolean;
  /** It takes minutes or hours and leaves the slot to others: it runs beside what is queued there, and nothing waits for it. */
  readonly beside?: true;
  /** Files of a run that are under way at the most, where more cost and bring nothing. Default: as `app/jobs/runs/flow.ts` has it. */
  readonly atOnce?: number;
  /** It changes the program itself (adds or removes networks): no service offers it. */
  readonly administers?: true;
  /** It sends what is in files to another machine: neither a page nor a service can ask for it, a person types it. */
  readonly discloses?: true;
  /** It writes a folder that its input names, as it is: neither a page nor a service can ask for it, a person types it. */
  readonly writesFolder?: true;
  /** It reads files that its input names in lists, which no door admits one by one: neither a page nor a service can ask for it. */
  readonly readsLists?: true;
  readonly input: I;
  readonly output: O;
  /** Present: the command is also a verb of the command line. */
  readonly cli?: {
    /** Input field of one value that is typed without a flag; a command that reads one file takes that. */
    readonly argument?: string;
    /** Another one, typed behind it, that may be left out. */
    readonly second?: string;
    /** Example invocations for `--help`. */
    readonly examples: readonly string[];
  };
}

/** The fields that a definition names must be fields of its input. */
interface NamesFieldsOf<I extends z.ZodObject, F = Extract<keyof I['shape'], string>> {
  readonly reads?: { readonly field: F; readonly files?: F; readonly series?: F };
  readonly writes?: { readonly field: F };
  readonly supersedes?: readonly F[];
  readonly cli?: { readonly argument?: F; readonly second?: F };
}

export const defineCommand = <
  I extends z.ZodObject,
  O extends z.ZodType,
  const R extends RunsIn,
  const P extends string = never,
>(
  definition: CommandDefinition<I, O, R, P> & NamesFieldsOf<I>,
): CommandDefinition<I, O, R, P> => {
  madeOnce(definition, 'input');
  madeOnce(definition, 'output');
  return definition;
};

/**
 * A schema that a definition has as a getter is made when it is first asked for: a process needs those of few commands, and to make all of
 * them is a twentieth of what the command line takes to its first pixel.
 */
function madeOnce(definition: object, field: 'input' | 'output'): void {
  const make = Object.getOwnPropertyDescriptor(definition, field)?.get;
  if (!make) return;
  let made: unknown;
  Object.defineProperty(definition, field, { get: () => (made ??= make.call(definition)) });
}

export type InputOf<C extends CommandDefinition> = z.input<C['input']>;
export type ParsedInputOf<C extends CommandDefinition> = z.output<C['input']>;
export type OutputOf<C extends CommandDefinition> = z.output<C['output']>;

/** Monotonic within one run: `done` never falls, `total` never changes once it is not 0. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly unit: 'tiles' | 'rows' | 'files' | 'bytes' | 'steps';
  readonly message: string;
  /** Size of the picture being worked on, millions of pixels; where it is known. */
  readonly megapixels?: number;
}

/** Where a result goes: named by the host, before the engine hears of the job. */
export interface NamedOutput {
  /** Absolute. */
  readonly path: string;
  readonly format: OutputFormat | 'hgl';
  /** What naming it has changed. */
  readonly notices: readonly Notice[];
}

/** An output that is a picture. */
export type PictureOutput = NamedOutput & { readonly format: OutputFormat };
export const isPicture = (format: NamedOutput['format']): format is OutputFormat =>
  format !== 'hgl';

/** Asked for by a person who types it, and by nobody else: it reads or writes files or folders that it was given, or sends them away. */
export const isTypedOnly = ({
  runs,
  discloses,
  writesFolder,
  readsLists,
}: Pick<CommandDefinition, 'runs' | 'discloses' | 'writesFolder' | 'readsLists'>): boolean =>
  runs === 'terminal' || discloses === true || writesFolder === true || readsLists === true;

/** What a running command may use. */
export interface CommandContext {
  /** Id of the job, as in events. */
  readonly job: string;
  /** Id of the run that it is of (`timed-id.ts`); absent: of none. */
  readonly run?: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  /** Sends an event to every listener of the program (see `events.ts`). */
  readonly emit: (event: import('./events.ts').HourglassEvent) => void;
  /** Present for a command that writes. */
  readonly output?: NamedOutput;
}

/**
 * The output of a command that writes in the format of `isFormat`.
 * @throws HourglassError internal where the host has named none, or one of another format
 */
export function outputOf<F extends NamedOutput['format']>(
  { output }: Pick<CommandContext, 'output'>,
  isFormat: (format: NamedOutput['format']) => format is F,
): NamedOutput & { readonly format: F } {
  if (output && isFormat(output.format)) return { ...output, format: output.format };
  throw new HourglassError('internal', say('outputNotNamedBeforeWork'));
}

export type CommandRun<C extends CommandDefinition> = (
  input: ParsedInputOf<C>,
  context: CommandContext,
) => Promise<OutputOf<C>>;

/** A strict schema is a new one, and zod compiles each anew: more work than the parsing, once for each call. */
const strictInputs = new WeakMap<z.ZodObject, z.ZodObject>();

function strictOf(schema: z.ZodObject): z.ZodObject {
  const known = strictInputs.get(schema) ?? schema.strict();
  strictInputs.set(schema, known);
  return known;
}

/**
 * Validates input on the trusted side and fills in defaults.
 * @throws HourglassError `invalid-parameter` with the one sentence for the first wrong field
 */
export function parseInput<C extends CommandDefinition>(
  command: C,
  input: unknown,
): ParsedInputOf<C> {
  const result = strictOf(command.input).safeParse(input ?? {});
  if (result.success) return result.data as ParsedInputOf<C>;
  const issue = result.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    throw invalidParameter(
      key,
      say('oneOfParameters', { names: Object.keys(command.input.shape).join(', ') }),
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
  if (json.anyOf) return json.anyOf.map(wordsFor).reduce((one, other) => say('or', { one, other }));
  if (json.const !== undefined) return JSON.stringify(json.const);
  if (json.enum) return say('oneOf', { values: json.enum.map(String).join(', ') });
  if (json.type === 'number' || json.type === 'integer') {
    const kind = json.type === 'integer' ? say('integer') : say('number');
    const bounded = (value: number | undefined): value is number =>
      value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
    if (bounded(json.minimum) && bounded(json.maximum))
      return say('fromTo', { kind, minimum: json.minimum, maximum: json.maximum });
    if (bounded(json.minimum)) return say('atLeast', { kind, minimum: json.minimum });
    return kind;
  }
  if (json.type === 'boolean') return say('trueOrFalse');
  if (json.type === 'string' && json.examples)
    return say('textSuch', {
      examples: json.examples.map(String).reduce((one, other) => say('or', { one, other })),
    });
  if (json.type === 'string')
    return json.pattern ? say('textMatches', { pattern: json.pattern }) : say('text');
  if (json.type === 'array')
    return say('list', { items: json.items ? wordsFor(json.items) : say('values') });
  const fields = Object.keys(json.properties ?? {});
  return fields.length > 0 ? say('object', { fields: fields.join(', ') }) : say('anyObject');
}
