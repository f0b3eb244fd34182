// Writes docs/commands.md, docs/errors.md and the file associations of electron-builder.yml from the
// contract, so that they can not drift from it. `--check` writes nothing and fails when one is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from './build.mjs';
import { importTypeScript } from './import-typescript.mjs';

const {
  commands,
  errorCatalogue,
  eventSchema,
  formats,
  argumentOf,
  flagsOf,
  kebab,
  runFlagsOf,
  watchExamples,
  watchFlags,
  z,
} = await importTypeScript(`export * from './app/contract/index.ts';
    export { argumentOf, flagsOf, kebab, runFlagsOf, watchFlags } from './app/hosts/cli/flags.ts';
    export { z } from 'zod';`);

const generated = (what) =>
  `<!-- Made by \`npm run docs\` from ${what}. Change it there, not here. -->\n\n`;

/** Text inside a table's cell. */
const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (text) => '`' + cell(text) + '`';

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n') + '\n';

const jsonOf = (schema, io) => z.toJSONSchema(schema, { io, unrepresentable: 'any' });

/** What a value is, in words; objects and lists are taken apart by `fieldRows`. */
function typeWords(json) {
  if (json.anyOf) return json.anyOf.map(typeWords).join(' or ');
  if (json.oneOf) return json.oneOf.map(typeWords).join(' or ');
  if (Array.isArray(json.type))
    return json.type.map((type) => typeWords({ ...json, type })).join(' or ');
  if (json.const !== undefined) return code(JSON.stringify(json.const));
  if (json.enum) return json.enum.map(code).join(', ');
  if (json.type === 'null') return 'null';
  if (json.type === 'array') return `list of ${typeWords(json.items ?? {})}`;
  if (json.type === 'number' || json.type === 'integer') {
    const bounded = (value) => value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
    const { minimum, maximum } = json;
    const range = bounded(minimum)
      ? bounded(maximum)
        ? `, ${minimum} to ${maximum}`
        : `, at least ${minimum}`
      : '';
    return `${json.type}${range}`;
  }
  if (json.type === 'boolean') return '`true` or `false`';
  if (json.type === 'string') return 'text';
  return 'object';
}

/** Rows for the fields of an object, the fields of inner objects below their own. */
function fieldRows(json, prefix = '') {
  return Object.entries(json.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const choices = field.anyOf ?? [field];
    const inner = choices.map((choice) => (choice.type === 'array' ? choice.items : choice));
    const list = choices.some((choice) => choice.type === 'array') ? '[]' : '';
    const isOptional = !(json.required ?? []).includes(name);
    return [
      [
        code(path),
        typeWords(field) + (isOptional && field.default === undefined ? ', optional' : ''),
        field.default === undefined ? '' : code(JSON.stringify(field.default)),
        cell(field.description ?? ''),
      ],
      ...inner.flatMap((one) => (one?.properties ? fieldRows(one, `${path}${list}.`) : [])),
    ];
  });
}

/** Where a command runs, and what it waits for. */
function placeWords({ runs, slot, supersedes, resumable }) {
  const places = {
    engine:
      {
        view: 'Runs in the engine, before work that nobody looks at.',
        work: 'Runs in the engine, after everything that somebody looks at.',
      }[slot ?? ''] ?? 'Runs in the engine at once, beside other work.',
    host: 'Runs in the host.',
    process: 'Runs in processes of its own, started by the host.',
    terminal: 'Belongs to the command line; no page can ask for it.',
  };
  return [
    places[runs],
    ...(supersedes
      ? [`Ends an earlier one of the same ${supersedes.map(code).join(' and ')}.`]
      : []),
    ...(resumable ? ['Goes on from where it was cut off.'] : []),
  ].join(' ');
}

const flagRow = (flag) => [
  code(flag.placeholder === null ? flag.flag : `${flag.flag} <${flag.placeholder}>`),
  flag.default === null ? '' : code(flag.default),
  cell(flag.description),
];

function watchSection() {
  return `### \`hourglass watch [denoise|encode|decode] <folders…>\`

Does with every image that is in a folder, or comes into it, what the command does (\`denoise\`, where none is named), with its flags, as soon as it
is whole, until Ctrl-C: [folders that are watched](manual/batches.md). In the place of the flags for runs it takes these:

${table(['Flag', 'Default', 'Meaning'], watchFlags().map(flagRow))}
\`\`\`sh
${watchExamples.join('\n')}
\`\`\`
`;
}

function cliSection([id, command]) {
  const rows = [...flagsOf(command), ...runFlagsOf(command)].map(flagRow);
  rows.push(['`--json`', '', 'Print JSON lines to stdout, also on a terminal']);
  if (command.reads?.many && command.writes)
    rows.push(['`--dry-run`', '', 'Print what would be written, and write nothing']);
  const argument = argumentOf(command);
  const files = command.reads?.many
    ? ' <files, folders, globs…>'
    : argument
      ? ` <${argument}>`
      : '';
  return `### \`hourglass ${kebab(id)}${files}\`

${command.summary}

${table(['Flag', 'Default', 'Meaning'], rows)}
\`\`\`sh
${command.cli.examples.join('\n')}
\`\`\`
`;
}

function contractSection([id, command]) {
  const input = fieldRows(jsonOf(command.input, 'input'));
  const output = fieldRows(jsonOf(command.output, 'output'));
  return `### \`${id}\` — ${command.title}

${command.summary} ${placeWords(command)}

${input.length > 0 ? `Input:\n\n${table(['Field', 'Type', 'Default', 'Meaning'], input)}` : 'Input: nothing.\n'}
${
  output.length > 0
    ? `Output:\n\n${table(
        ['Field', 'Type', 'Meaning'],
        output.map(([name, type, , meaning]) => [name, type, meaning]),
      )}`
    : 'Output: nothing.\n'
}`;
}

function formatTable() {
  const depths = { uint8: '8', uint16: '16', int16: '16 (signed)', float32: '32 (float)' };
  const rows = Object.values(formats).map(({ title, extensions, mimeType, writes }) => [
    title,
    extensions.map((extension) => code(`.${extension}`)).join(' '),
    code(mimeType),
    writes
      ? writes.samples.map((type) => (type === 'uint16' ? writes.deep : depths[type])).join(', ')
      : '–',
    writes ? (writes.alpha ? 'yes' : 'no') : '–',
    writes ? (writes.lossy ? 'yes' : 'no') : '–',
    writes ? (writes.maxSide > 1e6 ? 'no limit' : String(writes.maxSide)) : '–',
  ]);
  const head = ['Format', 'Extensions', 'Type', 'Bits written', 'Alpha', 'Lossy', 'Largest side'];
  return table(head, rows);
}

/** What opens with Hourglass: the entries of `fileAssociations` in electron-builder.yml. */
function associations() {
  const entries = Object.values(formats).map(({ title, mimeType, family, writes, ...format }) => {
    // Systems know files by what follows the last dot.
    const extensions = format.extensions.filter((extension) => !extension.includes('.'));
    const facts = {
      ext: extensions.length > 1 ? `[${extensions.join(', ')}]` : extensions[0],
      name: title,
      mimeType,
      role: writes || family === 'latent' ? 'Editor' : 'Viewer',
      rank: family === 'latent' ? 'Owner' : 'Alternate',
    };
    const [first, ...rest] = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
    return [`  - ${first}`, ...rest.map((line) => `    ${line}`)].join('\n');
  });
  return `fileAssociations:\n${entries.join('\n')}\n`;
}

/** A file with the part between its two comments made anew. */
function between(file, name, text) {
  const whole = readFileSync(join(root, file), 'utf8');
  const begin = whole.indexOf('\n', whole.indexOf(`# <${name}>`)) + 1;
  const end = whole.indexOf(`# </${name}>`);
  return whole.slice(0, begin) + text + whole.slice(end);
}

function eventSection() {
  return jsonOf(eventSchema, 'output')
    .oneOf.map((event) => {
      const rows = fieldRows(event)
        .filter(([name]) => name !== '`type`')
        .map(([name, type, , meaning]) => [name, type, meaning]);
      return `### \`${event.properties.type.const}\`\n\n${table(['Field', 'Type', 'Meaning'], rows)}`;
    })
    .join('\n');
}

const commandsPage = `${generated('`app/contract`')}# Commands

Every door of Hourglass — the window, the browser, the command line — speaks these commands. The
command line's flags, the validation of every request and this page are derived from one definition
each, in \`app/contract\`.

## Command line

\`hourglass <command> --help\` prints the same. Several files are several jobs: one failure does not
stop the others.

${Object.entries(commands)
  .filter(([, command]) => command.cli)
  .map(cliSection)
  .join('\n')}
${watchSection()}
### Where results go

\`--out\` is a file name (for one input), a folder, or a template. Templates know \`{dir}\` (folder of the
source), \`{name}\` (its name without extension), \`{ext}\` (extension of the output format), \`{model}\` and
\`{n}\` (number of the file in the run). A walked folder's tree appears again below an output folder. The
original is never overwritten; another existing file only with \`--overwrite\`.

In folders, hidden files and what file managers leave behind (\`Thumbs.db\`, \`.DS_Store\`, \`desktop.ini\`)
are skipped, and so are files that neither look nor call themselves like an image. A file named by itself
is never skipped.

### Formats

A file is known by its first bytes. \`keep\` writes the format of the source; what is not written becomes
PNG, and \`encode\` alone writes latent files.

${formatTable()}
### Exit codes

${table(
  ['Code', 'Meaning'],
  [
    ['0', 'All good'],
    ['1', 'Some files failed; the others are done'],
    ['2', 'Wrong usage; nothing was done'],
    ['130', 'Interrupted (Ctrl-C); no partial file was left'],
  ],
)}
### JSON lines

With \`--json\`, and always when stdout is not a terminal, commands over files print one JSON object per
line to stdout. Words for people go to stderr.

${table(
  ['`type`', 'When', 'Fields'],
  [
    ['`job`, `devices`, `engine`', 'As it happens', 'See [events](#events)'],
    ['`result`', 'A file is done', '`job`, `command`, `output` (the output of the command)'],
    [
      '`problem`',
      'A file or input failed',
      '`source`, `error` with `code` (see [errors](errors.md)), `message`, `hint`',
    ],
    ['`plan`', 'With `--dry-run`, per file', '`source`, `output`, `exists`'],
    [
      '`summary`',
      'At the end',
      '`done`, `failed`, `left` (not worked on), `ignored` (files in folders that are no images), `seconds`, `interrupted`',
    ],
  ],
)}
## Contract

${Object.entries(commands).map(contractSection).join('\n')}
## Events

What the program tells while it works: JSON lines on the command line, server-sent events in the
browser, IPC in the window.

${eventSection()}`;

const errorsPage = `${generated('`app/contract/errors.ts`')}# Errors

Every error has one of these codes, a sentence that names the file or the parameter, and a hint. A wrong
parameter always reads *Expected X for NAME but received VALUE of type T.*

${Object.entries(errorCatalogue)
  .map(([name, { meaning, remedy }]) => `## \`${name}\`\n\n${meaning}\n\n${remedy}\n`)
  .join('\n')}`;

const isCheck = process.argv.includes('--check');
let stale = 0;
for (const [file, text, parser] of [
  ['docs/commands.md', commandsPage, 'markdown'],
  ['docs/errors.md', errorsPage, 'markdown'],
  ['electron-builder.yml', between('electron-builder.yml', 'formats', associations()), 'yaml'],
]) {
  const path = join(root, file);
  const wanted = await format(text, { ...(await resolveConfig(path)), parser });
  let current = '';
  try {
    current = readFileSync(path, 'utf8');
  } catch {
    // Not there yet: stale.
  }
  if (current === wanted) continue;
  stale += 1;
  if (isCheck) console.error(`${file} is stale; run \`npm run docs\`.`);
  else {
    writeFileSync(path, wanted);
    console.log(`wrote ${file}`);
  }
}
if (isCheck && stale > 0) process.exit(1);
