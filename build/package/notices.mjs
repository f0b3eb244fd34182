// Licences of all that a package holds, as one text, from what is installed and from a table for the few that bring none.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Packages that bring no text of their licence, or not of what was compiled into them: who has the rights, as their
 * repositories name them, and which texts of `licences/` are theirs too.
 * @type {readonly { name: RegExp, holder?: string, texts?: readonly string[] }[]}
 */
const known = [
  { name: /^onnxruntime-(node|common)$/, holder: 'Microsoft Corporation' },
  { name: /codec-libjpeg-turbo-8bit$/, holder: 'Chris Hafey', texts: ['libjpeg-turbo', 'libjpeg'] },
  { name: /codec-openjpeg$/, holder: 'Chris Hafey', texts: ['openjpeg'] },
  { name: /codec-openjph$/, texts: ['openjph'] },
  { name: /codec-charls$/, texts: ['charls'] },
  { name: /^libraw-wasm$/, holder: 'ybouane', texts: ['libraw', 'lcms2', 'libjpeg'] },
  { name: /^@tensorflow\//, holder: 'Google LLC', texts: ['apache-2.0'] },
  { name: /^@bufbuild\/protobuf$/, texts: ['apache-2.0', 'protobuf-varint'] },
  { name: /^@img\/sharp-(libvips|win32)-/, texts: ['lgpl-3', 'gpl-3'] },
];

const isc = (/** @type {string} */ holder) => `ISC License

${holder}

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.`;

const mit = (/** @type {string} */ holder) => `MIT License

${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

const isText = (/** @type {string} */ name) =>
  /^(licen[cs]e|copying|notice|third[-_]?party)/i.test(name);

/**
 * @param {string} folder with node_modules and licences
 * @returns {string}
 * @throws Error naming the packages of which no text is known
 */
export function noticesOf(folder) {
  const parts = [];
  const unknown = [];
  for (const path of packagesIn(join(folder, 'node_modules'))) {
    const facts = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    const title = `${facts.name} ${facts.version} (${facts.license})`;
    const texts = textsOf(path, facts, join(folder, 'licences'));
    if (texts.length === 0 || typeof facts.license !== 'string') unknown.push(title);
    else parts.push([title, ...texts].join('\n\n'));
  }
  if (unknown.length > 0)
    throw new Error(
      `No licence text is known of ${unknown.join(', ')}: add them to build/package/notices.mjs.`,
    );
  return `${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/**
 * @param {string} path of the package
 * @param {{ name: string, license?: string, author?: string | { name?: string } }} facts
 * @param {string} folder of our own texts
 */
function textsOf(path, { name, license, author }, folder) {
  const { holder, texts = [] } = known.find((one) => one.name.test(name)) ?? {};
  const read = (/** @type {string} */ file) => readFileSync(file, 'utf8').trim();
  const brought = readdirSync(path).filter(isText).sort();
  const own = brought.map((file) => read(join(path, file)));
  const who = holder ?? (typeof author === 'string' ? author : author?.name);
  if (own.length === 0 && who) {
    if (license === 'MIT') own.push(mit(`Copyright (c) ${who}`));
    if (license === 'ISC') own.push(isc(`Copyright (c) ${who}`));
  }
  // libvips is named with all that it is linked with in a table of its package's readme.
  if (/sharp-libvips/.test(name)) own.push(read(join(path, 'README.md')));
  return [...own, ...texts.map((text) => read(join(folder, `${text}.txt`)))];
}

/** @param {string} modules a folder node_modules @returns {string[]} */
function packagesIn(modules) {
  if (!existsSync(modules)) return [];
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(modules, name)).map((own) => join(modules, name, own))
        : [join(modules, name)],
    )
    .flatMap((path) => [path, ...packagesIn(join(path, 'node_modules'))])
    .filter((path) => existsSync(join(path, 'package.json')));
}
