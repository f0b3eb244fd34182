/**
 * What the first screen does not show: pictures with all that stands beside them, dialogs, and the workspaces. Loaded when the first screen
 * stands, before any file is taken in.
 */
export { default as Dialogs } from './Dialogs.svelte';
export { default as Picture } from './Picture.svelte';
export { default as ExportButtons } from './frame/ExportButtons.svelte';
export { default as FilmStrip } from './frame/FilmStrip.svelte';
export { default as PresetRow } from './frame/PresetRow.svelte';
export { default as SaveButtons } from './frame/SaveButtons.svelte';
