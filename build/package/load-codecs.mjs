// Copied into the program of a package and run there: every decoder that the program loads when a file needs it is in
// it, with its WebAssembly, and so is what is loaded when a queue, a server, a model or a newer version is asked for.
const emscripten = [
  '@cornerstonejs/codec-charls/wasmjs',
  '@cornerstonejs/codec-charls/decodewasmjs',
  '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs',
  '@cornerstonejs/codec-openjpeg/decodewasmjs',
  '@cornerstonejs/codec-openjph/wasmjs',
];
for (const name of emscripten) {
  const { default: create } = await import(name);
  await create();
}
const { default: createVips } = await import('wasm-vips');
const vips = await createVips({ dynamicLibraries: ['vips-jxl.wasm'] });
const pixel = vips.Image.black(1, 1).jxlsaveBuffer();
vips.Image.jxlloadBuffer(pixel).avg();
vips.shutdown();
await import('@cornerstonejs/jpeg-lossless-decoder-js');
await import('libraw-wasm');
for (const name of [
  'bullmq',
  'hono',
  '@hono/node-server',
  '@bufbuild/protobuf/wire',
  '@tensorflow/tfjs-layers',
  '@tensorflow/tfjs-converter',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-cpu',
  'electron-updater',
  'electron-updater/out/providers/GenericProvider.js',
])
  await import(name);
process.exit(0);
