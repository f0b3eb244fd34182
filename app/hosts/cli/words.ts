/** What the command line says to people about results; scripts read the JSON lines instead. */
import { basename } from 'node:path';
import {
  rolesOf,
  type CommandId,
  type Commands,
  type HourglassError,
  type OutputOf,
} from '../../contract/index.ts';
import { printable } from '../shared/printable.ts';

/** Levels and rates with as many digits as they deserve. */
const short = (value: number): string =>
  value < 10 ? value.toFixed(1) : String(Math.round(value));

const count = (number: number, word: string): string =>
  `${number} ${word}${number === 1 ? '' : 's'}`;

/** "310 kB": three digits or so, decimal units. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [value, unit] = bytes < 999_500 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

type Show = (path: string) => string;

interface Noted {
  readonly device?: { readonly fallback: string | null };
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

/** "church.jpg → church-clean.jpg · noise about 12 levels · CPU · 1.3 MP/s" */
function denoiseWords(result: OutputOf<Commands['denoise']>, show: Show): string {
  const noise = result.noise
    ? `noise about ${short(result.noise.sigma)} levels`
    : `noise level ${short(result.sigma)} as given`;
  return lines(
    [
      `${show(result.source)} → ${show(result.output)}`,
      result.sigma === 0 ? `${noise}, left as it is` : noise,
      result.device.label,
      `${result.megapixelsPerSecond.toFixed(1)} MP/s`,
    ],
    result,
  );
}

/** "church.jpg → church.hgl · 310 kB (12 % of the source) · quality 60 · 0.62 bits per pixel · …" */
function encodeWords(result: OutputOf<Commands['encode']>, show: Show): string {
  const share = Math.round((100 * result.bytes) / result.sourceBytes);
  return lines(
    [
      `${show(result.source)} → ${show(result.output)}`,
      `${sizeWords(result.bytes)} (${share} % of the source)`,
      `quality ${result.quality}`,
      `${result.bitsPerPixel.toFixed(2)} bits per pixel`,
      ...(result.psnr === null ? [] : [`${result.psnr.toFixed(1)} dB`]),
      ...(result.cleaned === null ? [] : [`cleaned with ${result.cleaned}`]),
      result.device.label,
      `${result.megapixelsPerSecond.toFixed(1)} MP/s`,
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
      ...(speed === undefined ? [] : [`${speed.toFixed(1)} MP/s`]),
    ],
    result,
  );
}

/** A file that was cut short has a line for each of its tiles. */
const MOST_PROBLEMS = 12;

function verifyWords(result: OutputOf<Commands['verify']>, show: Show): string {
  const { source, ok, tiles, hash, problems } = result;
  const facts = [show(source), ok ? 'intact' : 'damaged', count(tiles, 'tile'), `latents ${hash}`];
  const shown = problems.slice(0, MOST_PROBLEMS);
  const more = problems.length - shown.length;
  if (more > 0) shown.push(`… and ${more} more; --json names them all.`);
  return lines(facts, { notices: shown.map((text) => ({ text })) });
}

/** What is said of one finished file. */
export function resultWords(command: CommandId, output: unknown, show: Show): string {
  if (command === 'denoise') return denoiseWords(output as OutputOf<Commands['denoise']>, show);
  if (command === 'encode') return encodeWords(output as OutputOf<Commands['encode']>, show);
  if (command === 'verify') return verifyWords(output as OutputOf<Commands['verify']>, show);
  if (rolesOf(command).writes) return writtenWords(output as WrittenFile, show);
  return JSON.stringify(output);
}

/** One line per failure: the name, unless the sentence says it already, and what to do. */
export const failureWords = (path: string, error: HourglassError): string =>
  printable(
    error.message.includes(basename(path))
      ? `${error.message} ${error.hint}`
      : `${path}: ${error.message} ${error.hint}`,
  );

export interface Tally {
  readonly done: number;
  readonly failed: number;
  /** Done, but something in the source was damaged. */
  readonly damaged: number;
  /** Not worked on because of an interrupt. */
  readonly left: number;
  readonly ignored: number;
  readonly seconds: number;
}

export function summaryWords({ done, failed, damaged, left, ignored, seconds }: Tally): string {
  const parts = [
    `${count(done, 'file')} done`,
    ...(damaged > 0 ? [`${damaged} of them damaged`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(left > 0 ? [`${left} not done`] : []),
    ...(ignored > 0 ? [`${count(ignored, 'other file')} in the folders left alone`] : []),
  ];
  return `${parts.join(', ')} (${seconds < 100 ? seconds.toFixed(1) : Math.round(seconds)} s).`;
}
