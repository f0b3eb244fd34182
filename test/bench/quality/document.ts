/** Puts generated text between markers of a page; everything outside them is written by hand. */
import { readFile, writeFile } from 'node:fs/promises';

const begin = (name: string): string => `<!-- measured:${name} -->`;
const end = (name: string): string => `<!-- /measured:${name} -->`;

/** @throws Error where the page has no such pair of markers */
export function replaceBlock(page: string, name: string, text: string): string {
  const from = page.indexOf(begin(name));
  const to = page.indexOf(end(name));
  if (from < 0 || to < from)
    throw new Error(`The page needs ${begin(name)} … ${end(name)} for the table of that name.`);
  return `${page.slice(0, from + begin(name).length)}\n\n${text}\n\n${page.slice(to)}`;
}

export async function writeBlocks(path: string, blocks: ReadonlyMap<string, string>) {
  let page = await readFile(path, 'utf8');
  for (const [name, text] of blocks) page = replaceBlock(page, name, text);
  await writeFile(path, page);
}
