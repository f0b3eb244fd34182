// Copied into the program of a package and run there: every decoder that the program loads when a file needs it is in
// it, with its WebAssembly.
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
process.exit(0);
