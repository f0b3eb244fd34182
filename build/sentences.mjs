// The sentences of the program: `npm run sentences -- --check` fails on one that stands outside of a catalogue (so does
// `npm run check`); `--export FILE` writes the English ones by key, which is what a translation is made from; `--missing TAG` prints those
// that a translation lacks; `--sort TAG` writes it anew in the order of keys, without what is no sentence any more.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { findInFile, findEarly, findSameName } from './sentences/find.mjs';
import { exceptions } from './sentences/exceptions.mjs';
import { root } from './build.mjs';
import { importTypeScript } from './import-typescript.mjs';

const isSource = (file) =>
  /\.(ts|svelte)$/.test(file) &&
  !/\.test\.ts$|\.d\.ts$|(^|\/)test-runes\.ts$|\/harness\/|\/assembly\//.test(file) &&
  !isCatalogue(file);
const isCatalogue = (file) => /(^|\/)sentences\.ts$/.test(file);

function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}
const files = ['app', 'renderer'].flatMap(filesBelow).sort();

/** What is wrong, a line each. */
export function problems() {
  const used = new Set();
  const lines = [];
  for (const file of files.filter(isSource)) {
    const text = readFileSync(join(root, file), 'utf8');
    const line = (at) => text.slice(0, at).split('\n').length;
    for (const { start } of findEarly(file, text))
      lines.push(
        `${file}:${line(start)}: a sentence is said while the module loads, before the language is known`,
      );
    for (const found of findInFile(join(root, file))) {
      const exception = exceptions.find((one) => one.file === file && one.text.test(found.text));
      if (exception) used.add(exception);
      else
        lines.push(
          `${file}:${line(found.start)}: ${JSON.stringify(found.text.slice(0, 80))} belongs into a catalogue (sentences.ts)`,
        );
    }
  }
  const catalogues = files
    .filter(isCatalogue)
    .map((file) => ({ file, code: readFileSync(join(root, file), 'utf8') }));
  for (const { file, name, earlier } of findSameName(catalogues))
    lines.push(`${file}: “${name}” is the name of the catalogue in ${earlier}; each has its own`);
  for (const one of exceptions)
    if (!used.has(one))
      lines.push(`build/sentences/exceptions.mjs: ${one.file} ${one.text} is not needed any more`);
  return lines;
}

/** All keys and English texts: catalogues, the contract's tables, and what flags of the command line are for. */
export async function english() {
  const catalogues = files.filter(isCatalogue);
  const { flagSentences, loadedCatalogues, tableSentences } = await importTypeScript(
    `${catalogues.map((file) => `import './${file}';`).join('\n')}
      export { loadedCatalogues } from './app/contract/sentences/catalogue.ts';
      export { flagSentences } from './app/hosts/cli/flag-words.ts';
      export { tableSentences } from './app/contract/tables.ts';`,
  );
  const texts = [...loadedCatalogues()].flatMap(([namespace, sentences]) =>
    Object.entries(sentences).map(([id, text]) => [`${namespace}.${id}`, text]),
  );
  return Object.fromEntries(
    [...texts, ...Object.entries({ ...tableSentences(), ...flagSentences() })].sort(([a], [b]) =>
      a < b ? -1 : 1,
    ),
  );
}

if (process.argv[1]?.endsWith('sentences.mjs')) {
  const [what, file] = process.argv.slice(2);
  if (what === '--export' && file) {
    const texts = await english();
    writeFileSync(file, `${JSON.stringify(texts, null, 2)}\n`);
    console.log(`wrote ${Object.keys(texts).length} sentences to ${file}`);
  } else if ((what === '--missing' || what === '--sort') && /^[\w-]+$/.test(file ?? '')) {
    const path = join(root, 'translations', `${file}.json`);
    const there = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
    const texts = await english();
    const write = (entries) => `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
    if (what === '--missing')
      console.log(
        write(Object.entries(texts).filter(([key]) => !Object.hasOwn(there, key))).trimEnd(),
      );
    else
      writeFileSync(
        path,
        write(
          Object.keys(texts)
            .filter((key) => Object.hasOwn(there, key))
            .map((key) => [key, there[key]]),
        ),
      );
  } else if (what === '--check') {
    const lines = problems();
    for (const line of lines) console.error(line);
    process.exitCode = lines.length > 0 ? 1 : 0;
  } else {
    console.error(
      'usage: npm run sentences -- --check | --export FILE | --missing TAG | --sort TAG',
    );
    process.exitCode = 2;
  }
}
