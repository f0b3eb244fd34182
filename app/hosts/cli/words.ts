/** What the command line says to people about results; scripts read the JSON lines instead. */
import {
  rolesOf,
  type CommandId,
  type Commands,
  type HourglassError,
  type OutputOf,
} from '../../contract/index.ts';
import { printable } from '../shared/printable.ts';
import { largestErrorWords } from '../../contract/latent-words.ts';
import { fateGroups } from '../../contract/element-fates.ts';
import { decimal, fixed } from '../../contract/sentences/index.ts';
import type { Estimate } from '../../jobs/runs/known-pace.ts';
import { aboutTime } from './progress-line.ts';
import { say } from './sentences.ts';

/** Levels and rates with as many digits as they deserve. */
const short = (value: number): string =>
  value < 10 ? fixed(value, 1) : decimal(Math.round(value));

/** "310 kB": three digits or so, decimal units. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return say('bytes', { count: bytes });
  const [value, unit] =
    bytes < 999_500
      ? ([bytes / 1e3, 'kilobytes'] as const)
      : bytes < 9.995e9
        ? ([bytes / 1e6, 'megabytes'] as const)
        : ([bytes / 1e9, 'gigabytes'] as const);
  return say(unit, { size: short(value) });
}

/** "12 files, 240 MB: about 3 min …" What was not measured on this machine is said, not guessed. */
export function estimateWords(
  { files, sourceBytes, seconds, bytes, megapixelsPerSecond, unmeasured }: Estimate,
  free: number | null,
): string {
  const names = unmeasured.kinds.map((kind) => kind || say('noEnding')).join(', ');
  return [
    say('estimateOf', { files, size: sizeWords(sourceBytes) }),
    seconds === null || bytes === null
      ? say('estimateUnknown')
      : say('estimateKnown', {
          ...{ time: aboutTime(seconds), size: sizeWords(bytes) },
          ...{ isFast: megapixelsPerSecond === null ? 'no' : 'yes' },
          speed: fixed(megapixelsPerSecond ?? 0, (megapixelsPerSecond ?? 0) < 1 ? 2 : 1),
        }),
    ...(seconds !== null && unmeasured.files > 0
      ? [say('estimateWithout', { files: unmeasured.files, kinds: names })]
      : []),
    ...(free === null ? [] : [say('estimateFree', { size: sizeWords(free) })]),
  ].join(' ');
}

type Show = (path: string) => string;

interface Noted {
  readonly device?: { readonly fallback: string | null } | null;
  readonly notices: readonly { readonly text: string }[];
}

/** One line of facts, then what a person should know. */
const lines = (facts: readonly string[], { device, notices }: Noted): string =>
  [
    facts.map(printable).join(' · '),
    ...[...(device?.fallback ? [device.fallback] : []), ...notices.map(({ text }) => text)].map(
      (note) => `  ${printable(note)}`,
    ),
  ].join('\n');

/** What was found where a size was asked for: one step more would be larger. */
const nextWords = ({ bytes, next }: Pick<OutputOf<Commands['encode']>, 'bytes' | 'next'>) =>
  next ? [say('stepMore', { bytes, quality: next.quality, more: next.bytes })] : [];

/** "removed: StudyDate, PatientName, 12 private or unknown ones": a line for each thing that became of elements. */
function fateLines(fates: NonNullable<OutputOf<Commands['denoise']>['deidentified']>): string[] {
  return fateGroups(fates).map(({ action, keywords, others }) => {
    const names = [...keywords, ...(others > 0 ? [say('otherElements', { count: others })] : [])];
    return say('elementsBecame', { action, names: names.join(', ') });
  });
}

/** "church.jpg → church-clean.jpg · noise about 12 levels · CPU · 1.3 MP/s" */
function denoiseWords(result: OutputOf<Commands['denoise']>, show: Show, isAlone: boolean): string {
  const fates = isAlone && result.deidentified ? fateLines(result.deidentified) : [];
  // Of measured values, levels of their range say nothing: a line of its own says how much it is in theirs.
  const stored = result.noise?.storedSigma ?? null;
  const measured = stored === null ? [] : [{ text: result.noise!.words }];
  const noise =
    measured.length > 0
      ? say('noiseMeasured')
      : result.noise
        ? say('noiseAboutLevels', { sigma: short(result.noise.sigma) })
        : say('noiseLevelGiven', { sigma: short(result.sigma) });
  return lines(
    [
      `${show(result.source)} → ${show(result.output)}`,
      result.sigma === 0 ? say('leftAsItIs', { noise }) : noise,
      ...(result.quality === undefined ? [] : [say('quality', { quality: result.quality })]),
      ...nextWords(result),
      result.device.label,
      say('speed', { speed: fixed(result.megapixelsPerSecond, 1) }),
    ],
    { ...result, notices: [...measured, ...result.notices, ...fates.map((text) => ({ text }))] },
  );
}

/** "largest error 41 HU", "lossless (JPEG-LS) 116 kB": what became of a scan's values, and the other choice. */
const scanLossWords = (loss: OutputOf<Commands['encode']>['scanLoss']): string[] =>
  loss === null
    ? []
    : [
        say('largestError', { error: largestErrorWords(loss) }),
        ...(loss.losslessBytes === null
          ? []
          : [say('losslessSize', { size: sizeWords(loss.losslessBytes) })]),
      ];

/** "church.jpg → church.hgl · 310 kB (12 % of the source) · quality 60 · 0.62 bits per pixel · …" */
function encodeWords(result: OutputOf<Commands['encode']>, show: Show): string {
  const share = Math.round((100 * result.bytes) / result.sourceBytes);
  return lines(
    [
      `${show(result.source)} → ${show(result.output)}`,
      say('sizeOfSource', { size: sizeWords(result.bytes), share }),
      say('quality', { quality: result.quality }),
      ...nextWords(result),
      say('bitsPerPixel', { bits: fixed(result.bitsPerPixel, 2) }),
      ...(result.psnr === null ? [] : [say('db', { psnr: fixed(result.psnr, 1) })]),
      ...scanLossWords(result.scanLoss),
      ...(result.cleaned === null ? [] : [say('cleanedWith', { cleaned: result.cleaned })]),
      ...(result.device ? [result.device.label] : []),
      say('speed', { speed: fixed(result.megapixelsPerSecond, 1) }),
    ],
    result,
  );
}

/** What commands that write a file say of it, whatever else they say. */
interface WrittenFile extends Noted {
  readonly source: string;
  readonly output: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly device?: { readonly label: string; readonly fallback: string | null };
  readonly megapixelsPerSecond?: number;
}

/** "small.hgl → small.png · 3000 × 2000 · 1.2 MB · CPU · 1.3 MP/s" */
function writtenWords(result: WrittenFile, show: Show): string {
  const { device, megapixelsPerSecond: speed } = result;
  return lines(
    [
      `${show(result.source)} → ${show(result.output)}`,
      `${result.width} × ${result.height}`,
      sizeWords(result.bytes),
      ...(device ? [device.label] : []),
      ...(speed === undefined ? [] : [say('speed', { speed: fixed(speed, 1) })]),
    ],
    result,
  );
}

/** A file that was cut short has a line for each of its tiles. */
const MOST_PROBLEMS = 12;

function verifyWords(result: OutputOf<Commands['verify']>, show: Show): string {
  const { source, ok, tiles, hash, problems } = result;
  const facts = [
    show(source),
    ok ? say('intact') : say('damaged'),
    say('tileCount', { count: tiles }),
    say('latents', { hash }),
  ];
  const shown = problems.slice(0, MOST_PROBLEMS);
  const more = problems.length - shown.length;
  if (more > 0) shown.push(say('andMoreJsonNamesThem', { more }));
  return lines(facts, { notices: shown.map((text) => ({ text })) });
}

/** What is said of one finished file. @param isAlone there is no other: what is long is said too */
export function resultWords(
  command: CommandId,
  output: unknown,
  show: Show,
  isAlone = false,
): string {
  if (command === 'denoise')
    return denoiseWords(output as OutputOf<Commands['denoise']>, show, isAlone);
  if (command === 'encode') return encodeWords(output as OutputOf<Commands['encode']>, show);
  if (command === 'verify') return verifyWords(output as OutputOf<Commands['verify']>, show);
  if (rolesOf(command).writes) return writtenWords(output as WrittenFile, show);
  return JSON.stringify(output);
}

/** One line per failure: the path, unless the sentence says it already, and what to do. */
export const failureWords = (
  path: string,
  error: Pick<HourglassError, 'message' | 'hint'>,
): string =>
  printable(
    // In a tree a name alone says little: IMG_0001.jpg is in every folder.
    error.message.includes(path)
      ? `${error.message} ${error.hint}`
      : `${path}: ${error.message} ${error.hint}`,
  );

export interface Tally {
  readonly done: number;
  /** Of these, by an earlier run whose results were proven. */
  readonly before?: number;
  readonly failed: number;
  /** Done, but something in the source was damaged. */
  readonly damaged: number;
  /** Not worked on because of an interrupt. */
  readonly left: number;
  readonly ignored: number;
  /** By extension, of those that are no images. */
  readonly ignoredKinds?: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** " (54 .dcm, 2 .nef, 1 without an extension)", the most first; nothing where there are none. */
export function kindsWords(kinds: Readonly<Record<string, number>> = {}): string {
  const named = Object.entries(kinds)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) =>
      kind === '' ? say('withoutExtension', { count }) : say('ofKind', { count, kind }),
    );
  return named.length === 0 ? '' : ` (${printable(named.join(', '))})`;
}

export function summaryWords(tally: Tally): string {
  const { done, before = 0, failed, damaged, left, ignored, ignoredKinds, seconds } = tally;
  const parts = [
    say('filesDone', { done }),
    ...(before > 0 ? [say('themBefore', { before })] : []),
    ...(damaged > 0 ? [say('themDamaged', { damaged })] : []),
    ...(failed > 0 ? [say('failed', { failed })] : []),
    ...(left > 0 ? [say('notDone', { left })] : []),
    ...(ignored > 0
      ? [`${say('inFoldersLeftAlone', { ignored })}${kindsWords(ignoredKinds)}`]
      : []),
  ];
  return say('summary', {
    parts: parts.join(', '),
    seconds: fixed(seconds, seconds < 100 ? 1 : 0),
  });
}
