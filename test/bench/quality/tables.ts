/** The report as Markdown tables, one block per set. Nothing is computed here but roundings. */
import { published } from './published.ts';
import { STRIDES } from './grid.ts';
import type { Report, RunFacts, Summary } from './summary.ts';
import { CONSTANT, KNOWN, NOISY, SUGGESTED } from './tasks.ts';

/** @returns Markdown of a set that was measured */
export function renderSet(set: string, report: Report): string {
  const facts = report.runs[set]!;
  const own = report.summaries.filter((entry) => entry.set === set);
  const body =
    set === 'speed'
      ? speed(report)
      : set === 'white'
        ? [levels(own, true), readings(own)]
        : set === 'gray'
          ? [levels(own, false), readings(own)]
          : set === 'real'
            ? [cameras(own), settings(own)]
            : set === 'clean'
              ? [cleanPictures(own)]
              : [scans(own, set)];
  const checks = set === 'speed' ? [] : [faithfulness(own, report)];
  const crops = report.crops
    .filter((crop) => crop.set === set)
    .map(({ file, caption }) => `![${caption}](${file})\n\n${caption}`);
  return [measuredWith(facts), ...body, ...checks, ...crops].filter(Boolean).join('\n\n');
}

function measuredWith({ date, every, models, peers, missing }: RunFacts): string {
  const part = every === 1 ? '' : ` Only every ${every}th picture was measured.`;
  const beside = peers.length > 0 ? ` Beside it: ${peers.join(', ')}.` : '';
  const without = missing.map((line) => ` ${line}`).join('');
  return `_Measured ${date} with ${models.join(', ') || 'no model'}.${beside}${part}${without}_`;
}

type Cell = string | number | null | undefined;

export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]): string =>
    `| ${cells.map((cell) => cell ?? '–').join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

const fixed = (value: number | null | undefined, digits: number): string | null =>
  value === null || value === undefined ? null : value.toFixed(digits);

const quality = (entry: Summary | undefined): string | null =>
  entry ? `${entry.psnr.toFixed(2)} / ${entry.ssim.toFixed(3)}` : null;

const unique = (values: readonly string[]): string[] => [...new Set(values)];

const wholeSet = (own: readonly Summary[]): Summary[] => own.filter(({ group }) => group === null);

/** Methods down, noise levels across; only levels at which more than the program itself ran. */
function levels(own: readonly Summary[], withPublished: boolean): string {
  const noises = unique(own.map(({ noise }) => noise));
  const methods = unique(own.map(({ method }) => method));
  const find = (method: string, noise: string): Summary | undefined =>
    own.find((entry) => entry.method === method && entry.noise === noise);
  const rows: Cell[][] = methods.map((method) => [
    method,
    ...noises.map((noise) => quality(find(method, noise))),
    method.startsWith('Hourglass') || method === NOISY
      ? ''
      : noises
          .map((noise) => find(method, noise)?.setting ?? '')
          .filter(Boolean)
          .join('; '),
  ]);
  if (withPublished)
    for (const { method, source, psnr, kmac } of published)
      rows.push([
        `${method}, published`,
        ...noises.map((noise) => {
          const value = psnr[Number(noise.slice(2)) as keyof typeof psnr] as number | undefined;
          return value === undefined ? null : value.toFixed(2);
        }),
        kmac.length === 0 ? source : `${source}; ${kmac.join(', ')} kMAC per pixel`,
      ]);
  const images = Math.max(...own.map((entry) => entry.images));
  return `PSNR in dB / SSIM, mean of ${images} pictures:\n\n${table(['', ...noises, 'strength or source'], rows)}`;
}

function readings(own: readonly Summary[]): string {
  const read = own.filter(({ method, reading }) => method === SUGGESTED && reading !== null);
  const rows = read.map(({ noise, reading, readingError, images }) => [
    noise,
    fixed(reading, 2),
    readingError === null ? null : `${readingError > 0 ? '+' : ''}${readingError.toFixed(1)} %`,
    images,
  ]);
  return `What the program reads, nothing told:\n\n${table(['true level', 'mean reading', 'worst error', 'pictures'], rows)}`;
}

function cameras(own: readonly Summary[]): string {
  const methods = unique(own.map(({ method }) => method));
  const groups = unique(own.flatMap(({ group }) => (group === null ? [] : [group]))).sort();
  const row = (name: string, group: string | null): Cell[] => {
    const part = own.filter((entry) => entry.group === group);
    const find = (method: string): Summary | undefined =>
      part.find((entry) => entry.method === method);
    return [
      name,
      find(NOISY)?.images,
      ...methods.map((method) => quality(find(method))),
      fixed(find(SUGGESTED)?.reading, 2),
    ];
  };
  return `PSNR in dB / SSIM:\n\n${table(
    ['camera', 'pairs', ...methods, 'mean reading'],
    [...groups.map((group) => row(group, group)), row('all', null)],
  )}`;
}

function settings(own: readonly Summary[]): string {
  const tuned = wholeSet(own).filter(({ setting }) => setting !== '');
  if (tuned.length === 0) return '';
  return `Strengths found against the truth: ${tuned.map(({ method, setting }) => `${method}: ${setting}`).join('; ')}.`;
}

function cleanPictures(own: readonly Summary[]): string {
  const rows = own
    .filter(({ method }) => method === SUGGESTED)
    .map(({ noise, images, unchanged, psnr, ssim, worst, reading, mostRead }) => [
      noise,
      images,
      unchanged,
      psnr.toFixed(1),
      `${worst.psnr.toFixed(1)} (${worst.image})`,
      ssim.toFixed(4),
      `${fixed(reading, 2)} (${fixed(mostRead, 2)})`,
    ]);
  return `A picture that comes back bit for bit counts as 100 dB.\n\n${table(
    ['set', 'pictures', 'unchanged', 'mean dB', 'worst dB', 'SSIM', 'mean reading (most)'],
    rows,
  )}`;
}

function scans(own: readonly Summary[], set: string): string {
  const ct = set === 'ct';
  const blocks = unique(own.map(({ noise }) => noise)).map((noise) => {
    const part = own.filter((entry) => entry.noise === noise);
    const rows = part.map(({ method, setting, psnr, ssim, rmse, tissue, inside, reading }) => [
      method,
      setting,
      psnr.toFixed(2),
      ...(ct ? [fixed(rmse, 1), fixed(tissue, 1)] : [fixed(inside, 2)]),
      ssim.toFixed(3),
      fixed(reading, 1),
    ]);
    const head = ['', 'strength', 'PSNR dB'];
    head.push(...(ct ? ['RMSE HU', 'in soft tissue'] : ['in the body']), 'SSIM', 'mean reading');
    const truth = part.find((entry) => entry.truth !== null)?.truth;
    const known = typeof truth === 'number' ? ` (root mean square: ${truth.toFixed(1)})` : '';
    return `**Noise: ${noise}**, ${part[0]!.images} slices, mean reading in stored units${known}:\n\n${table(head, rows)}`;
  });
  return blocks.join('\n\n');
}

/** What must not happen to a picture, for the program itself. */
function faithfulness(own: readonly Summary[], report: Report): string {
  const scan = own.some(({ flat }) => flat !== null);
  const rows = wholeSet(own)
    .filter(({ method }) => [NOISY, SUGGESTED, KNOWN, CONSTANT].includes(method))
    .map((entry) => {
      const grid = report.grids.find(
        ({ set, noise, method }) =>
          set === entry.set && noise === entry.noise && method === entry.method,
      );
      return [
        entry.noise,
        entry.method,
        entry.brightness.toFixed(2),
        entry.colour.toFixed(2),
        ...(scan ? [fixed(entry.flat, 2), fixed(entry.flatTruth, 2)] : []),
        ...STRIDES.map((stride) => {
          const found = grid?.strides[stride];
          return found ? `${found.ratio.toFixed(2)} (${found.amplitude.toFixed(2)})` : null;
        }),
      ];
    });
  const flats = scan ? ['flat regions % vs. input', 'vs. truth'] : [];
  const head = ['noise', 'method', 'brightness', 'colour', ...flats];
  head.push(...STRIDES.map((stride) => `grid ${stride}`));
  return `Faithfulness: change of the mean in the worst picture, 8-bit steps; traces of a grid with the period of a stride, 1 is none (amplitude in steps):\n\n${table(head, rows)}`;
}

function speed({ speed }: Report): string[] {
  const rows = speed.map(({ method, megapixels, seconds, peakBytes }) => [
    method,
    (seconds / megapixels).toFixed(2),
    peakBytes === null ? null : Math.round(peakBytes / 1e6),
  ]);
  const size = speed[0] ? `${speed[0].megapixels.toFixed(1)} megapixels, ` : '';
  return [
    `One picture, ${size}white noise of 25 levels, whole process from file or pipe to pixels:\n\n${table(
      ['', 'seconds per megapixel', 'peak memory MB'],
      rows,
    )}`,
  ];
}
