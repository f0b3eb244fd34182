// `node build/fit-looks.mjs`: build/fit-looks.ts.
import { runScript } from './run-script.mjs';

await runScript('build/fit-looks.ts', 'build');
