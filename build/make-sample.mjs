// Makes the bundled sample photo: a clean CC0 photograph with the noise of a small sensor at high
// ISO, so that the first minute shows what cleaning does. Reproducible: equal input, equal file.
//
//   node build/make-sample.mjs ../shared/data/dev-bench/gb82/dog-lossless.webp
//
// The noise is signal-dependent, as a sensor's is (Foi et al. 2008, "Practical Poissonian-Gaussian
// noise modeling and fitting for single-image raw-data", eq. 3: variance = a·signal + b), added in
// linear light per colour sample of a Bayer mosaic, demosaicked bilinearly, so that it is correlated
// between neighbours and coloured, as a camera's JPEG is.
import sharp from 'sharp';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const output = join(dirname(fileURLToPath(import.meta.url)), 'sample/sample.jpg');
const input = process.argv[2];
if (!input) {
  console.error('usage: node build/make-sample.mjs <clean photo>');
  process.exit(2);
}

/** Photon noise (a) and read noise (b) on the linear [0,1] scale. */
const noise = { a: 0.006, b: 0.00004 };
/** White balance multipliers: red and blue are amplified, and their noise with them. */
const gains = [1.9, 1, 1.6];

/** mulberry32 (public domain): 32-bit state, enough for noise. */
let state = 20250101;
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
/** Standard normal (Box and Muller 1958). */
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

// sRGB transfer functions, IEC 61966-2-1.
const toLinear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const toEncoded = (v) => (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055);

const { data, info } = await sharp(input)
  .removeAlpha()
  .toColourspace('srgb')
  .raw()
  .toBuffer({ resolveWithObject: true });
const { width, height } = info;

/** RGGB: which channel the sensor sees at (x, y). */
const channelAt = (x, y) => (y & 1) + (x & 1);
const mosaicNoise = new Float32Array(width * height);
for (let y = 0; y < height; y += 1)
  for (let x = 0; x < width; x += 1) {
    const channel = channelAt(x, y);
    const signal = toLinear(data[(y * width + x) * 3 + channel] / 255) / gains[channel];
    const sigma = Math.sqrt(noise.a * signal + noise.b);
    mosaicNoise[y * width + x] = normal() * sigma * gains[channel];
  }

/** Bilinear demosaicking is linear, so the noise alone can go through it and be added. */
const result = Buffer.alloc(width * height * 3);
for (let y = 0; y < height; y += 1)
  for (let x = 0; x < width; x += 1)
    for (let channel = 0; channel < 3; channel += 1) {
      let sum = 0;
      let weights = 0;
      for (let dy = -1; dy <= 1; dy += 1)
        for (let dx = -1; dx <= 1; dx += 1) {
          const nx = Math.min(width - 1, Math.max(0, x + dx));
          const ny = Math.min(height - 1, Math.max(0, y + dy));
          if (channelAt(nx, ny) !== channel) continue;
          // Its own colour as it is; another colour as the mean of the neighbours, all equally far.
          const weight = channelAt(x, y) === channel ? Number(dx === 0 && dy === 0) : 1;
          sum += weight * mosaicNoise[ny * width + nx];
          weights += weight;
        }
      const at = (y * width + x) * 3 + channel;
      const value = toEncoded(Math.min(1, Math.max(0, toLinear(data[at] / 255) + sum / weights)));
      result[at] = Math.round(value * 255);
    }

await sharp(result, { raw: { width, height, channels: 3 } })
  .withIccProfile('srgb')
  .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
  .toFile(output);
let squares = 0;
for (let i = 0; i < result.length; i += 1) squares += (result[i] - data[i]) ** 2;
console.log(
  `${output}: ${width} × ${height}, noise ${Math.sqrt(squares / result.length).toFixed(1)} levels`,
);
