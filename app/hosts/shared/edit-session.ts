/**
 * A session in which a page edits the files of another program in place: which files these are, what *Save* means, and when
 * it is over. The page names a file by its `@id` and the settings that decide the pixels; format, depth, place and
 * everything else follow from the file. How one file is replaced is `edited-file.ts`.
 */
import {
  commands,
  counted,
  outputSettingsSchema,
  windowFields,
  HourglassError,
  invalidParameter,
  saveRequestSchema,
  editExit,
  toHourglassError,
  type AdmittedFile,
  type EditDoor,
  type Notice,
  type OutputOf,
  type Commands,
  type SaveAnswer,
} from '../../contract/index.ts';
import type { Program } from '../../jobs/types.ts';
import type { Admission } from './admission.ts';
import { openEdited, type EditedFile } from './edited-file.ts';
import { refuseDeep } from './json.ts';
import { say } from './sentences.ts';

/** What became of a file of the session: the output of `edit`. */
export type Edited = OutputOf<Commands['edit']>;

export interface EditSession {
  /** Those that are not saved yet, for the page; also for one that is loaded again. */
  pending(): Promise<AdmittedFile[]>;
  /** @param request from a page, unchecked. @throws HourglassError invalid-parameter, not-allowed, as `denoise` */
  save(request: unknown, signal: AbortSignal): Promise<SaveAnswer>;
  /** Nobody will ask for anything any more. */
  done: EditDoor['done'];
  /** Settles when the person is done. */
  readonly ended: Promise<void>;
  /** Exit code of the process, and what became of each file. */
  outcome(): { readonly code: number; readonly files: readonly Edited[] };
}

export interface EditSessionOptions {
  readonly program: Program;
  readonly admission: Admission;
  /** As they were named. */
  readonly paths: readonly string[];
}

interface Place {
  readonly file: EditedFile;
  state: 'open' | 'failed' | 'saved';
  bytes?: number;
  notices: readonly Notice[];
  saving: boolean;
}

/** What decides the pixels; nothing else that a page says reaches the command. */
const settingNames = Object.keys(commands.denoise.input.shape).filter(
  (name) =>
    !Object.hasOwn(
      { ...outputSettingsSchema.shape, ...windowFields, ...counted, source: 0, files: 0, page: 0 },
      name,
    ),
);
/** Of lossy formats: nearly nothing is lost once more. */
const quality = 95;

/** @throws HourglassError as `openEdited`, of the first file that can not be edited */
export async function createEditSession({
  program,
  admission,
  paths,
}: EditSessionOptions): Promise<EditSession> {
  const places = new Map<string, Place>();
  for (const path of paths) {
    const file = await openEdited(path);
    places.set(file.path, { file, state: 'open', notices: [], saving: false });
  }
  let end!: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const unsaved = (): Place[] => [...places.values()].filter(({ state }) => state !== 'saved');

  const placeOf = (source: string): Place => {
    const place = places.get(admission.pathOf(source));
    if (!place)
      throw new HourglassError('not-allowed', say('notFileOfSession'), {
        hint: say('exportInstead'),
      });
    return place;
  };

  const write = async (
    place: Place,
    { job, settings, accept }: { job: string; settings: Record<string, unknown>; accept: boolean },
    signal: AbortSignal,
  ): Promise<SaveAnswer> => {
    const chosen = Object.entries(settings).filter(([name]) => settingNames.includes(name));
    const { made, saved } = await place.file.replace(
      async (output) =>
        (await program.runUnknown(
          'denoise',
          {
            ...Object.fromEntries(chosen),
            source: place.file.path,
            out: output.path,
            format: output.format,
            quality,
          },
          { job, signal, output },
        )) as OutputOf<Commands['denoise']>,
      ({ notices }) =>
        !signal.aborted && (accept || notices.every(({ level }) => level !== 'warning')),
    );
    if (saved) Object.assign(place, { state: 'saved', bytes: made.bytes, notices: made.notices });
    return { saved, notices: made.notices, left: unsaved().length };
  };

  return {
    ended,
    pending: () => Promise.all(unsaved().map(({ file }) => admission.admit(file.path))),
    async save(given, signal) {
      refuseDeep(given, 'save');
      const request = saveRequestSchema.safeParse(given);
      if (!request.success) throw invalidParameter('save', say('saveRequest'), typeof given);
      const place = placeOf(request.data.source);
      if (place.saving)
        throw new HourglassError('not-allowed', say('isBeingSaved', { name: place.file.name }));
      place.saving = true;
      try {
        return await write(place, request.data, signal);
      } catch (thrown) {
        const { code, message, hint } = toHourglassError(thrown);
        if (code !== 'cancelled' && place.state === 'open') place.state = 'failed';
        // Without details, which hold paths.
        throw new HourglassError(code, message, { hint, cause: thrown });
      } finally {
        place.saving = false;
      }
    },
    async done() {
      end();
    },
    outcome() {
      const all = [...places.values()];
      const files = all.map(({ file, state, bytes, notices }): Edited => ({
        source: file.path,
        saved: state === 'saved',
        ...(bytes === undefined ? {} : { bytes }),
        notices: [...notices],
      }));
      const has = (state: Place['state']): boolean => all.some((place) => place.state === state);
      const code = has('failed')
        ? editExit.failed
        : has('saved')
          ? editExit.saved
          : editExit.closed;
      return { code, files };
    },
  };
}
