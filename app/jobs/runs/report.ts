/**
 * The report of a run, made from its journal alone: for scripts (JSON), for spreadsheets (CSV), and for people (a page to print, `report-page.ts`).
 * One entry per file of the last run in the journal, in its order.
 */
import { dirname } from 'node:path';
import { HourglassError, type FolderReportFormat } from '../../contract/index.ts';
import { FatesTally, type ElementFates } from '../../contract/element-fates.ts';
import { makeFolders } from '../../pixels/make-folders.ts';
import { writeWhole } from '../../pixels/write-whole.ts';
import type { JournalState } from './journal-state.ts';
import type { Crops } from './report-crops.ts';
import { pageOf } from './report-page.ts';
import { say } from './sentences.ts';

export interface ReportEntry {
  /** Absolute, like `output`. */
  readonly source: string;
  readonly state: 'done' | 'failed' | 'left';
  readonly output: string | null;
  readonly sourceBytes: number;
  /** Of the result. */
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly seconds: number | null;
  readonly attempts: number;
  readonly model: string | null;
  readonly device: string | null;
  readonly damaged: boolean;
  readonly notices: readonly string[];
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface RunReport {
  readonly run: string;
  readonly command: string;
  readonly software: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly done: number;
  readonly failed: number;
  readonly left: number;
  /** Of its files together; those of a file are with it. */
  readonly notices: readonly string[];
  readonly files: readonly ReportEntry[];
  /** Of the results that were de-identified, as far as the journal says it; null: of none. */
  readonly deidentified: ElementFates | null;
}

/** null: no run has begun in this journal. */
export function reportOf(state: JournalState): RunReport | null {
  if (!state.run) return null;
  const files = [...state.files].map(([source, { input, ended }]): ReportEntry => {
    const refused = state.refused.get(source) ?? null;
    const done = ended?.type === 'done' && !refused ? ended : null;
    const failed = refused ?? (ended?.type === 'failed' ? ended : null);
    return {
      source,
      state: done ? 'done' : failed ? 'failed' : 'left',
      output: done ? state.absolute(done.output) : null,
      sourceBytes: input.bytes,
      bytes: done?.bytes ?? null,
      sha256: done?.sha256 ?? null,
      seconds: ended?.seconds ?? null,
      attempts: ended?.attempts ?? 0,
      model: done?.model ? [done.model.id, done.model.version].join(' ') : null,
      device: done?.device?.label ?? null,
      damaged: done?.damaged ?? false,
      notices: done?.notices ?? [],
      error: failed && { code: failed.error.code, message: failed.error.message },
    };
  });
  const others = [...state.refused].filter(([source]) => !state.files.has(source));
  const refused = others.map(([source, { error }]) => ({
    ...{ source, state: 'failed' as const, output: null, sourceBytes: 0 },
    ...{ bytes: null, sha256: null, seconds: null, attempts: 0, model: null, device: null },
    ...{ damaged: false, notices: [], error: { code: error.code, message: error.message } },
  }));
  const all = [...files, ...refused];
  const fates = new FatesTally();
  for (const [source, file] of state.files) {
    const known = file.ended?.type === 'done' && !state.refused.has(source) ? file.fates() : null;
    if (known) fates.add(known);
  }
  const count = (wanted: ReportEntry['state']): number =>
    all.filter((one) => one.state === wanted).length;
  const { run, command, software, settings, notices = [] } = state.run;
  return {
    ...{ run, command, software, settings, notices },
    ...{ done: count('done'), failed: count('failed'), left: count('left'), files: all },
    deidentified: fates.fates,
  };
}

const columns = [
  ...(['source', 'state', 'output', 'sourceBytes', 'bytes', 'seconds', 'attempts'] as const),
  ...(['model', 'device', 'damaged', 'sha256', 'error', 'notices'] as const),
] as const satisfies readonly (keyof ReportEntry)[];

const fateColumns = ['tag', 'keyword', 'action', 'files'] as const;

/** A table (RFC 4180), its first line the fields' names. What became of elements is a second one behind an empty line. */
export function csvOf({ files, deidentified }: RunReport): string {
  const rows = files.map((entry) =>
    columns.map((name) => (name === 'error' ? entry.error?.message : entry[name])),
  );
  const table = csvTable(columns, rows, '\r\n');
  if (!deidentified) return table;
  const fates = deidentified.elements.map((one) => [one.path, one.keyword, one.action, one.files]);
  return `${table}\r\n${csvTable(fateColumns, fates, '\r\n')}`;
}

/**
 * A table of other facts.
 * @param rows values in the order of the columns
 * @param end of a line; usual is what a terminal expects
 */
export const csvTable = (
  names: readonly string[],
  rows: readonly (readonly unknown[])[],
  end = '\n',
): string => [names, ...rows].map((row) => `${row.map(cell).join(',')}${end}`).join('');

function cell(value: unknown): string {
  const text = Array.isArray(value) ? value.join(' ') : String(value ?? '');
  // A spreadsheet would take a file's name for a formula.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The whole of a report as text. @param crops for a page: pieces before and after */
export function reportText(
  report: RunReport,
  format: FolderReportFormat,
  crops: Crops = new Map(),
): string {
  if (format === 'csv') return csvOf(report);
  return format === 'html' ? pageOf(report, crops) : `${JSON.stringify(report, null, 2)}\n`;
}

/**
 * @param path absolute @param format default: its ending says it, `.csv`, `.html` or else JSON
 * @throws HourglassError output-not-writable
 */
export async function writeReport(
  path: string,
  report: RunReport,
  format: FolderReportFormat = formatOf(path),
  crops: Crops = new Map(),
): Promise<void> {
  try {
    makeFolders(dirname(path));
    await writeWhole(path, reportText(report, format, crops));
  } catch (error) {
    throw new HourglassError(
      'output-not-writable',
      say('reportCanNotWritten', { path, reason: (error as Error).message }),
      { cause: error },
    );
  }
}

const formatOf = (path: string): FolderReportFormat =>
  (/\.(csv|html)$/i.exec(path)?.[1]?.toLowerCase() as 'csv' | 'html' | undefined) ?? 'json';
