/** What the command line says to people about results; scripts read the JSON lines instead. */
import { basename } from 'node:path';
import type { CommandId, Commands, HourglassError, OutputOf } from '../../contract/index.ts';

/** Levels and rates with as many digits as they deserve. */
const short = (value: number): string =>
  value < 10 ? value.toFixed(1) : String(Math.round(value));

/** "church.jpg → church-clean.jpg · noise about 12 levels · CPU · 1.3 MP/s" */
export function resultWords(
  command: CommandId,
  output: unknown,
  show: (path: string) => string,
): string {
  if (command !== 'denoise') return JSON.stringify(output);
  const result = output as OutputOf<Commands['denoise']>;
  const noise = result.noise
    ? `noise about ${short(result.noise.sigma)} levels`
    : `noise level ${short(result.sigma)} as given`;
  const parts = [
    `${show(result.source)} → ${show(result.output)}`,
    result.sigma === 0 ? `${noise}, left as it is` : noise,
    result.device.label,
    `${result.megapixelsPerSecond.toFixed(1)} MP/s`,
  ];
  const notes = [
    ...(result.device.fallback ? [result.device.fallback] : []),
    ...result.notices.map(({ text }) => text),
  ];
  return [parts.join(' · '), ...notes.map((note) => `  ${note}`)].join('\n');
}

/** One line per failure: the name, unless the sentence says it already, and what to do. */
export const failureWords = (path: string, error: HourglassError): string =>
  error.message.includes(basename(path))
    ? `${error.message} ${error.hint}`
    : `${path}: ${error.message} ${error.hint}`;

const count = (number: number, word: string): string =>
  `${number} ${word}${number === 1 ? '' : 's'}`;

export interface Tally {
  readonly done: number;
  readonly failed: number;
  /** Not worked on because of an interrupt. */
  readonly left: number;
  readonly ignored: number;
  readonly seconds: number;
}

export function summaryWords({ done, failed, left, ignored, seconds }: Tally): string {
  const parts = [
    `${count(done, 'file')} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(left > 0 ? [`${left} not done`] : []),
    ...(ignored > 0 ? [`${count(ignored, 'other file')} in the folders left alone`] : []),
  ];
  return `${parts.join(', ')} (${seconds < 100 ? seconds.toFixed(1) : Math.round(seconds)} s).`;
}
