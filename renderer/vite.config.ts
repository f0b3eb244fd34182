/**
 * Builds the page into dist/renderer. Everything is a file of ours (no inline script or style, no
 * remote anything), with relative addresses, so that one build serves the window and the browser.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { manualFiles } from '../build/manual.mjs';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The manual lies beside the page: it is read without a network. */
const manual: Plugin = {
  name: 'manual',
  generateBundle() {
    for (const { name: fileName, source } of manualFiles())
      this.emitFile({ type: 'asset', fileName, source });
  },
};

export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [svelte(), manual],
  build: {
    outDir: here('../dist/renderer'),
    emptyOutDir: true,
    target: 'chrome120',
    // Data addresses would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
  },
});
