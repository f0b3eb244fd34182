// `npm run fuzz -- PARSER --minutes N`: test/fuzz/fuzz.ts; the parsers run in a process of their own.
import { buildAppIfStale } from './build.mjs';
import { runScript } from './run-script.mjs';

await buildAppIfStale(); // The latents' coder is WASM.
await runScript('test/fuzz/fuzz.ts', 'fuzz');
