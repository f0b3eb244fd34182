// What `build/sentences.mjs --check` lets stand outside of a catalogue, each with its reason.

const record = 'a record that is written into the file: it says the same in every language';
const protocol = 'a protocol’s text, which no person reads';
const ourMistake = 'a mistake of ours, which no person reads';

/** @type {readonly { file: string, text: RegExp, reason: string }[]} */
export const exceptions = [
  {
    file: 'app/contract/sentences/languages.ts',
    text: /^(English|Deutsch|Français|[A-Z][a-z]{3})$/,
    reason: 'languages by their own names, and scripts by their codes',
  },
  {
    file: 'app/hosts/electron/updates/way.ts',
    text: /^Uninstall Hourglass\.exe$/,
    reason: 'a file’s name',
  },
  {
    file: 'app/scans/stow.ts',
    text: /^(--§|Bearer §|multipart\/related)/,
    reason: 'words of HTTP',
  },
  {
    file: 'app/contract/actions.ts',
    text: /^(Plus|Arrow)$/,
    reason: 'names of keys as Electron wants them',
  },
  {
    file: 'app/jobs/host-commands.ts',
    text: /gives no diagnostics/,
    reason: ourMistake,
  },
  {
    file: 'app/contract/job-list.ts',
    text: /is in the list already/,
    reason: ourMistake,
  },
  {
    file: 'app/jobs/runs/report-page.ts',
    text: /^\n:root\{/,
    reason: 'a style sheet',
  },
  { file: 'app/hosts/cli/completion.ts', text: /./, reason: 'scripts that shells read' },
  { file: 'app/hosts/cli/usage.ts', text: /^watch$/, reason: 'what is typed' },
  {
    file: 'app/contract/run-options.ts',
    text: /^hourglass watch /,
    reason: 'what is typed',
  },
  {
    file: 'app/pixels/colour/code-points.ts',
    text: /./,
    reason: 'names of colours, which are written into profiles',
  },
  {
    file: 'app/pixels/colour/description.ts',
    text: /^(sRGB curve|gamma §|(sRGB|Own) primaries|Compatible with Adobe RGB \(1998\))$/,
    reason: 'names of colours, which are written into profiles',
  },
  { file: 'app/scans/dicom/image.ts', text: /^PALETTE COLOR$/, reason: protocol },
  { file: 'app/scans/dicom/write/derive.ts', text: /./, reason: record },
  { file: 'app/scans/dicom/deidentify/deidentify.ts', text: /Profile$|Option$/, reason: record },
  { file: 'app/scans/dicom/deidentify/dummies.ts', text: /^ANONYMIZED$/, reason: record },
  { file: 'app/scans/dicom/deidentify/profile-data.ts', text: /^[0-9a-f ]+$/, reason: record },
  { file: 'app/scans/dicom/write/elements.ts', text: /^OB OD /, reason: protocol },
  { file: 'app/scans/dicom/write/object.ts', text: /^Rows of a frame/, reason: ourMistake },
  ...[
    'activations',
    'arithmetic',
    'layers',
    'net',
    'operations',
    'pictures',
    'shapes',
    'graph-model',
    'model-json',
  ].map((name) => ({
    file: `app/runtime/tfjs/${name}.ts`,
    text: /^[A-Z][A-Za-z]+$/,
    reason: 'operators of ONNX and TensorFlow',
  })),
  ...['layers-model', 'layers-writer'].map((name) => ({
    file: `app/learn/${name}.ts`,
    text: /^[A-Z][A-Za-z]+$/,
    reason: 'layers of TensorFlow.js',
  })),
  {
    file: 'app/runtime/tfjs/node.ts',
    text: /^(DT_FLOAT|SAME)/,
    reason: 'names that TensorFlow writes',
  },
  {
    file: 'app/runtime/tfjs/operations.ts',
    text: /^\[rows, columns/,
    reason: 'a shape as TensorFlow has it',
  },
  {
    file: 'app/runtime/tfjs/einsum.ts',
    text: /^Einsum/,
    reason: 'words of TensorFlow.js, which its own errors stand beside',
  },
  { file: 'app/explore/search.ts', text: /^Gemm$/, reason: 'an operator of ONNX' },
  { file: 'app/explore/unusual/memory.ts', text: /^(Gemm|TopK)$/, reason: 'operators of ONNX' },
  {
    file: 'app/explore/unusual/activations.ts',
    text: /^(Abs|AveragePool)$/,
    reason: 'operators of ONNX',
  },
  { file: 'app/pixels/formats/bmff.ts', text: /^Exif$/, reason: protocol },
  { file: 'app/pixels/jpeg-scan.ts', text: /^Adobe$/, reason: protocol },
  { file: 'app/pixels/metadata/index.ts', text: /^from a damaged file/, reason: record },
  { file: 'app/pixels/metadata/tiff-file.ts', text: /^Zeiss LSM$/, reason: 'a program’s name' },
  {
    file: 'app/pixels/metadata/stack-description.ts',
    text: /^(Type|Channel|Plane)$/,
    reason: protocol,
  },
  {
    file: 'app/pixels/metadata/stack-page.ts',
    text: /^(Pixels|Channel|Plane)$/,
    reason: protocol,
  },
  { file: 'app/pixels/metadata/xmp-attached.ts', text: /^(Semantic|Length)$/, reason: protocol },
  { file: 'app/pixels/metadata/xmp-places.ts', text: /^Area$/, reason: protocol },
  { file: 'app/pixels/metadata/xmp.ts', text: /^Orientation$|<\/rdf:RDF>/, reason: protocol },
  {
    file: 'app/pixels/share/private-parts.ts',
    text: /^(maker notes|attached data)$/,
    reason: record,
  },
  {
    file: 'app/pixels/share/sharing-writer.ts',
    text: /^(without §|resized to § × §|converted to sRGB)$/,
    reason: record,
  },
  {
    file: 'app/pixels/share/shown-window.ts',
    text: /^, light and dark swapped$|^§; seen through the window/,
    reason: record,
  },
  { file: 'app/pixels/sniff.ts', text: /^gimp xcf$/, reason: protocol },
  {
    file: 'app/pixels/write.ts',
    text: /after the end\.$|^Expected whole rows|finished twice|rows were written\.$|writer of its own|without settings/,
    reason: ourMistake,
  },
  { file: 'app/raw/linear-dng.ts', text: /^Unknown camera$/, reason: record },
  {
    file: 'app/raw/prophoto.ts',
    text: /^(No copyright, use freely|ProPhoto RGB .*|Gray, gamma 1\.8 .*)$/,
    reason: record,
  },
  { file: 'app/raw/reader.ts', text: /^JPEG XL$/, reason: 'the name of a format' },
  {
    file: 'app/denoise/denoise.ts',
    text: /^(noise level §( § \(§\))?|strength § %|of this image|one for its series|as given|stored values)$/,
    reason: record,
  },
  { file: 'app/denoise/export.ts', text: /pixels unchanged$|, detail § %/, reason: record },
  { file: 'app/denoise/layers.ts', text: /^share §$/, reason: 'a part of a key' },
  {
    file: 'app/hosts/cli/cli.ts',
    text: /^hourglass: §( §)?\n$/,
    reason: 'the command’s name before a sentence',
  },
  {
    file: 'app/hosts/cli/main.ts',
    text: /^hourglass: §\n$/,
    reason: 'the command’s name before a sentence',
  },
  { file: 'app/hosts/shared/page-headers.ts', text: /^img-src/, reason: protocol },
  {
    file: 'app/hosts/shared/paths.ts',
    text: /^Library\/Application Support/,
    reason: 'a folder’s name',
  },
  { file: 'app/hosts/shared/downloads.ts', text: /^attachment;/, reason: protocol },
  { file: 'app/hosts/web/event-stream.ts', text: /^(id|retry): /, reason: protocol },
  {
    file: 'app/hosts/web/event-stream.ts',
    text: /were waiting$|^there are more than/,
    reason: 'for the log',
  },
  { file: 'app/hosts/web/server.ts', text: /^private, max-age/, reason: protocol },
  {
    file: 'app/jobs/engine/core.ts',
    text: /^x, y$/,
    reason: 'names of parameters',
  },
  {
    file: 'app/jobs/engine/engine.ts',
    text: /^The engine was used before configure\.$/,
    reason: ourMistake,
  },
  {
    file: 'app/hosts/electron/without-window.ts',
    text: /^(watch|help|--help|--version)$/,
    reason: 'what is typed on the command line',
  },
  {
    file: 'app/jobs/engine/handlers.ts',
    text: /two handlers|no command of the engine$|^nothing answers|not answer to|is not whole/,
    reason: ourMistake,
  },
  { file: 'app/jobs/host-commands.ts', text: /^The host does not answer to/, reason: ourMistake },
  {
    file: 'app/jobs/listeners.ts',
    text: /^A listener of the program failed/,
    reason: 'for the log',
  },
  {
    file: 'app/jobs/processes.ts',
    text: /^Hourglass (engine|device check)$/,
    reason: 'names of processes, as the system lists them',
  },
  { file: 'app/jobs/program.ts', text: /^The engine could not be ended/, reason: 'for the log' },
  { file: 'app/latent/decode.ts', text: /^decoded from a latent/, reason: record },
  { file: 'app/runtime/devices.ts', text: /^Core ML$/, reason: 'a product’s name' },
  {
    file: 'app/runtime/probe/memory-guard.ts',
    text: /^\n {2}const \{ workerData/,
    reason: 'a program',
  },
  { file: 'renderer/no-skeletons.ts', text: /^Sentences have no skeletons/, reason: ourMistake },
  { file: 'renderer/vite.config.ts', text: /^export const placeIds/, reason: 'a program' },
  {
    file: 'renderer/workspaces/explore/heat.ts',
    text: /^linear-gradient/,
    reason: 'a style, for CSS',
  },
  {
    file: 'renderer/viewer/gl.ts',
    text: /^rgba rgba$/,
    reason: 'names of channels, in a program',
  },
  { file: 'renderer/viewer/shaders.ts', text: /./, reason: 'programs of the graphics card' },
];
