/**
 * Flags, derived from a command's schema: names, placeholders, ranges and defaults for `--help`, and
 * the reading of what was typed. No flag is written by hand, here or elsewhere. Validation is the
 * contract's `parseInput`.
 */
import * as z from 'zod';
import {
  batchOptionsSchema,
  counted,
  runOptionsSchema,
  watchOptionsSchema,
  type CommandDefinition,
  type JsonSchema,
} from '../../contract/index.ts';
import { kebab } from '../shared/kebab.ts';

export interface Flag {
  /** The schema's field, `maxMegapixels`. */
  readonly field: string;
  /** `--max-megapixels`, or `--no-x` for a switch that is on by default. */
  readonly flag: string;
  readonly description: string;
  /** What a value looks like, `1–2000`; null for a switch. */
  readonly placeholder: string | null;
  /** Values that are words, where only or also such are allowed. */
  readonly choices: readonly string[];
  /** As shown to a person; null: there is none. */
  readonly default: string | null;
  readonly required: boolean;
  /**
   * Turns what was typed into the schema's type; nonsense stays text, for validation to name.
   * @param before what was read for the same flag before
   */
  readonly read: (text: string, before?: unknown) => unknown;
}

/** The field whose value is typed without a flag, where it is not a list of files. */
export const argumentOf = ({ cli, reads }: CommandDefinition): string | undefined =>
  cli?.argument ?? (reads?.many ? undefined : reads?.field);

/** Every field of a command's input but the ones typed without a flag or filled in for each file. */
export function flagsOf(command: CommandDefinition): Flag[] {
  const { reads, writes } = command;
  const filled = [
    reads?.field,
    reads?.files,
    reads?.series,
    command.cli?.argument,
    command.cli?.second,
    ...(writes ? Object.keys(counted) : []),
  ];
  return Object.entries(command.input.shape)
    .filter(([field]) => !filled.includes(field))
    .map(([field, schema]) => flagOf(field, schema as z.ZodType));
}

/** What is asked of a run besides; null: the command takes one file, or edits in place. */
export function runSchemaOf({
  reads,
  writes,
  runs,
}: CommandDefinition): typeof runOptionsSchema | typeof batchOptionsSchema | null {
  if (!reads?.many || runs === 'terminal') return null;
  return writes ? batchOptionsSchema : runOptionsSchema;
}

/** The flags of `runSchemaOf`. */
export const runFlagsOf = (command: CommandDefinition): Flag[] =>
  Object.entries(runSchemaOf(command)?.shape ?? {}).map(([field, schema]) =>
    flagOf(field, schema as z.ZodType),
  );

/** The flags of a watch over folders besides those of its command. */
export const watchFlags = (): Flag[] =>
  Object.entries(watchOptionsSchema.shape).map(([field, schema]) =>
    flagOf(field, schema as z.ZodType),
  );

function flagOf(field: string, schema: z.ZodType): Flag {
  const json = jsonOf(schema);
  const placeholder = placeholderOf(json);
  const isSwitch = placeholder === null;
  const negated = isSwitch && json.default === true;
  return {
    field,
    flag: `--${negated ? 'no-' : ''}${kebab(field)}`,
    description: json.description ?? '',
    placeholder,
    choices: choicesOf(json),
    default: isSwitch || json.default === undefined ? null : String(json.default),
    required: !schema.safeParse(undefined).success,
    read: reader(json),
  };
}

/** `<auto|0–200>`: every way to fill the field in, without the brackets. */
function placeholderOf(json: JsonSchema): string | null {
  if (json.anyOf) return json.anyOf.map((choice) => placeholderOf(choice) ?? 'yes|no').join('|');
  if (json.const !== undefined) return String(json.const);
  if (json.enum) return json.enum.map(String).join('|');
  if (json.type === 'boolean') return null;
  if (json.type === 'number' || json.type === 'integer') {
    const { minimum, maximum } = json;
    const bounded = (value: number | undefined): value is number =>
      value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
    if (bounded(minimum) && bounded(maximum)) return `${minimum}–${maximum}`;
    return bounded(minimum) ? `${minimum}…` : 'number';
  }
  if (json.type === 'string' || json.type === 'array') return 'text';
  if (json.type === 'object' && json.properties) return Object.keys(json.properties).join(',');
  throw new Error(`A field of type ${json.type ?? 'unknown'} can not be a flag.`);
}

/** Words that a field may be, as `Flag` has them. */
export const choicesOfField = (schema: z.ZodType): string[] => choicesOf(jsonOf(schema));

const jsonOf = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;

const choicesOf = (json: JsonSchema): string[] => {
  if (json.anyOf) return json.anyOf.flatMap(choicesOf);
  if (json.enum) return json.enum.map(String);
  return json.const === undefined ? [] : [String(json.const)];
};

function reader(json: JsonSchema): Flag['read'] {
  const choices = json.anyOf ?? [json];
  const takesNumber = choices.some(({ type }) => type === 'number' || type === 'integer');
  const isPercent = /percent/i.test(json.description ?? '');
  if (json.type === 'array')
    return (text, before) => [...(Array.isArray(before) ? (before as unknown[]) : []), text];
  if (json.type === 'object') return (text) => readObject(Object.keys(json.properties ?? {}), text);
  return (text) => {
    if (!takesNumber) return text;
    const digits = isPercent ? text.trim().replace(/\s*%$/, '') : text.trim();
    const value = Number(digits);
    return digits !== '' && Number.isFinite(value) ? value : text;
  };
}

/** `0,0,512,512` as an object of numbers, in the order of its fields; nonsense stays text. */
function readObject(fields: readonly string[], text: string): unknown {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length !== fields.length || parts.includes('')) return text;
  const values = parts.map(Number);
  if (!values.every(Number.isFinite)) return text;
  return Object.fromEntries(fields.map((field, index) => [field, values[index]]));
}
