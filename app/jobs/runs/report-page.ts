/**
 * The report of a run as a page to read and to print: one file that needs nothing else, no script, no address. What failed comes first, for that is
 * what somebody opens it for; the table of all files has what the JSON has, in words.
 */
import { relative } from 'node:path';
import { currentLanguage } from '../../contract/sentences/index.ts';
import { directionOf } from '../../contract/sentences/languages.ts';
import type { ElementFates } from '../../contract/element-fates.ts';
import { commonFolder } from './journal-place.ts';
import type { Crops } from './report-crops.ts';
import type { ReportEntry, RunReport } from './report.ts';
import { say } from './sentences.ts';

const style = `
:root{color-scheme:light}
body{margin:2rem auto;max-width:60rem;padding:0 1rem;font:14px/1.45 system-ui,sans-serif;color:#212121;background:#fff}
h1{font-size:1.4rem;margin:0 0 .25rem}h2{font-size:1rem;margin:2rem 0 .5rem}
p{margin:.25rem 0}.quiet{color:#595959}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:1rem 0}dt{color:#595959}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:12px;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .5rem;border-bottom:1px solid #d2d2d2;text-align:start;vertical-align:top;overflow-wrap:anywhere}
th.n,td.n{text-align:end;white-space:nowrap}thead{display:table-header-group}tr{break-inside:avoid}
.failed td:first-child{border-inline-start:3px solid #a8231c}
figure{display:inline-grid;grid-template-columns:auto auto;gap:2px;margin:0 1rem 1rem 0;break-inside:avoid}figcaption{grid-column:1/-1;font-size:12px;color:#595959;overflow-wrap:anywhere}img{display:block;max-width:100%;height:auto;image-rendering:pixelated}
@media print{body{margin:0;max-width:none}}`;

/** Text for HTML. */
export const escaped = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[one]!,
  );

/** Whole, with its head. */
export function pageOf(report: RunReport, crops: Crops = new Map()): string {
  const { files, done, failed, left } = report;
  const folder = commonFolder(files.map(({ source }) => source));
  const results = commonFolder(files.flatMap(({ output }) => output ?? []));
  const title = say('reportTitle', { command: report.command });
  const sum = (value: (entry: ReportEntry) => number): number =>
    files.reduce((all, entry) => all + (entry.state === 'done' ? value(entry) : 0), 0);
  const facts: readonly (readonly [string, string])[] = [
    [say('reportFrom'), folder],
    ...(done > 0 ? [[say('reportTo'), results] as const] : []),
    [
      say('reportSizes'),
      say('reportSizesAre', {
        before: megabytes(sum(({ sourceBytes }) => sourceBytes)),
        after: megabytes(sum(({ bytes }) => bytes ?? 0)),
      }),
    ],
    [say('reportBy'), report.software],
    [say('reportSettings'), settingsWords(report.settings)],
  ];
  const language = currentLanguage().tag;
  const broken = files.filter(({ state }) => state === 'failed');
  return [
    '<!doctype html>',
    `<html lang="${language}" dir="${directionOf(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"><title>${escaped(title)}</title><style>${style}</style></head><body>`,
    `<h1>${escaped(title)}</h1>`,
    `<p>${escaped(say('reportCounts', { done, failed, left }))}</p>`,
    ...report.notices.map((text) => `<p>${escaped(text)}</p>`),
    `<dl>${facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>`,
    ...(broken.length > 0
      ? [`<h2>${escaped(say('reportFailures'))}</h2>`, failures(broken, folder)]
      : []),
    ...(crops.size > 0 ? [`<h2>${escaped(say('reportCrops'))}</h2>`, pairs(crops, folder)] : []),
    `<h2>${escaped(say('reportAll'))}</h2>`,
    table(files, folder, results),
    ...(report.deidentified ? elements(report.deidentified) : []),
    '</body></html>\n',
  ].join('\n');
}

function pairs(crops: Crops, folder: string): string {
  return [...crops]
    .map(([source, { width, height, before, after }]) => {
      const name = nameIn(folder, source);
      const picture = (address: string, words: string): string =>
        `<img src="${address}" width="${width}" height="${height}" alt="${escaped(`${words}: ${name}`)}">`;
      return `<figure>${picture(before, say('reportBefore'))}${picture(after, say('reportAfter'))}<figcaption>${escaped(name)}</figcaption></figure>`;
    })
    .join('\n');
}

const nameIn = (folder: string, path: string): string => relative(folder, path) || path;

function failures(files: readonly ReportEntry[], folder: string): string {
  const rows = files.map(
    ({ source, error }) =>
      `<tr class="failed"><td>${escaped(nameIn(folder, source))}</td><td>${escaped(error?.message ?? '')}</td></tr>`,
  );
  return `<table><thead><tr><th scope="col">${escaped(say('reportFile'))}</th><th scope="col">${escaped(say('reportReason'))}</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

function table(files: readonly ReportEntry[], folder: string, results: string): string {
  const heads = [
    ...([[say('reportFile')], [say('reportState')], [say('reportResult')]] as const),
    ...([say('reportBefore'), say('reportAfter'), say('reportSeconds')].map((head) => [
      head,
      'n',
    ]) as [string, 'n'][]),
  ];
  const states = {
    done: say('reportDone'),
    failed: say('reportFailed'),
    left: say('reportLeft'),
  } as const;
  const rows = files.map((entry) => {
    const { source, state, output, sourceBytes, bytes, seconds, notices } = entry;
    const cells = [
      `<td>${escaped(nameIn(folder, source))}</td>`,
      `<td>${escaped(states[state])}</td>`,
      `<td>${escaped([output === null ? '' : nameIn(results, output), ...notices].filter(Boolean).join(' · '))}</td>`,
      `<td class="n">${escaped(megabytes(sourceBytes))}</td>`,
      `<td class="n">${bytes === null ? '' : escaped(megabytes(bytes))}</td>`,
      `<td class="n">${seconds === null ? '' : seconds.toFixed(1)}</td>`,
    ];
    return `<tr${state === 'failed' ? ' class="failed"' : ''}>${cells.join('')}</tr>`;
  });
  const head = heads.map(
    ([name, kind]) => `<th scope="col"${kind ? ` class="${kind}"` : ''}>${escaped(name)}</th>`,
  );
  return `<table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

function elements({ files, elements: fates }: ElementFates): string[] {
  const became = {
    removed: say('elementRemoved'),
    emptied: say('elementEmptied'),
    replaced: say('elementReplaced'),
    kept: say('elementKept'),
  } as const;
  const rows = fates.map(
    ({ path, keyword, action, files: count }) =>
      `<tr><td>${escaped(path)}</td><td>${escaped(keyword ?? say('elementPrivate'))}</td><td>${escaped(became[action])}</td><td class="n">${count}</td></tr>`,
  );
  const head = [
    say('elementTag'),
    say('elementName'),
    say('elementBecame'),
    say('elementFiles'),
  ].map(
    (name, column) => `<th scope="col"${column === 3 ? ' class="n"' : ''}>${escaped(name)}</th>`,
  );
  return [
    `<h2>${escaped(say('reportElements', { count: files }))}</h2>`,
    `<table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`,
  ];
}

const megabytes = (bytes: number): string =>
  bytes < 999_500
    ? say('reportKilobytes', { number: (bytes / 1e3).toFixed(bytes < 9950 ? 1 : 0) })
    : say('reportMegabytes', { number: (bytes / 1e6).toFixed(bytes < 99.5e6 ? 1 : 0) });

/** Those that say something. */
const settingsWords = (settings: Readonly<Record<string, unknown>>): string =>
  Object.entries(settings)
    .filter(([, value]) => value !== false && value !== null && value !== undefined)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
