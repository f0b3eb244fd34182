import js from '@eslint/js';
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

export default ts.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'models/',
      'release/',
      'test-results/',
      'playwright-report/',
    ],
  },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.node } } },
  { files: ['renderer/**'], languageOptions: { globals: { ...globals.browser } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  // Doors that have exactly one home each; imports of whole packages are in .dependency-cruiser.cjs.
  {
    files: ['app/**'],
    ignores: ['app/hosts/electron/validated-ipc.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'electron',
              importNames: ['ipcMain'],
              message: 'Every request of the page goes through validated-ipc.ts.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['app/**', 'renderer/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'shell', property: 'openExternal', message: 'The program opens no addresses.' },
      ],
      // V8 walks through the values one by one: 2.5 ms for 512 kB that are copied in 0.1 ms.
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression[arguments.length=1][callee.property.name="from"][callee.object.name=/^(Ui|I)nt(8|16|32)Array$|^Float(32|64)Array$/]',
          message: 'new Uint8Array(bytes) copies bytes; from is for a function of the values.',
        },
      ],
    },
  },
  // Pictures are written by the atomic writer alone.
  {
    files: ['app/denoise/**', 'app/runtime/**', 'app/jobs/engine/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['node:fs', 'node:fs/promises'].map((name) => ({
            name,
            importNames: ['writeFile', 'writeFileSync', 'createWriteStream'],
            message: 'Files that a person gets are written by app/pixels/write.ts.',
          })),
        },
      ],
    },
  },
  {
    files: ['build/screenshots.mjs', 'test/walk/probe.js'],
    languageOptions: { globals: globals.browser },
  },
  // The terminal is the command line's and the scripts' interface.
  {
    files: [
      'build/**',
      'test/bench/**',
      'test/walk/main.ts',
      'test/damage/damage.ts',
      'test/fuzz/fuzz.ts',
      'app/hosts/cli/**',
      'app/hosts/web/main.ts',
      'app/hosts/serve/main.ts',
    ],
    rules: { 'no-console': 'off' },
  },
);
