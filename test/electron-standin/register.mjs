// `node --import ./test/electron-standin/register.mjs dist/app/hosts/electron/main.js`: runs the main
// process with the stand-in in the place of the `electron` module.
import { register } from 'node:module';

register('./resolve.mjs', import.meta.url);
