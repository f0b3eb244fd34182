/**
 * For tests only: runes as plain functions, so that state classes run outside a Svelte build. Values
 * are kept and not tracked; that the page follows them is what the browser tests see.
 */
const state = Object.assign(<T>(value: T): T => value, { raw: <T>(value: T): T => value });
Object.assign(globalThis, { $state: state });
