/** Tables of the manual that a command makes: each stands between two comments of its name. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { repositoryRoot } from './data.ts';

/** Of a table in the manual: its page's path, its text, and that with the table as it was made. */
async function pageWith(page: string, name: string, text: string) {
  const path = join(repositoryRoot, 'docs/manual', page);
  const whole = readFileSync(path, 'utf8');
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [whole.indexOf(begin), whole.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no place for the table ${name}.`);
  const made = `${whole.slice(0, from + begin.length)}\n\n${text}\n\n${whole.slice(to)}`;
  const written = await format(made, { ...(await resolveConfig(path)), parser: 'markdown' });
  return { path, whole, written };
}

/** @param page in docs/manual @param name of the comments: `<!-- damage -->`, `<!-- /damage -->` */
export async function writeIntoManual(page: string, name: string, text: string): Promise<void> {
  const { path, written } = await pageWith(page, name, text);
  writeFileSync(path, written);
}

/** Whether the page has this table already. */
export async function isInManual(page: string, name: string, text: string): Promise<boolean> {
  const { whole, written } = await pageWith(page, name, text);
  return whole === written;
}

/** Cells of the rows of a table, those of its head first, as text. */
export function tableInManual(page: string, name: string): string[][] {
  const whole = readFileSync(join(repositoryRoot, 'docs/manual', page), 'utf8');
  const [, table = ''] = whole.split(new RegExp(`<!-- /?${name} -->`));
  return table
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| -'))
    .map((line) => line.slice(1, -1).split('|').map((cell) => cell.trim())); // prettier-ignore
}
