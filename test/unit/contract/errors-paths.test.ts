/** What a runtime says of its own files tells a person nothing; the files' names stay. */
import { expect, it } from 'vitest';
import { toHourglassError } from '../../../app/contract/errors.ts';

it.each([
  [
    "ENOENT: no such file or directory, open '/opt/Hourglass/resources/dist/app/latent/coder.wasm'",
    "ENOENT: no such file or directory, open 'coder.wasm'",
  ],
  [
    'Cannot find module file:///usr/lib/node_modules/hourglass/dist/app/jobs/x.js imported from /usr/lib/a.js',
    'Cannot find module x.js imported from a.js',
  ],
  ['Error in /build/onnxruntime/core/session.cc:120 Run()', 'Error in session.cc:120 Run()'],
  ['C:\\Program\\Hourglass\\app.js failed', 'app.js failed'],
  [
    'expected 3/4 of and/or 16:9 at http://127.0.0.1:80/a/b',
    'expected 3/4 of and/or 16:9 at http://127.0.0.1:80/a/b',
  ],
])('%s', (thrown, said) => {
  expect(toHourglassError(new Error(thrown))).toMatchObject({ code: 'internal', message: said });
});
