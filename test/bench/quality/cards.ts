/** The shipped models as their cards tell: what they were trained on, how long, and their limits. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { table } from './tables.ts';

/** The parts of `card.json` that the program itself does not read. */
interface Card {
  readonly id: string;
  readonly version: string;
  /** Of a model that is one network; */
  readonly bytes?: number;
  /** of one that consists of several files. */
  readonly parts?: Readonly<Record<string, { readonly bytes: number }>>;
  readonly licence: string;
  readonly limits: readonly string[];
  readonly training?: {
    readonly data: readonly {
      readonly name: string;
      readonly images: number;
      readonly licence: string;
    }[];
    readonly minutes?: number;
    readonly flops?: number;
  };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** @param folder of the models @returns Markdown */
export function renderCards(folder: string): string {
  const cards = readdirSync(folder)
    .map((name) => join(folder, name, 'card.json'))
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, 'utf8')) as Card);
  const rows = cards.map(({ id, version, bytes, parts, licence, training }) => [
    `${id} ${version}`,
    ((bytes ?? sum(Object.values(parts ?? {}).map((part) => part.bytes))) / 1e6).toFixed(1),
    training?.data.map(({ name, images }) => `${images}: ${name}`).join('; '),
    training?.minutes?.toFixed(0),
    training?.flops?.toExponential(1),
    licence,
  ]);
  const head = ['model', 'MB', 'images', 'minutes', 'FLOP', 'licence of the weights'];
  const limits = cards.map(
    (card) => `**${card.id}**\n\n${card.limits.map((limit) => `- ${limit}`).join('\n')}`,
  );
  return [table(head, rows), 'Limits, as the cards say them:', ...limits].join('\n\n');
}
