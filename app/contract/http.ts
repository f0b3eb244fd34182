/**
 * Addresses of the browser host, relative to `/<token>/`. The page and the server both use this
 * table, so they cannot drift apart.
 *
 * - `run/<command>?job=<id>` POST JSON input → `{ output }` or `{ error }` (SerializedError) with
 *   status 400, 403, 404, 409 or 500. Closing the request cancels the job.
 *   A browser opens at most six connections to one host and the events hold one of them: keep at
 *   most two queued commands in flight, or tiles will wait behind them.
 * - `cancel/<job>` POST
 * - `events` GET, server-sent events, one HourglassEvent as JSON per message
 * - `upload?name=<file name>` PUT, raw body → AdmittedFile
 * - `sample` POST → AdmittedFile; `pending` GET → AdmittedFile[]; `info` GET → HostInfo
 * - `preferences` GET / PUT
 * - `downloads/<id>` GET: a finished export, as an attachment. `denoise` answers with
 *   `output: "@<id>"` in the browser.
 */
export const routes = {
  run: (command: string, job: string): string =>
    `api/run/${encodeURIComponent(command)}?job=${encodeURIComponent(job)}`,
  cancel: (job: string): string => `api/cancel/${encodeURIComponent(job)}`,
  events: 'api/events',
  upload: (name: string): string => `api/upload?name=${encodeURIComponent(name)}`,
  sample: 'api/sample',
  pending: 'api/pending',
  info: 'api/info',
  preferences: 'api/preferences',
  download: (output: string): string => `downloads/${encodeURIComponent(output.replace(/^@/, ''))}`,
} as const;
