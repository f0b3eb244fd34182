/**
 * Addresses of the browser host, relative to `/<token>/`. The page and the server both use this
 * table, so they cannot drift apart. Who opens `/launch/<code>` is sent on to `/<token>/`, once per code.
 *
 * - `run/<command>?job=<id>` POST JSON input → `{ output }` or `{ error }` (SerializedError) with
 *   status 400, 403, 404, 409 or 500. Closing the request cancels the job. `&trial=1`: the file is measured and removed. `&run=`: of jobs asked for at once.
 *   A browser opens at most six connections to one host and the events hold one of them: keep at
 *   most two queued commands in flight, or tiles will wait behind them.
 * - `events?page=<id>&after=<message id>` GET, server-sent events, one HourglassEvent as JSON per message;
 *   the page makes its id, and says what it had heard last when it comes back
 * - `upload?name=<file name>` PUT, raw body → AdmittedFile
 * - `together` POST `{ sources, places }` → AdmittedFile[]: uploads that were handed over at once, as entries; `places`: names of them, with
 *   the folders that they came in
 * - `release` POST `{ sources }`: the page shows these files no more
 * - `samples/<photo|scan>` POST → AdmittedFile; `pending` GET → AdmittedFile[]; `info` GET → HostInfo
 * - `edit/save` POST SaveRequest → SaveAnswer, `edit/done` POST: only in a session that edits in place
 * - `preferences` GET / PUT; `info` and `preferences` stand in the page itself too (`ToldWithPage`)
 * - `photo-settings` GET → `{ count }`, PUT KeptPhoto[], DELETE
 * - `training` POST TrainingRequest → TrainingDesk for `all`, TrainingSamples for `sample`, else nothing; `exploring` the same with ExploringRequest and ExploringDesk
 * - `downloads/<id>` GET: a finished export, as an attachment. `denoise` answers with
 *   `output: "@<id>"` in the browser.
 * - `archives` POST `{ outputs }` → `{ archive }`; `archives/<id>` GET: these exports as one ZIP, as an attachment
 */
import type { HostInfo } from './bridge.ts';
import type { Preferences } from './preferences.ts';

/** Id of the element of the page in which its host says what the page would ask first. */
export const TOLD = 'told';

export interface ToldWithPage {
  readonly info: HostInfo;
  /** Absent: they could not be read, and the page asks itself what is the matter. */
  readonly preferences?: Preferences;
}

export const routes = {
  run: (
    command: string,
    job: string,
    { trial = false, run }: { readonly trial?: boolean; readonly run?: string } = {},
  ): string =>
    `api/run/${encodeURIComponent(command)}?job=${encodeURIComponent(job)}${trial ? '&trial=1' : ''}${run ? `&run=${encodeURIComponent(run)}` : ''}`,
  events: (page: string, after: string): string =>
    `api/events?page=${encodeURIComponent(page)}${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
  upload: (name: string): string => `api/upload?name=${encodeURIComponent(name)}`,
  together: 'api/together',
  release: 'api/release',
  sample: (sample: string): string => `api/samples/${encodeURIComponent(sample)}`,
  pending: 'api/pending',
  info: 'api/info',
  editSave: 'api/edit/save',
  editDone: 'api/edit/done',
  preferences: 'api/preferences',
  photoSettings: 'api/photo-settings',
  training: 'api/training',
  exploring: 'api/exploring',
  archives: 'api/archives',
  archive: (id: string): string => `archives/${encodeURIComponent(id)}`,
  download: (output: string): string => `downloads/${encodeURIComponent(output.replace(/^@/, ''))}`,
} as const;
