// Writes docs/commands.md, docs/errors.md, the manual page of the command line and the file associations of electron-builder.yml from the
// contract, so that they can not drift from it. `--check` writes nothing and fails when one is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from './build.mjs';
import { importTypeScript } from './import-typescript.mjs';
import { manPage } from './man.mjs';

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
  attributeOf,
  changes,
  primaryClasses,
  tagText,
  z,
} = await importTypeScript(`export * from './app/contract/index.ts';
    export { eventSchema } from './app/contract/events.ts';
    export { argumentOf, flagsOf, runFlagsOf, watchFlags } from './app/hosts/cli/flags.ts';
    export { kebab } from './app/hosts/shared/kebab.ts';
    export { attributeOf, tagText } from './app/scans/dicom/dictionary.ts';
    export { changes } from './app/scans/dicom/write/derive.ts';
    export { primaryClasses } from './app/scans/dicom/write/iods.ts';
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
  flag.default === null || flag.default === '' ? '' : code(flag.default),
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

/** A verb of the command line, as the page of commands and the manual page tell it. */
function verbOf([id, command]) {
  const flags = [...flagsOf(command), ...runFlagsOf(command)];
  const more = (flag, description) => ({ flag, placeholder: null, default: null, description });
  flags.push(more('--json', 'Print JSON lines to stdout, also on a terminal'));
  if (command.reads?.many && command.writes)
    flags.push(more('--dry-run', 'Print what would be written, and write nothing'));
  const argument = argumentOf(command);
  const files = command.reads?.many
    ? ' <files, folders, globs…>'
    : argument
      ? ` <${argument}>${command.cli.second ? ` [${command.cli.second}]` : ''}`
      : '';
  return {
    synopsis: `hourglass ${kebab(id)}${files}`,
    ...{ summary: command.summary, flags, examples: command.cli.examples },
  };
}
const verbs = Object.entries(commands)
  .filter(([, command]) => command.cli)
  .map(verbOf);

const cliSection = ({ synopsis, summary, flags, examples }) => `### \`${synopsis}\`

${summary}

${table(['Flag', 'Default', 'Meaning'], flags.map(flagRow))}
\`\`\`sh
${examples.join('\n')}
\`\`\`
`;

const watch = {
  synopsis: 'hourglass watch [denoise|encode|decode] <folders…>',
  summary:
    'Does with every image that is in a folder, or comes into it, what the command does (denoise, where none is named), with its flags, as soon as it is whole, until Ctrl-C. In the place of the flags for runs it takes these.',
  flags: watchFlags(),
  examples: watchExamples,
};

const exitCodes = [
  ['0', 'All good'],
  ['1', 'Some files failed; the others are done'],
  ['2', 'Wrong usage; nothing was done'],
  ['130', 'Interrupted (Ctrl-C); no partial file was left'],
];

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

${verbs.map(cliSection).join('\n')}
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

${table(['Code', 'Meaning'], exitCodes)}
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

/** What the page of tags says of each change of `derive.ts`; one without words stops here. */
const changeWords = {
  imageType: 'value 1 `DERIVED`, value 2 by the SOP class (below), the others as they are',
  instanceUid:
    'new: from the run, the UID of the source and its bytes, so that it is the same after a resume, another one in another run, and two for two files of one UID; also in the file meta information',
  creationDate: 'when the run began, in the zone of Timezone Offset From UTC, else in UTC',
  creationTime: 'the same',
  creator: 'left out: it names the device that made the source',
  seriesDescription:
    'followed by “cleaned”, of a series that was cleaned before “again”; “unchanged” where strength 0 was asked for; a text that would not fit in 64 characters is cut where that cuts no character',
  derivationDescription:
    'what was done, by which version, “Not for diagnosis.”, behind the text that was there; ASCII',
  sourceImage:
    'the source, as 121322 (DCM), “Source image for image processing operation”, in the place of what was there',
  derivationCode:
    'the items that were there, and, where a pixel is another one, 113087 (DCM), “Smoothing”',
  evidence: 'the source, with its series and its study',
  equipment:
    'the items that were there, and one of Hourglass: version, when the run began, what was done, 109102 (DCM), “Processing Equipment”',
  seriesUid: 'new: from the run and the UID of the source’s series, so that one series stays one',
  seriesNumber: '1000 more; one that is empty or no number stays',
  concatenation: 'new, where there is one',
  concatenationSource: 'new, where there is one: the same for all parts of it',
  sharedGroups:
    'values 1 and 2 of Frame Type as those of Image Type; Derivation Image Sequence moves to the frames',
  frameGroups:
    'the same, and Derivation Image Sequence: what was done to this frame, its codes, the frame of the source',
  pixelRange: 'left out: they spoke of other pixels',
  icon: 'left out: it shows other pixels',
  signatures: 'left out: what they signed has changed',
  offsets: 'left out: pixels lie elsewhere',
  padding: 'left out',
};

/** SOP classes of `iods.ts`. */
const classNames = {
  128: 'PET',
  128.1: 'legacy converted enhanced PET',
  130: 'enhanced PET',
  20: 'nuclear medicine',
  2.1: 'enhanced CT',
  2.2: 'legacy converted enhanced CT',
  4.1: 'enhanced MR',
  4.3: 'enhanced MR, colour',
  4.4: 'legacy converted enhanced MR',
  '13.1.1': 'X-ray 3D, angiographic',
  '13.1.2': 'X-ray 3D, craniofacial',
  '13.1.3': 'breast tomosynthesis',
  '77.1.5.1': 'ophthalmic photography, 8 bits',
  '77.1.5.2': 'ophthalmic photography, 16 bits',
  '77.1.5.4': 'ophthalmic tomography',
};

const conditions = {
  ...Object.fromEntries(
    ['derivationDescription', 'sourceImage', 'derivationCode'].map((id) => [
      id,
      'without functional groups',
    ]),
  ),
  ...Object.fromEntries(
    ['evidence', 'sharedGroups', 'frameGroups'].map((id) => [id, 'with functional groups']),
  ),
};

function tagRows() {
  return changes.map(({ id, tags }) => {
    const words = changeWords[id];
    if (!words) throw new Error(`build/docs.mjs has no words for the change ${id}.`);
    return [
      tags.map(tagText).join('<br>'),
      tags.map((tag) => attributeOf(tag)?.keyword ?? '').join('<br>'),
      conditions[id] ?? 'always',
      cell(words),
    ];
  });
}

const tagsPage = `${generated('`app/scans/dicom/write`')}# What happens to each tag

A result that is written as DICOM is its source, byte by byte, but for the elements of this page: private ones, text in any character set,
dates of any spelling and sequences of any depth are copied as they lie in the file. Nothing but this list differs where nothing was cleaned;
the pixels are identical then too. [The manual](manual/scans.md#dicom) says how such files are made, [the conformance statement](conformance.md) the rest.

${table(['Tag', 'Attribute', 'Objects', 'Becomes'], tagRows())}
Group lengths (gggg,0000) are left out. Value 2 of Image Type is \`SECONDARY\`, and \`PRIMARY\` for ${primaryClasses.map((one) => classNames[one]).join('; ')}.

The file meta information is new: Media Storage SOP Class and Instance UID, Transfer Syntax UID, Implementation Class UID and Version Name of Hourglass. Application entity
titles of whoever sent the source are left out, the preamble is zeros.

What belongs to the pixels: Pixel Data; Photometric Interpretation becomes \`RGB\` for YBR that was decoded, Planar Configuration 0. Both stay, with the source's own bytes, where
nothing was cleaned and the source is not compressed. Lossy Image Compression stays as it is; where JPEG (1.2.840.10008.1.2.4.50, .51) said by its transfer syntax alone that
something was lost, \`01\`, ratio and method are added. Everything else (Bits, Rescale, windows, padding, overlays, geometry) stays.
`;

const isCheck = process.argv.includes('--check');
let stale = 0;
for (const [file, text, parser] of [
  ['docs/commands.md', commandsPage, 'markdown'],
  ['docs/errors.md', errorsPage, 'markdown'],
  ['docs/dicom-tags.md', tagsPage, 'markdown'],
  ['build/resources/hourglass.1', manPage({ verbs, watch, exitCodes }), null],
  ['electron-builder.yml', between('electron-builder.yml', 'formats', associations()), 'yaml'],
]) {
  const path = join(root, file);
  const wanted = parser ? await format(text, { ...(await resolveConfig(path)), parser }) : text;
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
