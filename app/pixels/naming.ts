/**
 * Where an output goes and what it is called: `--out` as a file, a folder or a template of
 * {dir} {name} {ext} {model} {n}. Decides format and name only; that nothing is overwritten is
 * made sure of by `write.ts`, at the moment of writing.
 */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import {
  extensionIn,
  extensionOf,
  formatOfExtension,
  HourglassError,
  invalidParameter,
  isOutputFormat,
  keptFormat,
  labelOf,
  listed,
  nameOfPage,
  outputFormats,
  type ImageFormat,
  type NamedOutput,
  type Notice,
} from '../contract/index.ts';
import { identify } from './identify.ts';
import { sameFile } from './same-file.ts';
import { say } from './sentences.ts';

type WrittenFormat = NamedOutput['format'];

export interface OutputRequest {
  /** The source file. */
  readonly source: string;
  /** File, folder (exists as one, or ends with a slash) or template. */
  readonly out: string;
  readonly format: WrittenFormat | 'keep';
  /** Id of the model, for {model}. */
  readonly model: string;
  /** Number of this file in the run, from 1, for {n}. */
  readonly index: number;
  /** How many files the run has; {n} is padded to its digits. Default 1. */
  readonly inputs?: number;
  /** Format of the source where it is known already; read from the file otherwise. */
  readonly sourceFormat?: ImageFormat;
  /** Files that the source comes from. Default 1. */
  readonly files?: number;
  /** The one page of it that was asked for: {name} says which. */
  readonly page?: number | undefined;
}

/** The format that a name given by a person decides on. */
const writtenFormatOf = (extension: string): WrittenFormat | null => {
  const format = formatOfExtension(extension);
  return format !== null && (format === 'hgl' || isOutputFormat(format)) ? format : null;
};

const placeholders = ['dir', 'name', 'ext', 'model', 'n'] as const;

/** As it stands in a template. */
const braced = (placeholder: (typeof placeholders)[number]): string => `{${placeholder}}`;

/** Longest file name that every usual file system takes, bytes of UTF-8. */
const maxNameBytes = 255;

/**
 * Resolves an output.
 * - a literal extension decides the format (`--format` must agree); `{ext}` is the source's own
 *   spelling where the format stays, else the format's usual extension
 * - sources that are not written themselves become PNG or TIFF (`keptFormat`); but for latent files that is said
 * @throws HourglassError invalid-parameter, output-is-source, file-not-found, not-an-image, …
 */
export async function resolveOutput(request: OutputRequest): Promise<NamedOutput> {
  const { source, out, inputs = 1 } = request;
  for (const [name, text] of Object.entries({ out, model: request.model }))
    if (text.includes('\0'))
      throw invalidParameter(name, say('textWithoutZeros'), text.replaceAll('\0', '\\0'));
  const isTemplate = holdsPlaceholder(out);
  const isFolder = await namesFolder(out);
  if (isTemplate) checkTemplate(out, inputs);
  const pattern = isFolder ? join(out, '{name}.{ext}') : out;
  const literal = extensionIn(basename(pattern));
  const literalFormat = /[{}]/.test(literal) ? null : writtenFormatOf(literal);
  if (!isTemplate && !isFolder) checkFile(request, literalFormat, inputs);
  if (literalFormat === 'hgl' && request.format !== 'hgl')
    throw invalidParameter('out', say('nameOfPicture'), out);
  if (literalFormat && request.format !== 'keep' && request.format !== literalFormat)
    throw invalidParameter(
      'out',
      say('nameEndingWith', {
        extension: extensionOf(request.format),
        format: request.format,
      }),
      out,
    );

  const notices: Notice[] = [];
  const format = literalFormat ?? (await formatFor(request, notices));
  // A template without any extension gets the right one: "clean/{name}".
  const complete = literalFormat || pattern.includes('{ext}') ? pattern : `${pattern}.{ext}`;
  const path = expand(complete, request, format, notices);
  if (await sameFile(path, source))
    throw new HourglassError(
      'output-is-source',
      say('outputIsOriginal', { name: basename(source) }),
    );
  return { path, format, notices };
}

const holdsPlaceholder = (out: string): boolean => /\{[^{}]*\}/.test(out);

/** True for an output that is a folder: it ends like one, or there is one, and it is no template. */
export async function namesFolder(out: string): Promise<boolean> {
  if (holdsPlaceholder(out)) return false;
  return (
    /[/\\]$/.test(out.replaceAll('/', sep)) || out.endsWith('/') || (await isExistingFolder(out))
  );
}

const isExistingFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isDirectory() ?? false;

function checkTemplate(out: string, inputs: number): void {
  for (const [whole, name] of out.matchAll(/\{([^{}]*)\}/g))
    if (!placeholders.some((placeholder) => placeholder === name))
      throw invalidParameter(
        'out',
        say('templateOf', { placeholders: placeholders.map(braced).join(' '), found: whole }),
        out,
      );
  if (inputs > 1 && !/\{(name|n)\}/.test(out))
    throw invalidParameter(
      'out',
      say('templateForSeveral', { one: braced('name'), other: braced('n') }),
      out,
    );
}

function checkFile(
  { out, format: wanted }: OutputRequest,
  format: WrittenFormat | null,
  inputs: number,
): void {
  const possible = wanted === 'hgl' ? [wanted] : outputFormats;
  const endings = listed(
    possible.map((one) => `.${extensionOf(one)}`),
    'or',
  );
  if (!format) throw invalidParameter('out', say('fileFolderOrTemplate', { endings }), out);
  if (inputs > 1) throw invalidParameter('out', say('folderOrTemplate'), out);
}

async function formatFor(request: OutputRequest, notices: Notice[]): Promise<WrittenFormat> {
  if (request.format !== 'keep') return request.format;
  const format = request.sourceFormat ?? (await identify(request.source)).format;
  const becomes = keptFormat(format, request.files);
  if (becomes === format) return becomes;
  // Of a latent file everybody knows that a picture comes out of it.
  if (format !== 'hgl')
    notices.push({
      level: 'info',
      text: say('writtenAs', {
        name: basename(request.source),
        format: labelOf(format),
        becomes: labelOf(becomes),
      }),
    });
  return becomes;
}

function expand(
  pattern: string,
  request: OutputRequest,
  format: WrittenFormat,
  notices: Notice[],
): string {
  const file = basename(request.source);
  const ownExtension = extensionIn(file);
  const own = formatOfExtension(ownExtension);
  const stem = own ? file.slice(0, -ownExtension.length - 1) : file;
  // It stays whole where a long name is cut.
  const page = request.page === undefined ? '' : nameOfPage('', request.page);
  const values: Record<string, string> = {
    dir: dirname(resolve(request.source)),
    ext: own === format ? ownExtension : extensionOf(format),
    model: request.model,
    n: String(request.index).padStart(String(request.inputs ?? 1).length, '0'),
  };
  // One pass, so that braces in a file's own name are never taken for placeholders.
  const fill = (name: string): string =>
    resolve(
      pattern.replace(/\{(\w+)\}/g, (_, key: string) => (key === 'name' ? name : values[key]!)),
    );
  let name = stem;
  let path = fill(name + page);
  while (Buffer.byteLength(basename(path)) > maxNameBytes && name !== '') {
    name = [...name].slice(0, -1).join('');
    path = fill(name + page);
  }
  if (name !== stem)
    notices.push({
      level: 'info',
      text: say('nameShortened', { name: stem }),
    });
  return path;
}
