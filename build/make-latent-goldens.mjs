// Makes the golden latent files of test/fixtures/latent: small pictures drawn from formulas (and a cut of the
// sample photo), encoded by the built program with the installed model, with what they decode to. Within a
// format version they never change; that is why an existing one is kept unless --replace is given.
//
//   node build/make-latent-goldens.mjs [--replace]
//   node build/latent-example.mjs test/fixtures/latent/tiny.hgl
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import sharp from 'sharp';
import { root } from './build.mjs';

const target = join(root, 'test/fixtures/latent');
const list = join(target, 'golden.json');
const replace = process.argv.includes('--replace');
mkdirSync(target, { recursive: true });
const golden = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
const work = mkdtempSync(join(tmpdir(), 'hourglass-goldens-'));
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Waves, an edge and a ramp: something for every frequency. Levels 0–1. */
const drawn = (x, y, channel) =>
  Math.min(
    1,
    Math.max(
      0,
      0.5 +
        0.25 * Math.sin((x * (channel + 2) + y) / 9) +
        0.2 * (x + 2 * y > 40 + 10 * channel ? 1 : -1) * Math.cos(y / 5) +
        0.05 * Math.sin(x * 2.1 + y * 1.7),
    ),
  );

/** Writes a drawn PNG. */
async function draw(path, { width, height, channels, bits }) {
  const white = bits === 16 ? 65535 : 255;
  const samples =
    bits === 16
      ? new Uint16Array(width * height * channels)
      : new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++)
        samples[(y * width + x) * channels + c] = Math.round(drawn(x, y, c) * white);
  await sharp(samples, { raw: { width, height, channels } })
    .toColourspace(
      { 8: channels < 3 ? 'b-w' : 'srgb', 16: channels < 3 ? 'grey16' : 'rgb16' }[bits],
    )
    .png()
    .toFile(path);
}

const pictures = [
  { name: 'tiny', width: 12, height: 8, channels: 3, bits: 8, quality: 60 },
  { name: 'two-tiles', width: 600, height: 24, channels: 3, bits: 8, quality: 40 },
  { name: 'gray', width: 70, height: 51, channels: 1, bits: 8, quality: 80 },
  { name: 'alpha', width: 41, height: 30, channels: 4, bits: 16, quality: 90 },
  { name: 'photo', quality: 50 },
  { name: 'scan', quality: 70 },
];

/** Writes a slice of CT with a sign, a window and padding around a circle: everything that the header of a scan says. */
async function drawScan(path) {
  const [width, height] = [75, 54];
  const outfile = join(work, 'made-dicom.mjs');
  const entryPoints = [join(root, 'test/unit/scans/made-dicom.ts')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm' });
  const { madeDicom } = await import(pathToFileURL(outfile).href);
  const words = Int16Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const isInside = (x - 37) ** 2 + (y - 27) ** 2 < 26 ** 2;
    return isInside ? Math.round(1500 * drawn(x, y, 0) - 1000) : -2000;
  });
  const elements = {
    ...{ '0028,0010': ['US', height], '0028,0011': ['US', width], '0028,0103': ['US', 1] },
    ...{ '0028,0120': ['SS', -2000], '0028,1050': ['DS', '40'], '0028,1051': ['DS', '400'] },
    ...{ '0028,1052': ['DS', '-24'], '0028,1053': ['DS', '1'], '0028,1054': ['LO', 'HU'] },
  };
  writeFileSync(path, madeDicom(elements, words));
}

/** Runs a command of the program on one file; its result. */
function hourglass(command, ...args) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(root, 'build/hourglass.mjs'), command, ...args, '--json'],
    { encoding: 'utf8' },
  );
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  const result = lines.map((line) => JSON.parse(line)).find(({ type }) => type === 'result');
  if (status !== 0 || !result) throw new Error(`${command} failed:\n${stdout}${stderr}`);
  return result.output;
}

try {
  for (const picture of pictures) {
    const { name, quality } = picture;
    const known = golden.findIndex((entry) => entry.file === `${name}.hgl`);
    if (known >= 0 && !replace) {
      console.log(`${name}.hgl: kept`);
      continue;
    }
    const source = join(work, `${name}.${name === 'scan' ? 'dcm' : 'png'}`);
    if (name === 'photo')
      await sharp(join(root, 'build/sample/sample.jpg'))
        .extract({ left: 200, top: 150, width: 160, height: 120 })
        .png()
        .toFile(source);
    else if (name === 'scan') await drawScan(source);
    else await draw(source, picture);
    const file = join(target, `${name}.hgl`);
    const reference = join(target, `${name}.png`);
    const common = ['--device', 'cpu', '--overwrite'];
    const { hash } = hourglass(
      'encode',
      source,
      '--out',
      file,
      '--quality',
      String(quality),
      ...(name === 'scan' ? ['--scans'] : []),
      ...common,
    );
    const decoded = hourglass('decode', file, '--out', reference, ...common);
    if (decoded.hash !== hash)
      throw new Error(`${name}: decoding gives other latents than encoding`);
    const entry = {
      file: `${name}.hgl`,
      sha256: sha256(readFileSync(file)),
      hash,
      reference: `${name}.png`,
      width: decoded.width,
      height: decoded.height,
    };
    if (known >= 0) golden[known] = entry;
    else golden.push(entry);
    console.log(`${entry.file}: ${readFileSync(file).length} bytes, latents ${hash.slice(0, 12)}…`);
  }
  writeFileSync(list, `${JSON.stringify(golden, null, 2)}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
