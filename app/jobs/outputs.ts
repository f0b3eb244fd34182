/**
 * Names the output of a command that writes a file: once, here in the host, from the template in its
 * input. The engine is told path and format and never resolves a template; what must be tidied up when
 * it dies follows from the same answer. What a template means is owned by `pixels/naming.ts`.
 */
import type { ZodType } from 'zod';
import { formatOfName, rolesOf, type CommandId, type NamedOutput } from '../contract/index.ts';
import { resolveOutput } from '../pixels/naming.ts';
import type { NameOutput } from './types.ts';

/** The template that keeps folder and name of the original. */
const sameName = '{dir}/{name}.{ext}';

const takesItsName = (out: string, source: string, format: NamedOutput['format']): boolean =>
  out === sameName && formatOfName(source) === format;

const filesOf = (input: Readonly<Record<string, unknown>>, field = ''): readonly unknown[] =>
  Array.isArray(input[field]) ? input[field] : [input];

const beside = (out: string, added: string): string => out.replace('{name}', `{name}${added}`);

/** One that is taken without being asked for needs no name. */
function pageAskedFor(command: CommandId, page: unknown): number | undefined {
  const field = rolesOf(command).input.shape.page as ZodType | undefined;
  return typeof page === 'number' && page !== field?.parse(undefined) ? page : undefined;
}

/**
 * @param input validated
 * @returns null for a command that writes nothing
 * @throws HourglassError invalid-parameter, output-is-source, file-not-found, not-an-image, …
 */
export const nameOutput: NameOutput = async (
  command: CommandId,
  input: Readonly<Record<string, unknown>>,
): Promise<NamedOutput | null> => {
  const { reads, writes } = rolesOf(command);
  if (!reads || !writes) return null;
  const { format, model, index, inputs } = input as unknown as {
    readonly format: NamedOutput['format'];
    readonly model?: string;
    readonly index: number;
    readonly inputs: number;
  };
  const takesLatentFiles = reads.kinds.every((kind) => kind === 'latent');
  const source = String(input[reads.field]);
  const out = String(input[writes.field]);
  const own = writes.format !== 'chosen' && writes.format !== 'given';
  return resolveOutput({
    source,
    out: writes.beside && takesItsName(out, source, format) ? beside(out, writes.beside) : out,
    format: own ? writes.format : format,
    model: model ?? 'auto',
    ...{ index, inputs, files: filesOf(input, reads.files).length },
    page: pageAskedFor(command, input.page),
    // What else it might be, the command says in its own words.
    ...(takesLatentFiles ? { sourceFormat: 'hgl' } : {}),
  });
};
