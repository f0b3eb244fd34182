/** Tables of the manual that a command makes: each stands between two comments of its name. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { repositoryRoot } from './data.ts';

/** @param page in docs/manual @param name of the comments: `<!-- damage -->`, `<!-- /damage -->` */
export async function writeIntoManual(page: string, name: string, text: string): Promise<void> {
  const path = join(repositoryRoot, 'docs/manual', page);
  const whole = readFileSync(path, 'utf8');
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [whole.indexOf(begin), whole.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no place for the table ${name}.`);
  const made = `${whole.slice(0, from + begin.length)}\n\n${text}\n\n${whole.slice(to)}`;
  const written = await format(made, { ...(await resolveConfig(path)), parser: 'markdown' });
  writeFileSync(path, written);
}
