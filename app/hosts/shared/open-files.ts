/**
 * Files on their way to the page: named on the command line, dropped, chosen, forwarded by a second
 * start. Folders are walked, each image is admitted; until the page asks for them they wait here.
 */
import { HourglassError, toHourglassError, type AdmittedFile } from '../../contract/index.ts';
import { withProblem, type Admission } from './admission.ts';
import type { Groupings } from './grouping.ts';
import { walk } from './walk.ts';

export interface OpenFilesOptions {
  readonly admission: Admission;
  readonly signal: AbortSignal;
  /** Default: as `walk`. */
  readonly groupings?: Groupings;
  /** What could not be read, one sentence each. */
  readonly log: (line: string) => void;
}

export interface OpenFiles {
  /**
   * Walks and admits. @throws HourglassError the first problem, when nothing at all could be opened
   */
  admitAll(paths: readonly string[]): Promise<AdmittedFile[]>;
  /** Admits now and keeps for the page, in the order of the calls. Problems are logged. */
  keepForPage(paths: readonly string[]): void;
  /** Waits for what is being walked; hands each file out once. */
  takePending(): Promise<AdmittedFile[]>;
}

export function createOpenFiles({
  admission,
  signal,
  log,
  groupings,
}: OpenFilesOptions): OpenFiles {
  let pending: Promise<AdmittedFile[]> = Promise.resolve([]);

  const admitAll = async (paths: readonly string[]): Promise<AdmittedFile[]> => {
    const found = await walk(paths, { cwd: process.cwd(), signal, groupings, toLook: true });
    const admitted: AdmittedFile[] = [];
    const problems: HourglassError[] = found.problems.map((problem) => problem.error);
    for (const file of found.files)
      try {
        admitted.push(await admission.admit(file.path, file.files));
      } catch (error) {
        problems.push(toHourglassError(error));
      }
    for (const problem of problems) log(problem.message);
    if (admitted.length === 0 && problems[0]) throw problems[0];
    return withProblem(admitted, problems[0] ?? null);
  };

  return {
    admitAll,
    keepForPage(paths) {
      if (paths.length === 0) return;
      const before = pending;
      const more = admitAll(paths).catch(() => []);
      pending = (async () => [...(await before), ...(await more)])();
    },
    takePending() {
      const taken = pending;
      pending = Promise.resolve([]);
      return taken;
    },
  };
}
