/**
 * Who may import whom. contract <- pixels <- runtime <- capabilities <- jobs <- hosts.
 * Capabilities do not know each other, and nobody but their tables knows them; the renderer knows the contract
 * and nothing else of app/. Dangerous doors (electron, onnxruntime, sharp) have exactly one home each.
 */
const { readdirSync } = require('node:fs');
const { join } = require('node:path');

const LAYERS = ['contract', 'pixels', 'runtime', 'jobs', 'hosts'];
/** Every other folder of app/ is a capability. */
const names = readdirSync(join(__dirname, 'app')).filter((name) => !LAYERS.includes(name));
const CAPABILITIES = `^app/(${names.join('|')})/`;
/** What each says of itself to every door. */
const CONTRACTS = `^app/contract/(${names.join('|')})\\.ts$`;
const TABLES = [
  '^app/contract/capabilities\\.ts$',
  '^app/jobs/engine/capabilities\\.ts$',
  // What a file says of itself, by whose it is.
  '^app/contract/info\\.ts$',
  // Which files are one entry, by format.
  '^app/hosts/shared/grouping\\.ts$',
];

/** A rule `from` may not import `to`, with the reason a newcomer reads when it fails. */
const forbid = (name, comment, from, to, extra = {}) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, ...(extra.fromNot ? { pathNot: extra.fromNot } : {}) },
  to: { path: to, ...(extra.toNot ? { pathNot: extra.toNot } : {}), ...(extra.to ?? {}) },
});

module.exports = {
  forbidden: [
    forbid(
      'contract-imports-zod-only',
      'The contract is shared by every door, the sandboxed renderer included.',
      '^app/contract/',
      '.*',
      {
        fromNot: '^app/contract/sentences/',
        toNot: '^(app/contract/|node_modules/zod/)',
      },
    ),
    forbid(
      'sentences-have-one-library',
      'Catalogues speak through intl-messageformat, and nobody else knows it.',
      '^app/contract/sentences/',
      '.*',
      { toNot: '^(app/contract/sentences/|node_modules/intl-messageformat/)' },
    ),
    forbid(
      'messageformat-has-one-home',
      'A sentence is in a catalogue; which library says it is known in one place.',
      '^(app|renderer)/',
      '^node_modules/(intl-messageformat|@formatjs)/',
      { fromNot: '^app/contract/sentences/' },
    ),
    forbid('pixels-below-runtime', 'Files and rasters know nothing of networks.', '^app/pixels/', [
      '^app/(runtime|jobs|hosts)/',
      CAPABILITIES,
    ]),
    forbid(
      'runtime-below-capabilities',
      'The runtime serves every capability alike.',
      '^app/runtime/',
      ['^app/(jobs|hosts)/', CAPABILITIES],
    ),
    forbid(
      'capabilities-below-jobs',
      'A capability does not know who runs it.',
      CAPABILITIES,
      '^app/(jobs|hosts)/',
    ),
    ...names.map((name) =>
      forbid(
        `${name}-knows-no-other-capability`,
        'Capabilities meet in the pixels and the runtime, not in each other.',
        [`^app/${name}/`, `^app/contract/${name}\\.ts$`],
        [CAPABILITIES, CONTRACTS],
        { toNot: [`^app/${name}/`, `^app/contract/${name}\\.ts$`] },
      ),
    ),
    forbid(
      'a-capability-is-a-line-of-each-table',
      'What all share asks the tables; only a workspace, in its own folder, knows whose it is.',
      '^(app|renderer)/',
      [CAPABILITIES, CONTRACTS],
      {
        fromNot: [
          CAPABILITIES,
          CONTRACTS,
          ...TABLES,
          '^renderer/workspaces/[^/]+/',
          // Shown in every workspace, and no workspace itself.
          '^renderer/scans/',
          '\\.test\\.ts$',
        ],
      },
    ),
    forbid(
      'latent-parts-stand-alone',
      'The entropy coder and the container know neither networks nor commands: others may use them as they are.',
      '^app/latent/(entropy|container)/',
      '^app/latent/[^/]+\\.ts$',
    ),
    forbid(
      'entropy-knows-no-container',
      'Streams mean the same in any file.',
      '^app/latent/entropy/',
      '^app/latent/container/',
    ),
    forbid(
      'jobs-below-hosts',
      'The queue does not know which window it serves.',
      '^app/jobs/',
      '^app/hosts/',
    ),
    ...['electron', 'web', 'serve', 'cli'].map((name) =>
      forbid(
        `host-${name}-stands-alone`,
        'Hosts share code through jobs and contract, or through hosts/shared.',
        `^app/hosts/${name}/`,
        '^app/hosts/',
        { toNot: `^app/hosts/(${name}|shared)/` },
      ),
    ),
    forbid(
      'renderer-imports-contract-only',
      'The page is sandboxed: types and schemas only.',
      '^renderer/',
      '^app/',
      {
        toNot: '^app/contract/',
      },
    ),
    forbid(
      'app-never-imports-renderer',
      'Only the browser runs the renderer.',
      '^app/',
      '^renderer/',
    ),
    forbid(
      'electron-has-one-home',
      'The core is plain Node; Electron is a thin host.',
      '^(app|renderer)/',
      '^node_modules/electron/',
      {
        fromNot: '^app/hosts/electron/',
      },
    ),
    forbid(
      'updater-has-one-home',
      'What fetches newer versions is loaded when a person has said yes, and nowhere else.',
      '^(app|renderer)/',
      '^node_modules/(electron-updater|builder-util-runtime)/',
      {
        fromNot: '^app/hosts/electron/updates/(updater|host-http)[.]ts$',
      },
    ),
    forbid(
      'onnxruntime-has-one-home',
      'Raw ort.* stays behind the session pool.',
      '^(app|renderer)/',
      '^node_modules/onnxruntime',
      {
        fromNot: '^app/runtime/',
      },
    ),
    forbid(
      'sharp-has-one-home',
      'Every decoder and its limits are in one place.',
      '^(app|renderer)/',
      '^node_modules/sharp/',
      {
        fromNot: '^app/pixels/',
      },
    ),
    forbid(
      'protobuf-has-one-home',
      'ONNX files are written in one place.',
      '^(app|renderer)/',
      '^node_modules/@bufbuild/',
      { fromNot: '^app/runtime/onnx' },
    ),
    forbid(
      'tensorflow-has-one-home',
      'It is what translated models are compared with, in a process that is thrown away.',
      '^(app|renderer)/',
      '^node_modules/@tensorflow/',
      { fromNot: '^app/runtime/tfjs/(tensorflow|einsum)\\.ts$' },
    ),
    forbid(
      'tensorflow-loads-when-asked-for',
      'Only `import()` reaches it: no other check pays for it.',
      '^app/',
      '^app/runtime/probe/check-tfjs\\.ts$',
      { to: { dynamic: false } },
    ),
    forbid(
      'queue-has-one-home',
      'Redis is for who asks for several machines; nobody else knows its clients.',
      '^(app|renderer)/',
      '^node_modules/(bullmq|ioredis)/',
      { fromNot: '^app/jobs/remote/' },
    ),
    forbid(
      'queue-loads-when-asked-for',
      'Only `import()` reaches it: no other start pays for a Redis client.',
      '^app/',
      '^app/jobs/remote/',
      { fromNot: '^app/jobs/remote/', to: { dynamic: false } },
    ),
    {
      name: 'no-cycles',
      comment: 'A cycle hides who owns what.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'An import must exist.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'svelte'],
    },
  },
};
