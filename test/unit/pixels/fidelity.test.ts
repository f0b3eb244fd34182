/**
 * What of a file survives in another format: the manual's page `docs/manual/fidelity.md`, made from files that are written
 * and read again, and held fresh here. `UPDATE_FIDELITY=1` writes it. Other programs read the results too (`fidelity/tools.ts`).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { format as pretty, resolveConfig } from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { familyOf, formatsFor, imageFormats, isOutputFormat, labelOf, outputFormats, type ImageFormat, type Notice } from '../../../app/contract/index.ts'; // prettier-ignore
import { codecReader } from '../../../app/codecs/reader.ts';
import { createLatentReader } from '../../../app/latent/reader.ts';
import { decodeImage, type DecodedImage } from '../../../app/pixels/index.ts';
import { rawReader } from '../../../app/raw/reader.ts';
import { buildAppIfStale } from '../../../build/build.mjs';
import { createTestEngine, hasLatentModel, noLatentModel, type TestEngine } from '../latent/codec-support.ts'; // prettier-ignore
import { questions, type Question } from './fidelity/questions.ts';
import { makeSources } from './fidelity/sources.ts';
import { inExiftool, inPngcheck, inTiffinfo, readByExiftool, readByPngcheck, readByTiffinfo } from './fidelity/tools.ts'; // prettier-ignore
import { debianTool } from '../../debian.ts';
import { requestFor, scratchFolder, writeWhole } from './support.ts';

const folder = scratchFolder();
const page = join(import.meta.dirname, '../../../docs/manual/fidelity.md');
let engine: TestEngine;

type Cell = 'kept' | 'converted' | 'said' | 'refused' | 'silent';
/** By format, format and what there is; absent: the source can not hold it. */
const cells = new Map<string, Cell>();
const silent: string[] = [];

/** A file that was made of another; null: refused. */
interface Made {
  readonly image: DecodedImage | null;
  /** Of the writing. */
  readonly notices: readonly Pick<Notice, 'text'>[];
}
/** `kept`: what, and as what it is there. */
type Result = Made & { readonly to: ImageFormat; readonly kept: Map<string, string> };
const results: Result[] = [];

beforeAll(async () => {
  await buildAppIfStale();
  engine = createTestEngine();
  const readers = { dng: rawReader, raw: rawReader, jxl: codecReader('jxl'), jp2: codecReader('jp2'), hgl: createLatentReader(engine.services) }; // prettier-ignore
  const opened = (path: string): Promise<DecodedImage> => decodeImage({ path, readers });
  const files = await makeSources(folder);

  const encode = async (source: string, out: string): Promise<readonly Notice[]> =>
    (await engine.run('encode', { source, out, quality: 90, scans: true })).notices;
  const decode = async (source: string, out: string): Promise<readonly Notice[]> =>
    (await engine.run('decode', { source, out, quality: 100 })).notices;
  const made = async (image: DecodedImage, to: ImageFormat): Promise<Made> => {
    const path = join(folder, `${basename(image.path)} as.${to}`);
    try {
      const said = !isOutputFormat(to)
        ? await encode(image.path, path)
        : image.format === 'hgl'
          ? await decode(image.path, path)
          : (await writeWhole(requestFor(path, to, image))).notices;
      return { image: await opened(path), notices: said };
    } catch (error) {
      return { image: null, notices: [{ text: (error as Error).message }] };
    }
  };

  for (const from of listed) {
    const sources: DecodedImage[] = [];
    for (const path of files.get(from) ?? []) sources.push(await opened(path));
    for (const to of columnsOf(from)) {
      const all = new Map<DecodedImage, Result>();
      for (const [what, question] of Object.entries(questions)) {
        const source = sources.find((one) => question.of(one) !== null);
        if (!source) continue;
        let result = all.get(source);
        if (!result) {
          result = { ...(await made(source, to)), to, kept: new Map() };
          all.set(source, result);
          // The last of the formats: what has been made of the others is what it is read from.
          if (to === 'hgl' && result.image) files.set('hgl', [...(files.get('hgl') ?? []), result.image.path]); // prettier-ignore
        }
        const cell = cellOf(question, source, result);
        if (cell === 'kept') result.kept.set(what, question.of(source)!);
        if (cell === 'silent') silent.push(`${labelOf(from)} to ${labelOf(to)}: ${what} (${question.of(source)}, ${result.image && question.of(result.image)})`); // prettier-ignore
        cells.set(`${from} ${to} ${what}`, cell);
      }
      results.push(...all.values());
    }
  }
}, 300_000);

afterAll(() => engine.services.inference.dispose());

/** What a scan keeps is another page: it holds no EXIF and no profile, but tags and geometry. */
const listed = imageFormats.filter((format) => familyOf(format) !== 'scan');

/** Formats that a picture of this source becomes; those of latent files are the last of all formats. */
const columnsOf = (from: ImageFormat): readonly ImageFormat[] =>
  from === 'hgl' || !hasLatentModel ? formatsFor(from) : [...formatsFor(from), 'hgl'];

function cellOf(
  { of, like, said }: Question,
  source: DecodedImage,
  { image, notices }: Made,
): Cell {
  const names = ({ text }: Pick<Notice, 'text'>): boolean => said.test(text);
  const told = notices.some(names);
  if (!image) return told ? 'refused' : 'silent';
  if (of(image) === of(source)) return told ? 'converted' : 'kept';
  const isNamed = told || source.notices.some(names);
  if (like && like(image) === of(source)) return isNamed ? 'converted' : 'silent';
  return isNamed ? 'said' : 'silent';
}

const table = (): string => {
  const head = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  return listed
    .map((from) => {
      const columns = columnsOf(from);
      const rows = Object.keys(questions).filter((what) => cells.has(`${from} ${columns[0]!} ${what}`)); // prettier-ignore
      return [
        `## From ${labelOf(from)}`,
        '',
        head(['', ...columns.map(labelOf)]),
        head(Array.from({ length: columns.length + 1 }, () => '---')),
        ...rows.map((what) => head([what, ...columns.map((to) => cells.get(`${from} ${to} ${what}`)!)])), // prettier-ignore
      ].join('\n');
    })
    .join('\n\n');
};

describe('what survives', () => {
  it('is never lost in silence', () => {
    expect(silent).toEqual([]);
  });

  it('is the page of the manual', async ({ skip }) => {
    if (!hasLatentModel) skip(noLatentModel);
    const text =
      '<!-- Made by `UPDATE_FIDELITY=1 npx vitest run test/unit/pixels/fidelity.test.ts` from files that were written and read again. -->\n\n' +
      '# What survives in which format\n\n_kept_: the same in the result. _converted_: there in another form, which the result says. _said_: not in the result, which says so by name. ' +
      '_refused_: not written at all, with the formats that would do. File for file, without cleaning in between; what a format can not hold in the first place is not listed. ' +
      'DNG is written only of camera raw files (DNG and others), and holds their colours by its own tags. The last column is `encode`; the last table is `decode` of what the other formats became in it.\n\n' +
      `${table()}\n`;
    const formatted = await pretty(text, { ...(await resolveConfig(page)), parser: 'markdown' });
    if (process.env.UPDATE_FIDELITY) writeFileSync(page, formatted);
    expect(readFileSync(page, 'utf8')).toBe(formatted);
  });

  const made = (to: ImageFormat): { path: string; kept: ReadonlyMap<string, string> }[] =>
    results.flatMap(({ image, kept, ...result }) => (image && result.to === to ? [{ path: image.path, kept }] : [])); // prettier-ignore
  const missing = 'is not installed here';

  it('is what exiftool reads', ({ skip }) => {
    const exiftool = debianTool('exiftool', 'libimage-exiftool-perl');
    if (!exiftool) return skip(`exiftool ${missing}`);
    for (const format of outputFormats.filter((one) => familyOf(one) !== 'scan')) {
      const files = made(format);
      const read = readByExiftool(exiftool, files.map(({ path }) => path)); // prettier-ignore
      expect(read).toHaveLength(files.length);
      files.forEach(({ path, kept }, at) => {
        for (const [what, value] of kept)
          expect({ path, what, ...read[at] }).toMatchObject(inExiftool(what, format, value));
        expect(String(read[at]!.Error ?? '')).toBe('');
      });
    }
  });

  it('is what tiffinfo reads', ({ skip }) => {
    const tiffinfo = debianTool('tiffinfo', 'libtiff-tools');
    if (!tiffinfo) return skip(`tiffinfo ${missing}`);
    for (const { path, kept } of made('tiff')) {
      const { text, errors } = readByTiffinfo(tiffinfo, path);
      expect(errors, path).toBe('');
      for (const [what, value] of kept)
        expect(text, `${path}: ${what}`).toMatch(inTiffinfo(what, value) ?? /./);
    }
  });

  it('is what pngcheck reads', ({ skip }) => {
    const pngcheck = debianTool('pngcheck', 'pngcheck');
    if (!pngcheck) return skip(`pngcheck ${missing}`);
    for (const { path, kept } of made('png')) {
      const text = readByPngcheck(pngcheck, path);
      expect(text, path).toMatch(/^No errors detected/m);
      for (const what of kept.keys())
        expect(text, `${path}: ${what}`).toMatch(inPngcheck(what) ?? /./);
    }
  });
});
