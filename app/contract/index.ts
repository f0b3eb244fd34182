/**
 * The contract: what every door of the program agrees on. Imports zod, and for sentences one library more. What belongs
 * to one capability is in its own file, for those who know its name. Schemas that few starts need are made when they are asked for
 * (`z.lazy`, getters of commands) or are taken from their file (events, the window's requests): hundreds of them are milliseconds.
 */
export * from './actions.ts';
export * from './bridge.ts';
export * from './command.ts';
export * from './commands.ts';
export * from './domain.ts';
export * from './edit.ts';
export * from './errors.ts';
export * from './exploring.ts';
export type * from './events.ts';
export { allowedBy, counted, type Allowance, type Allowances } from './fields.ts';
export * from './folder-run.ts';
export * from './formats.ts';
export * from './http.ts';
export * from './job-list.ts';
export * from './jobs.ts';
export * from './run-options.ts';
export * from './levels.ts';
export * from './value-window.ts';
export * from './window-channels.ts';
export * from './pace.ts';
export * from './photo-settings.ts';
export * from './places.ts';
export * from './planes.ts';
export * from './preferences.ts';
export * from './preset-file.ts';
export * from './presets.ts';
export * from './sending.ts';
export * from './saved-file.ts';
export * from './saved-names.ts';
export * from './settings-file.ts';
export * from './sentences/index.ts';
export * from './tables.ts';
export * from './timed-id.ts';
export * from './training.ts';
export * from './unique-name.ts';
export type * from './window.ts';
