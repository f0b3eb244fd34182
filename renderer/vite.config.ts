/**
 * Builds the page into dist/renderer. Everything is a file of ours (no inline script or style, no
 * remote anything), with relative addresses, so that one build serves the window and the browser.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { placeIds, places } from '../app/contract/places.ts';
import { manualFiles } from '../build/manual.mjs';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The manual lies beside the page: it is read without a network. */
const manual: Plugin = {
  name: 'manual',
  async generateBundle() {
    for (const { name: fileName, source } of await manualFiles())
      this.emitFile({ type: 'asset', fileName, source });
  },
};

const contract = /\/app\/contract\/.*\.ts$/;

/**
 * The contract only declares. Of what it declares the page loads what it uses, which is no schema: a call in the value of a constant is marked
 * as one without effects. (The bundler can not know that of `z.object(…).describe(…)`: zod and all schemas would be 185 kB of the first chunk.)
 */
const declarations: Plugin = {
  name: 'declarations',
  // When types are gone.
  enforce: 'post',
  transform: {
    filter: { id: contract },
    handler(code) {
      const values = this.parse(code).body.flatMap((statement) => {
        const declared =
          statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
        return declared?.type === 'VariableDeclaration' ? declared.declarations : [];
      });
      const marked = values.reduceRight((text, { init }) => {
        if (!init || /^(Literal|ArrowFunction)/.test(init.type)) return text;
        const value = text.slice(init.start, init.end);
        return `${text.slice(0, init.start)}/* @__PURE__ */ (() => (${value}))()${text.slice(init.end)}`;
      }, code);
      // No line is another one.
      return { code: marked, map: null };
    },
  },
};

/** What an error means stands in the manual; the page says what happened and what to do. That is 2 kB of its first script. */
const withoutMeanings: Plugin = {
  name: 'without-meanings',
  // When types are gone.
  enforce: 'post',
  transform: {
    filter: { id: /\/app\/contract\/errors\.ts$/ },
    handler(code) {
      const entries = this.parse(code).body.flatMap((statement) => {
        if (statement.type !== 'ExportNamedDeclaration') return [];
        if (statement.declaration?.type !== 'VariableDeclaration') return [];
        const [made] = statement.declaration.declarations;
        const isTable = made?.id.type === 'Identifier' && made.id.name === 'errorCatalogue';
        return isTable && made.init?.type === 'ObjectExpression' ? made.init.properties : [];
      });
      const meanings = entries.flatMap((entry) =>
        entry.type === 'Property' && entry.value.type === 'ObjectExpression'
          ? entry.value.properties.filter(
              (field) =>
                field.type === 'Property' &&
                field.key.type === 'Identifier' &&
                field.key.name === 'meaning',
            )
          : [],
      );
      if (meanings.length === 0) throw new Error('errors.ts has no table of errors any more.');
      const left = meanings.reduceRight(
        (text, { start, end }) => text.slice(0, start) + text.slice(end).replace(/^\s*,/, ''),
        code,
      );
      return { code: left, map: null };
    },
  },
};

/**
 * Which hours each country writes: for date skeletons, which no sentence of the page has (`no-skeletons.ts`). That is half of the parser of sentences, and
 * 10 kB of the first script.
 */
const withoutHours: Plugin = {
  name: 'without-hours',
  transform: {
    filter: { id: /\/@formatjs\/icu-messageformat-parser\/index\.js$/ },
    handler(code) {
      const table = this.parse(code)
        .body.flatMap((statement) =>
          statement.type === 'VariableDeclaration' ? statement.declarations : [],
        )
        .find(({ id }) => id.type === 'Identifier' && id.name === 'timeData')?.init;
      if (!table) throw new Error('The parser of sentences has no table of hours any more.');
      return {
        code: `${code.slice(0, table.start)}{ '001': ['H'] }${code.slice(table.end)}`,
        map: null,
      };
    },
  },
};

/** Where results go follows from the commands' schemas. The page gets what came of it. */
const placesAsData: Plugin = {
  name: 'places-as-data',
  load: {
    filter: { id: /\/app\/contract\/places\.ts$/ },
    handler: () =>
      `export const placeIds = ${JSON.stringify(placeIds)}; export const places = ${JSON.stringify(places)};`,
  },
};

/**
 * What the first screen needs is one script and one style sheet: each file more is asked for, answered and waited for before it stands. But for Svelte's
 * constants: one of them is an error (`STALE_REACTION`), for whose stack V8 parses the whole script that it stands in a second time.
 */
const firstScreen = [
  { name: 'constants', test: /\/svelte\/src\/internal\/client\/constants\.js$/, priority: 1 },
  { name: 'first', tags: ['$initial' as const] },
];

export default defineConfig({
  root: here('.'),
  base: './',
  resolve: { alias: { '@formatjs/icu-skeleton-parser': here('./no-skeletons.ts') } },
  plugins: [svelte(), manual, placesAsData, withoutMeanings, withoutHours, declarations],
  build: {
    outDir: here('../dist/renderer'),
    emptyOutDir: true,
    target: 'chrome120',
    // Data addresses would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
    rolldownOptions: {
      treeshake: { moduleSideEffects: (id) => !contract.test(id) || id.includes('plain-schemas') },
      output: { codeSplitting: { groups: firstScreen } },
    },
  },
});
