/**
 * The table of fuzzed parsers: everything of ours that reads bytes or text that others made. A parser is one entry;
 * what may come of it is: an answer, or a HourglassError other than `internal`. Anything else is a failure, and
 * so is a crash, more time or memory than the limits, and a file that it leaves behind.
 */
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  commands,
  HourglassError,
  isCommandId,
  parseInput,
  rangeOfWindow,
  windowOf,
  windowText,
} from '../../app/contract/index.ts';
import { readJp2Boxes } from '../../app/codecs/jp2-boxes.ts';
import { createPageDoor } from '../../app/hosts/shared/page-door.ts';
import { preferencesFile } from '../../app/hosts/shared/preferences.ts';
import { openLatentFile, type MeasuredValues } from '../../app/latent/container/index.ts';
import {
  createWasmCoder,
  loadModule,
  parseEntropyModel,
  type TileCoder,
} from '../../app/latent/entropy/index.ts';
import { decodeImage } from '../../app/pixels/index.ts';
import { cameraRawKind } from '../../app/pixels/camera-raw.ts';
import { describeColour, describedProfile } from '../../app/pixels/colour/description.ts';
import { readAvifColour } from '../../app/pixels/colour/nclx.ts';
import { avifEdits } from '../../app/pixels/formats/bmff.ts';
import {
  jpegEdits,
  pngEdits,
  webpEdits,
  type OutputBlobs,
} from '../../app/pixels/formats/containers.ts';
import { spliceCopy } from '../../app/pixels/formats/splice.ts';
import { readCapture } from '../../app/pixels/metadata/exif.ts';
import { patchExif } from '../../app/pixels/metadata/exif-patch.ts';
import { profileName, profileSpace } from '../../app/pixels/metadata/icc.ts';
import { readBeside } from '../../app/pixels/metadata/file-beside.ts';
import { endOfJpeg } from '../../app/pixels/metadata/jpeg-segments.ts';
import { iptcFromPhotoshop, photoshopBlock as blockOf } from '../../app/pixels/metadata/iptc.ts';
import { hasLookupTable, matrixProfile } from '../../app/pixels/metadata/matrix-profile.ts';
import { PhotoshopResources } from '../../app/pixels/metadata/photoshop.ts';
import { readTiffFile } from '../../app/pixels/metadata/tiff-file.ts';
import { bytesAsSource } from '../../app/pixels/metadata/tiff-structure.ts';
import { markXmp } from '../../app/pixels/metadata/xmp.ts';
import { resolveOutput } from '../../app/pixels/naming.ts';
import { sniff, sniffLength } from '../../app/pixels/sniff.ts';
import { readRawMetadata } from '../../app/raw/exif.ts';
import { readRawLayout } from '../../app/raw/layout.ts';
import { readCard } from '../../app/runtime/card.ts';
import { presetsFromText } from '../../app/contract/preset-file.ts';
import { presetFileText } from '../../app/contract/presets.ts';
import { translate } from '../../app/runtime/tfjs/translate.ts';
import {
  settingsFileText,
  settingsFromText as readSettingsFile,
} from '../../app/contract/settings-file.ts';
import { parseDicom, parseSome } from '../../app/scans/dicom/file.ts';
import { frameBytes } from '../../app/scans/dicom/frames.ts';
import { pixelFactsOf } from '../../app/scans/dicom/image.ts';
import { scaleOfFrame } from '../../app/scans/dicom/scale.ts';
import { derivedElements } from '../../app/scans/dicom/write/derive.ts';
import { PIXEL_DATA, readFile as readDicomElements } from '../../app/scans/dicom/write/elements.ts';
import { ElementWriter } from '../../app/scans/dicom/write/encode.ts';
import { scannedOf } from '../../app/scans/nifti/geometry.ts';
import { headerBytes, parseHeader, slicesOf } from '../../app/scans/nifti/header.ts';
import { niftiReader } from '../../app/scans/nifti/reader.ts';
import { headOfSlice } from '../../app/scans/nifti/source-volume.ts';
import { compressFromText, compressToText } from '../../renderer/workspaces/compress/settings.ts';
import {
  defaultSettings,
  settingsFromText,
  settingsToText,
} from '../../renderer/workspaces/clean/settings.ts';
import { smallShape, syntheticLatents, syntheticModel } from '../unit/latent/entropy-models.ts';
import { mendHeader } from '../unit/latent/container-support.ts';
import { withMeasured } from '../unit/latent/scan-support.ts';
import { makeDng } from '../unit/raw/make-dng.ts';
import { graphs as tfjsGraphs } from '../unit/runtime/tfjs/graphs.ts';
import { made as tfjsLayers, saved as tfjsSaved } from '../unit/runtime/tfjs/models.ts';
import { madeDicom, type Elements } from '../unit/scans/made-dicom.ts';
import { madeNifti, zipped, type Made } from '../unit/scans/nifti-made.ts';
import type { Limits } from './outcome.ts';
import { jp2Files, jxlFiles, runCodec } from './codecs.ts';
import { rawFiles, runRaw } from './raw.ts';
import {
  blobsOf,
  bytesOfText,
  corpusOf,
  filesOf,
  hostileFiles,
  photoshopBlock,
  pictureFile,
  pngOfChunks,
  xmpPacket,
  xmpWords,
} from './seeds.ts';

export interface FuzzPlace {
  /** A folder of the parser's own; what is in it after an input, besides `keeps`, was left behind. */
  readonly folder: string;
}

export interface FuzzTarget {
  seeds(): Promise<readonly Uint8Array[]> | readonly Uint8Array[];
  /** Put in now and then. */
  readonly words?: readonly Uint8Array[];
  /** Bytes of a file's beginning that three quarters of the inputs keep: what is refused by them reaches no decoder. */
  readonly head?: number;
  /** Whether the last input came as far as the decoder of pixels, for the count. */
  reached?(): boolean;
  /** Files of the data pack are seeds of long runs. */
  readonly takesFiles?: boolean;
  /** Names that may be in its folder. */
  readonly keeps?: readonly string[];
  /** Where the usual ones are not those of its input. */
  readonly limits?: Limits;
  run(input: Uint8Array, place: FuzzPlace): unknown;
}

/** With functional groups, and a private sequence. */
const dicomGroups: Elements = {
  '0009,0010': ['LO', 'MAKER'],
  '0009,1001': ['SQ', [{ '0009,1002': ['LO', 'x'] }]],
  '5200,9229': ['SQ', [{ '0018,9329': ['SQ', [{ '0008,9007': ['CS', 'ORIGINAL'] }]] }]],
  '5200,9230': ['SQ', [{ '0008,9124': ['SQ', [{ '0008,2111': ['ST', 'x'] }]] }]],
};

const bytesOfJson = ({ model }: { readonly model: unknown }): Uint8Array =>
  bytesOfText(JSON.stringify(model));
const text = (input: Uint8Array): string => new TextDecoder().decode(input);
const blobs: OutputBlobs = {
  icc: Uint8Array.of(1, 2, 3),
  exif: Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0),
  xmp: bytesOfText('<x/>'),
  iptc: Uint8Array.of(0x1c, 2, 5, 0, 0),
  resolution: { x: 300, y: 150, unit: 'inch' },
};
const size = { width: 16, height: 16, hasAlpha: false };
const signal = new AbortController().signal;

/** What reads only files that our own encoder has just written says so of anything else. */
const ofOurEncoder = (work: Promise<unknown>): Promise<unknown> =>
  work.catch((error: unknown) => {
    if (!(error instanceof Error) || !error.message.startsWith('the encoder')) throw error;
  });

/** Commands' inputs as a page sends them: `[command, input]`. */
const requests = [
  ['open', { source: '@1' }],
  ['denoise', { source: '@1', strength: 80, out: '{dir}/{name}-clean.{ext}', format: 'keep' }],
  ['pixel', { document: 'd', layer: 'source', x: 1, y: 2 }],
  ['preview', { document: 'd', settings: {}, view: { x: 0, y: 0, width: 1, height: 1 } }],
  ['encode', { source: '@1', quality: 60, out: 'a.hgl' }],
  ['models', {}],
].map((request) => bytesOfText(JSON.stringify(request)));
const jsonWords = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  'null',
  '1e999',
  '-0',
  '__proto__',
  '\\ud800',
].map(bytesOfText);

let coder: Promise<TileCoder> | null = null;
const model = parseEntropyModel(syntheticModel({ ...smallShape, seed: 3, largestWidth: 3 }));
const latentSize = { columns: 6, rows: 5, step: 50 };
const tileCoder = (): Promise<TileCoder> =>
  (coder ??= loadModule().then((module) => createWasmCoder(module, model)));

/** What a scan's header can say, all of it. */
const scanValues: MeasuredValues = {
  scale: {
    ...{ black: -2048, white: 2047, slope: 1, intercept: -1024, unit: 'HU', inverted: true },
    window: { center: 39.5, width: 399, sigmoid: true },
    padding: { low: -2000, high: -1990 },
  },
  range: { low: -1024, high: 1800 },
  keepsPadding: true,
};

async function readLatentFile(input: Uint8Array): Promise<void> {
  const file = await openLatentFile(input, { name: 'fuzzed.hgl' });
  try {
    await file.metadata();
    for (const { index } of file.tiles.slice(0, 16)) await file.readTile(index);
    if (file.header.hasAlpha) await file.readAlpha(0);
    if (file.header.measured?.keepsPadding) await file.readPadding(0);
    await file.verifyContent(signal);
  } finally {
    await file.close();
  }
}

/** Copies the input with pieces put in, through files, as an export does; both files are taken away again. */
async function splice(input: Uint8Array, { folder }: FuzzPlace): Promise<void> {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const edits = [];
  for (let at = 0; at + 4 <= input.length && edits.length < 8; at += 4)
    edits.push({
      at: view.getUint16(at) % (input.length + 1),
      remove: 0,
      insert: input.subarray(at, at + (input[at + 2]! & 15)),
    });
  const source = join(folder, 'source');
  await writeFile(source, input);
  const from = await open(source, 'r');
  const to = await open(join(folder, 'copy'), 'w');
  try {
    const written = await spliceCopy(from, to, input.length, edits, signal);
    const inserted = edits.reduce((sum, { insert }) => sum + insert.length, 0);
    if (written !== input.length + inserted) throw new Error('the copy has another size');
  } finally {
    await from.close();
    await to.close();
  }
}

/** Both versions and byte orders, with a place, scaled, of several slices and times. */
const niftis: readonly Made[] = ([1, 2] as const).flatMap((version) => [
  {
    ...{ version, little: version === 1, dims: [4, 3, 2], datatype: 4, slope: 2, intercept: -5 },
    values: (at: number) => at,
    qform: { code: 1, quatern: [0.1, 0.2, 0.3] as const, offset: [1, 2, 3] as const },
  },
  {
    ...{ version, little: version === 2, dims: [3, 2, 2, 2], datatype: 64 },
    values: (at: number) => at / 3,
    sform: { code: 1, rows: [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 2, 0] },
  },
]);

const dicomWords = [
  'SQ',
  'UN',
  'OB',
  '\xff\xff\xff\xff',
  '\xfe\xff\x00\xe0',
  '\xfe\xff\x0d\xe0',
].map((word) => Uint8Array.from(word, (letter) => letter.charCodeAt(0)));

export const targets: Readonly<Record<string, FuzzTarget>> = {
  exif: {
    seeds: () => blobsOf('exif'),
    takesFiles: true,
    run: async (input) => {
      await readCapture(input);
      await patchExif(input, {
        software: 'Hourglass',
        turn: { orientation: 6, width: 2, height: 3 },
      });
    },
  },
  'tiff-structure': {
    seeds: async () => [await pictureFile('tiff')],
    takesFiles: true,
    run: (input) => readTiffFile(bytesAsSource(input)),
  },
  'jp2-boxes': {
    seeds: () => [
      bytesOfText(
        '\0\0\0\x0cjP  \r\n..\0\0\0\x1ejp2h\0\0\0\x16cdef\0\x02\0\0\0\0\0\x01\0\x01\0\x01\0\0',
      ),
    ],
    words: ['jp2h', 'colr', 'pclr', 'cdef', 'uuid', 'jp2c', 'JpgTiffExif->JP2'].map(bytesOfText),
    run: readJp2Boxes,
  },
  'camera-raw': {
    seeds: () => [
      makeDng({ width: 4, height: 2, samples: new Uint16Array(8), iso: 100 }),
      bytesOfText(`FUJIFILMCCD-RAW ${'\0'.repeat(80)}`),
    ],
    words: ['ftypcrx ', 'moov', 'uuid', 'CMT1', 'IIRO', 'IIU\0'].map(bytesOfText),
    run: async (input) => {
      const source = bytesAsSource(input);
      await cameraRawKind(source);
      await readRawLayout(source);
      await readRawMetadata(source);
    },
  },
  /** Not ours, but what runs in our threads: LibRaw, on small files of every kind that we can make. */
  raw: {
    seeds: rawFiles,
    limits: { cpuMs: 10_000, memoryBytes: 512 * 1024 * 1024 },
    run: runRaw,
  },
  /** Not ours either: libjxl by wasm-vips, and OpenJPEG. */
  jxl: {
    seeds: jxlFiles,
    limits: { cpuMs: 10_000, memoryBytes: 512 * 1024 * 1024 },
    head: 96,
    ...runCodec('jxl'),
  },
  jp2: {
    seeds: jp2Files,
    limits: { cpuMs: 10_000, memoryBytes: 512 * 1024 * 1024 },
    head: 160,
    ...runCodec('jp2'),
  },
  /** What is asked of each slice of a series. */
  'dicom-header': {
    seeds: () => [madeDicom({ '0020,0032': ['DS', '1\\2\\3'] }), madeDicom(dicomGroups)],
    words: dicomWords,
    run: (input) => {
      const found = parseSome(input, 'fuzzed.dcm', new Map([[0x0020_0032, 'x00200032']]));
      found?.dataSet.string('x00200032');
    },
  },
  /** Elements, pixels' facts and the object that would be written; decoders of frames are not ours. */
  dicom: {
    seeds: () => [madeDicom(), madeDicom(dicomGroups)],
    words: dicomWords,
    run: (input) => {
      const dicom = parseDicom(input, 'fuzzed.dcm');
      const facts = pixelFactsOf(dicom);
      frameBytes(dicom, facts, facts.frames - 1);
      scaleOfFrame(dicom.dataSet, facts, 0);
      const { bytes, name, syntax } = dicom;
      const { elements } = readDicomElements(bytes, name, syntax);
      for (const explicit of [true, false]) {
        const source = { bytes, encoding: syntax, signed: facts.signed };
        const writer = new ElementWriter(source, { explicit });
        derivedElements(
          {
            ...{ elements: new Map(elements.map((one) => [one.tag, one])), bytes, writer },
            ...{ sopClass: '1.2', sopInstance: '1.3', sourceKey: '1.3', run: 'r', pixels: [] },
            ...{ software: 'Hourglass 0.1.0', action: 'x', frameActions: ['x'] },
            ...{ content: '', frameChanged: [true], cleans: true },
          },
          PIXEL_DATA,
        );
      }
    },
  },
  /** Header, geometry, both ways to write it, and the voxels of its first and last slice; half of the seeds are in gzip. */
  nifti: {
    seeds: () => niftis.flatMap((made) => [madeNifti(made), zipped(madeNifti(made))]),
    run: async (input, { folder }) => {
      const path = join(folder, 'fuzzed.nii');
      await writeFile(path, input);
      try {
        const first = await decodeImage({ path, readers: { nifti: niftiReader } });
        const page = (first.pages?.count ?? 1) - 1;
        await decodeImage({ path, page, readers: { nifti: niftiReader } });
      } finally {
        await rm(path);
      }
      const header = parseHeader(input, 'fuzzed.nii');
      for (const slice of [0, slicesOf(header) - 1]) {
        scannedOf(header, slice);
        headOfSlice(input.slice(0, Math.max(header.voxOffset, headerBytes)), header, slice);
      }
    },
  },
  xmp: {
    seeds: () => [bytesOfText(xmpPacket)],
    words: xmpWords,
    run: (input) =>
      markXmp(input, {
        software: 'Hourglass',
        action: 'cleaned',
        previousSoftware: null,
      }),
  },
  icc: {
    seeds: () => blobsOf('icc'),
    run: (input) => [
      profileSpace(input),
      profileName(input),
      hasLookupTable(input),
      matrixProfile(input),
    ],
  },
  iptc: {
    seeds: () => [photoshopBlock()],
    words: [bytesOfText('8BIM')],
    run: (input) => {
      const kept = PhotoshopResources.of(input)?.bytes({ orientation: 6, width: 3, height: 2 });
      blockOf(iptcFromPhotoshop(input), kept ?? null);
    },
  },
  'png-chunks': {
    seeds: async () => [pngOfChunks(), await pictureFile('png')],
    words: ['iTXt', 'iCCP', 'IDAT', 'IEND'].map(bytesOfText),
    takesFiles: true,
    run: async (input) => {
      const source = bytesAsSource(input);
      const { pngColour } = await readBeside(source, 'png', null);
      const colour = await describeColour({ icc: null, exif: null, pngColour });
      if (colour) describedProfile(colour, 'RGB ');
      await pngEdits(source, blobs);
    },
  },
  bmff: {
    seeds: async () => [await pictureFile('avif')],
    words: [
      ...['meta', 'iinf', 'iloc', 'iref', 'iprp', 'ipco', 'ipma'].map(bytesOfText),
      ...['colrnclx', 'pitm', 'mdat'].map(bytesOfText),
    ],
    run: async (input) => {
      const source = bytesAsSource(input);
      await readAvifColour(source);
      const colourCodes = { primaries: 12, transfer: 13 };
      await ofOurEncoder(avifEdits(source, { ...blobs, colourCodes }));
    },
  },
  jpeg: {
    seeds: async () => [await pictureFile('jpeg')],
    takesFiles: true,
    run: async (input) => {
      const source = bytesAsSource(input);
      await readBeside(source, 'jpeg', await endOfJpeg(source, 0));
      await jpegEdits(bytesAsSource(input), blobs);
    },
  },
  webp: {
    seeds: async () => [await pictureFile('webp')],
    run: (input) => ofOurEncoder(webpEdits(bytesAsSource(input), blobs, size)),
  },
  splice: { seeds: async () => [await pictureFile('png')], keeps: ['source', 'copy'], run: splice },
  sniff: {
    seeds: async () => [
      ...(await Promise.all((['jpeg', 'png', 'webp', 'avif', 'tiff'] as const).map(pictureFile))),
      ...filesOf('test/fixtures/latent', '.hgl'),
    ],
    takesFiles: true,
    run: (input) => sniff(input.subarray(0, sniffLength)),
  },
  hgl: {
    seeds: () => filesOf('test/fixtures/latent', '.hgl').filter(({ length }) => length < 6000),
    run: readLatentFile,
  },
  // The CRC of frame and header is made right again: what is wrong lies behind it.
  'hgl-scan': {
    seeds: async () => [
      await withMeasured(scanValues, 'int16'),
      await withMeasured({ ...scanValues, keepsPadding: false }, 'float32'),
    ],
    run: (input) => readLatentFile(mendHeader(input)),
  },
  entropy: {
    seeds: async () => {
      const y = syntheticLatents(model.channels, latentSize.columns * latentSize.rows, 3);
      const { preview, rest } = (await tileCoder()).encode({ y, ...latentSize });
      return [Uint8Array.from([preview.length & 0xff, preview.length >> 8, ...preview, ...rest])];
    },
    run: async (input) => {
      const preview = (input[0] ?? 0) + 256 * (input[1] ?? 0);
      (await tileCoder()).decode({
        preview: input.slice(2, 2 + preview),
        rest: input.slice(2 + preview),
        ...latentSize,
      });
    },
  },
  'tfjs-model': {
    seeds: async () => [
      ...(await Promise.all(
        Object.values(tfjsLayers).map(async (make) => bytesOfJson(await tfjsSaved(make()))),
      )),
      ...Object.values(tfjsGraphs).map((make) => bytesOfJson(make())),
    ],
    // Any weights will do: what is wrong lies in the description.
    run: async (input) => {
      await translate(text(input), (_paths, most) => Promise.resolve(new Uint8Array(most)));
    },
  },
  card: {
    seeds: () => [
      ...filesOf('models/denoise-photo-fast', 'card.json'),
      ...filesOf('models/denoise-scan-fast', 'card.json'),
    ],
    words: jsonWords,
    keeps: ['denoise-photo-fast'],
    run: async (input, { folder }) => {
      const own = join(folder, 'denoise-photo-fast');
      await mkdir(own);
      await writeFile(join(own, 'card.json'), input);
      await readCard(own, 'user');
    },
  },
  preferences: {
    seeds: () => [
      bytesOfText(
        JSON.stringify({
          theme: 'dark',
          device: 'cpu',
          output: { out: '{dir}/{name}.{ext}', quality: 90 },
          panels: { inspector: true, inspectorWidth: 300 },
        }),
      ),
    ],
    words: jsonWords,
    keeps: ['preferences.json'],
    run: async (input, { folder }) => {
      const path = join(folder, 'preferences.json');
      await writeFile(path, input);
      const preferences = preferencesFile(folder);
      await preferences.save(await preferences.load());
      JSON.parse(await readFile(path, 'utf8'));
    },
  },
  naming: {
    seeds: () =>
      ['{dir}/{name}-clean.{ext}', 'out/{n}.png', 'a.jpg', '../{model}/{name}', 'folder/'].map(
        bytesOfText,
      ),
    words: ['{', '}', '{name}', '{dir}', '..', '/', '\\', '\0', '.png'].map(bytesOfText),
    run: (input, { folder }) =>
      resolveOutput({
        source: join(folder, 'source.png'),
        sourceFormat: 'png',
        out: text(input),
        format: 'keep',
        model: 'denoise-photo-fast',
        index: 1,
        inputs: 2,
      }),
  },
  clipboard: {
    seeds: () => [
      bytesOfText(settingsToText(defaultSettings)),
      bytesOfText(
        compressToText({
          quality: 60,
          size: null,
          clean: 'auto',
          scans: false,
          model: 'latent-mine',
        }),
      ),
    ],
    words: jsonWords,
    run: (input) => [settingsFromText(text(input)), compressFromText(text(input))],
  },
  /** A window of values, as it is typed; what is read is written and read again. */
  window: {
    seeds: () => ['40/400', '-600/1500', '2048.5/4096/sigmoid', ' +1e3 / 2.5E-7 '].map(bytesOfText),
    words: ['/', 'sigmoid', 'e', 'e999', '-', '+', '.', ' ', '0', '9'.repeat(40)].map(bytesOfText),
    run: (input) => {
      const window = windowOf(text(input));
      if (!window) throw new HourglassError('invalid-parameter', 'no window');
      const { low, high } = rangeOfWindow({ slope: 1, intercept: 0 }, window);
      const again = windowOf(windowText(window));
      // Twelve digits are written.
      const isSame = again && Math.abs(again.width / window.width - 1) < 1e-11;
      if (!isSame || ![low, high].every(Number.isFinite)) throw new Error(JSON.stringify(window));
    },
  },
  presets: {
    seeds: () => [
      bytesOfText(
        presetFileText([
          { workspace: 'clean', name: 'Concert', settings: settingsToText(defaultSettings) },
        ]),
      ),
    ],
    words: jsonWords,
    run: (input) => presetsFromText('presets.json', text(input)),
  },
  'settings-file': {
    seeds: () => [
      bytesOfText(
        settingsFileText({ theme: 'light', output: { format: 'png', quality: 90 }, presets: [] }),
      ),
    ],
    words: jsonWords,
    run: (input) => readSettingsFile('settings.json', text(input)),
  },
  request: {
    seeds: () => requests,
    words: jsonWords,
    run: async (input) => {
      let parsed: unknown;
      try {
        parsed = JSON.parse(text(input));
      } catch {
        return; // The server refuses what is no JSON before anything of ours sees it.
      }
      const [command, fields] = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
      const name = String(command);
      if (isCommandId(name)) parseInput(commands[name], fields);
      await door.run(name, fields, {}).catch((error: unknown) => {
        if ((error as { code?: string }).code === 'internal') throw error;
      });
      await door.tile(parsed).catch((error: unknown) => {
        if ((error as { code?: string }).code !== 'invalid-parameter') throw error;
      });
    },
  },
};

/** A door whose program only reads what it is asked. */
const door = createPageDoor({
  program: {
    runUnknown: (command: string, input: unknown) =>
      Promise.resolve(isCommandId(command) ? parseInput(commands[command], input) : {}),
  } as never,
  sources: {
    pathOf: (id) => `/pictures/${id}`,
    filesOf: (id) => [`/pictures/${id}`],
    sourceOf: () => undefined,
  },
  outputs: {
    place: (out) =>
      Promise.resolve({
        out: out ?? '',
        folder: '/pictures',
        written: () => '@2',
        failed: () => Promise.resolve(),
      }),
  },
});

/** A parser's seeds and words; `long`: with files of the data pack. */
export async function materialOf(name: string, long: boolean) {
  const target = targets[name]!;
  return {
    seeds: [
      ...(await target.seeds()),
      ...corpusOf(name),
      ...(long && target.takesFiles ? hostileFiles() : []),
    ],
    words: target.words ?? [],
    head: target.head ?? 0,
  };
}
