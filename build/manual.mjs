// The manual as the program shows it: docs/manual/*.md as pieces of HTML beside the page, with their pictures, so that it is there without
// a network. Markdown is read by the parser that formats these pages too (prettier's); links that leave the manual become plain text, for
// the window goes nowhere.
import { parsers } from 'prettier/plugins/markdown';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const folder = fileURLToPath(new URL('../docs/manual', import.meta.url));

/**
 * @typedef {{ type: string, children?: Node[], value?: string, url?: string, alt?: string, depth?: number, ordered?: boolean,
 *   align?: (string | null)[] }} Node
 */

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** @param {Node} node @returns {string} */
const textOf = (node) => node.value ?? (node.children ?? []).map(textOf).join('');

/** As the forges make them, so that links to places lead there in both. @param {string} heading */
const slug = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

/** @param {Node} node @returns {string} */
function linked(node) {
  const words = inner(node);
  const found = /^(?:([\w-]+)\.md)?(?:#(.+))?$/.exec(node.url ?? '');
  if (!found || (!found[1] && !found[2])) return words;
  const [, page = '', place = ''] = found;
  return `<a href="#" data-page="${page}" data-place="${escaped(place)}">${words}</a>`;
}

/** @param {Node} node @returns {string} */
function table(node) {
  const rows = (node.children ?? []).map((row, at) => {
    const tag = at === 0 ? 'th' : 'td';
    const cells = (row.children ?? []).map((cell, column) => {
      const side = node.align?.[column] === 'right' ? ' class="right"' : '';
      return `<${tag}${side}>${inner(cell)}</${tag}>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table>${rows.join('')}</table>`;
}

/** @type {Readonly<Record<string, (node: Node) => string>>} */
const tags = {
  root: (node) => inner(node),
  text: ({ value = '' }) => escaped(value),
  inlineCode: ({ value = '' }) => `<code>${escaped(value)}</code>`,
  code: ({ value = '' }) => `<pre tabindex="0"><code>${escaped(value)}</code></pre>`,
  paragraph: (node) => `<p>${inner(node)}</p>`,
  heading: (node) =>
    `<h${node.depth} id="manual-${slug(textOf(node))}" tabindex="-1">${inner(node)}</h${node.depth}>`,
  emphasis: (node) => `<em>${inner(node)}</em>`,
  strong: (node) => `<strong>${inner(node)}</strong>`,
  blockquote: (node) => `<blockquote>${inner(node)}</blockquote>`,
  list: (node) => `<${node.ordered ? 'ol' : 'ul'}>${inner(node)}</${node.ordered ? 'ol' : 'ul'}>`,
  listItem: (node) => `<li>${inner(node)}</li>`,
  break: () => '<br>',
  thematicBreak: () => '<hr>',
  // Marks between which tables are written by commands.
  html: () => '',
  link: linked,
  table,
  image: ({ url = '', alt = '' }) =>
    `<img src="./manual/${escaped(url.replace(/\.png$/, '.webp'))}" alt="${escaped(alt)}" loading="lazy">`,
};

/** @param {Node} node @returns {string} */
const inner = (node) => (node.children ?? []).map(htmlOf).join('');

/** @param {Node} node @returns {string} @throws Error: Markdown that no page had when this was written */
function htmlOf(node) {
  const made = tags[node.type];
  if (!made)
    throw new Error(`The manual has Markdown that is not shown in the program: ${node.type}.`);
  return made(node);
}

/** @param {string} markdown @returns {string} */
export const htmlOfManual = (markdown) =>
  htmlOf(parsers.markdown.parse(markdown, /** @type {any} */ ({})));

/**
 * What lies beside the page. Pictures are the same pixels as those of the repository, in a quarter less of a package.
 * @returns {Promise<{ name: string, source: string | Uint8Array }[]>}
 */
export async function manualFiles() {
  const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
  const images = readdirSync(join(folder, 'images')).filter((name) => name.endsWith('.png'));
  return [
    ...pages.map((name) => ({
      name: `manual/${name.replace(/\.md$/, '.html')}`,
      source: htmlOfManual(readFileSync(join(folder, name), 'utf8')),
    })),
    ...(await Promise.all(
      images.map(async (name) => ({
        name: `manual/images/${name.replace(/\.png$/, '.webp')}`,
        source: new Uint8Array(
          await sharp(join(folder, 'images', name))
            .webp({ lossless: true })
            .toBuffer(),
        ),
      })),
    )),
  ];
}
