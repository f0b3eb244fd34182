// Makes the bundled sample photo: a clean CC0 photograph with the noise of a small sensor at high
// ISO, so that the first minute shows what cleaning does. Reproducible: equal input, equal file.
//
//   node build/make-sample.mjs ../shared/data/dev-bench/gb82/dog-lossless.webp
//
// The noise is signal-dependent, as a sensor's is (Foi et al. 2008, "Practical Poissonian-Gaussian
// noise modeling and fitting for single-image raw-data", eq. 3: variance = a·signal + b), added in
// linear light, per pixel and colour, more where white balance amplifies. It is not correlated between
// neighbours: that is the noise of a photo that was scaled down or demosaicked with care, and the noise
// that the built-in estimator can measure.
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
const noise = { a: 0.005, b: 0.00002 };
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

const result = Buffer.alloc(data.length);
for (let at = 0; at < data.length; at += 1) {
  const gain = gains[at % 3];
  const linear = toLinear(data[at] / 255);
  const sigma = gain * Math.sqrt((noise.a * linear) / gain + noise.b);
  const noisy = Math.min(1, Math.max(0, linear + normal() * sigma));
  result[at] = Math.round(toEncoded(noisy) * 255);
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
