/**
 * The page's door to the program: what the window (IPC) and the browser (HTTP) do alike. The page
 * speaks only of `@id`; here ids become paths on the way in, and paths become ids on the way out.
 * Where results may be written is the host's policy (`OutputPolicy`); what that comes to is named here, looked
 * at, and handed on. Checking who is asking
 * (token, origin, sender frame) happens before, in the hosts.
 */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { evenlySpaced } from '../../contract/series-level.ts';
import {
  HourglassError,
  invalidParameter,
  isCommandId,
  isTypedOnly,
  places,
  parseInput,
  rolesOf,
  toHourglassError,
  withoutCommandLine,
  type CommandDefinition,
  type HourglassEvent,
  type PlaceId,
} from '../../contract/index.ts';
import { nameOutput } from '../../jobs/outputs.ts';
import type { Program, RunOptions, TileBytes } from '../../jobs/types.ts';
import type { Admission } from './admission.ts';
import { refuseDeep } from './json.ts';
import type { PrivateFolder } from './private-folder.ts';
import { refuseOutside } from './real-place.ts';
import { say } from './sentences.ts';
import type { WrittenResult } from './session-results.ts';

/** The part of the admission registry that the door needs. */
export type AdmittedSources = Pick<Admission, 'pathOf' | 'filesOf' | 'sourceOf'>;

/** One result on its way to the disk. */
export interface GrantedOutput {
  /** The value for the command's `out`. */
  readonly out: string;
  /** The folder that the result must lie in, whatever `out` comes to; absolute. */
  readonly folder: string;
  /** The file was written: how the page shall call it from now on. */
  written(path: string): string;
  /** The command failed: tidy up. */
  failed(): Promise<void>;
}

/** Decides where the page may have results written. */
export interface OutputPolicy {
  /**
   * @param usualName template of the name, without a folder, as the command has it when nobody says anything
   * @throws HourglassError not-allowed: `out` points where the person never pointed
   */
  place(out: string, sourcePath: string, usualName: string): Promise<GrantedOutput>;
}

export interface PageRunOptions extends RunOptions {
  /** The file is written where nobody sees it, measured and removed: what the result would be, before anything is saved. */
  readonly trial?: boolean;
}

export interface PageDoor {
  /** @throws HourglassError unknown-command, invalid-parameter, not-allowed, and the command's own */
  run(command: string, input: unknown, options: PageRunOptions): Promise<unknown>;
  cancel(job: string): void;
  /** @throws HourglassError invalid-parameter, document-not-open, cancelled */
  tile(address: unknown, signal?: AbortSignal): Promise<TileBytes>;
  /** PNG. @throws HourglassError not-allowed, cancelled */
  thumbnail(source: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** JPEG; null: there is none. @throws HourglassError not-allowed, cancelled */
  cameraPreview(source: string, signal?: AbortSignal): Promise<Uint8Array | null>;
  /**
   * The page shows these files no more, and will not speak of them again: what was only kept for it goes,
   * once no job works on it. @throws HourglassError invalid-parameter
   */
  release(input: unknown): Promise<void>;
  /** Events with `@id` in the place of paths. */
  listen(listener: (event: HourglassEvent) => void): () => void;
}

export interface PageDoorOptions {
  readonly program: Program;
  readonly sources: AdmittedSources;
  readonly outputs: OutputPolicy;
  /** Where results lie that are only measured. Absent: nothing is. */
  readonly trials?: Pick<PrivateFolder, 'makeFolder'>;
  /** Takes private folders out of sentences that the page will show. Default: as they are. */
  readonly publicText?: (text: string) => string;
  /** A file was written of an admitted one, for good. Default: nobody remembers it. */
  readonly wrote?: (result: WrittenResult) => Promise<void>;
  /** No page needs the file any more. Default: nothing is kept for pages. */
  readonly released?: (path: string) => Promise<void>;
}

/** `tiles/<document>/<layer>/<level>/<column>/<row>?bits=16&frame=2`; the numbers arrive as text in an address. */
const tileAddressSchema = z.strictObject({
  document: z.string().min(1).max(200),
  layer: z.string().min(1).max(200),
  level: z.coerce.number().int().min(0).max(32),
  column: z.coerce.number().int().min(0).max(1_000_000),
  row: z.coerce.number().int().min(0).max(1_000_000),
  frame: z.coerce.number().int().min(0).max(1_000_000).optional(),
  bits: z
    .enum(['8', '16'])
    .transform((bits) => (bits === '16' ? 16 : 8))
    .optional(),
});

const releaseSchema = z.strictObject({ sources: z.array(z.string()).max(100_000) });

const fieldsSchema = z.record(z.string(), z.unknown());

export function createPageDoor(options: PageDoorOptions): PageDoor {
  const { program, sources, outputs } = options;
  const publicText = options.publicText ?? ((text: string) => text);

  const publicError = (thrown: unknown): HourglassError => {
    const error = toHourglassError(thrown);
    // Other details may hold paths; what a person may choose holds none.
    const offer = error.details?.offer;
    return new HourglassError(error.code, publicText(error.message), {
      hint: withoutCommandLine(publicText(error.hint)),
      ...(typeof offer === 'string' ? { details: { offer } } : {}),
      cause: thrown,
    });
  };

  const publicEvent = (event: HourglassEvent): HourglassEvent => {
    if (event.type !== 'job') return event;
    const error = event.error && {
      ...event.error,
      message: publicText(event.error.message),
      hint: withoutCommandLine(event.error.hint),
    };
    const progress = event.progress && {
      ...event.progress,
      message: publicText(event.progress.message),
    };
    const source = event.source === null ? null : (sources.sourceOf(event.source) ?? null);
    return { ...event, source, progress, error };
  };

  /** Jobs by the file that they work on, and files that go when their last job ends. */
  const working = new Map<string, number>();
  const leaving = new Map<string, readonly string[]>();
  const release = async (path: string, files: readonly string[]): Promise<void> => {
    leaving.set(path, files);
    if (working.has(path)) return;
    leaving.delete(path);
    for (const file of files) await options.released?.(file);
  };
  const whileWorkingOn = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    working.set(path, (working.get(path) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const others = working.get(path)! - 1;
      if (others > 0) working.set(path, others);
      else working.delete(path);
      // What can not be removed goes with the session.
      const files = leaving.get(path);
      if (files) await release(path, files).catch(() => undefined);
    }
  };

  /** A slice of a series that is written alone is a job on its own file, and called like it. */
  const sliceOrAll = (
    source: string,
    given: Readonly<Record<string, unknown>>,
    writes: CommandDefinition['writes'],
  ): { path: string; files: readonly string[]; page?: { readonly page: 1 } } => {
    const path = sources.pathOf(source);
    const files = sources.filesOf(source);
    const slice = Number.isInteger(given.page) ? files[Number(given.page) - 1] : undefined;
    if (files.length < 2 || slice === undefined || writes?.format !== 'chosen')
      return { path, files };
    return { path: slice, files: [slice], page: { page: 1 } };
  };

  /** What a slice's level is measured in, where it is that of its series. */
  const seriesOf = (
    source: string,
    { levelOf }: Readonly<Record<string, unknown>>,
  ): { readonly files: readonly string[] } | undefined => {
    const files = sources.filesOf(source);
    return levelOf === 'series' && files.length > 1 ? { files: evenlySpaced(files) } : undefined;
  };

  const trialPlace = async (): Promise<GrantedOutput> => {
    if (!options.trials) throw new HourglassError('not-allowed', say('measuresNothing'));
    const folder = await options.trials.makeFolder('trial');
    const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
    return {
      ...{ out: join(folder, 'trial.{ext}'), folder, failed: remove },
      written(path) {
        // What can not be removed now goes with the session.
        void remove().catch(() => undefined);
        return basename(path);
      },
    };
  };

  const run = async (
    command: string,
    input: unknown,
    { trial, ...runOptions }: PageRunOptions,
  ): Promise<unknown> => {
    refuseDeep(input, 'input');
    if (!isCommandId(command))
      throw new HourglassError('unknown-command', say('thereNoCommand', { command }));
    const fields = fieldsSchema.safeParse(input ?? {});
    if (!fields.success) throw invalidParameter('input', say('object'), input);
    const given = { ...fields.data };
    const definition = rolesOf(command);
    const { reads, writes } = definition;
    if (isTypedOnly(definition))
      throw new HourglassError('not-allowed', say('onlyCommandLine', { command }));

    if (!reads) return program.runUnknown(command, given, runOptions);
    const source = given[reads.field];
    if (typeof source !== 'string') throw invalidParameter(reads.field, 'text', source);
    const { path, files, page } = sliceOrAll(source, given, writes);
    // What a page says of files counts for nothing: it knows no paths.
    const of = {
      [reads.field]: path,
      ...(reads.files ? { [reads.files]: files.length > 1 ? files : undefined } : {}),
      ...(reads.series ? { [reads.series]: seriesOf(source, given) } : {}),
      ...page,
    };
    if (!writes) {
      const result = await whileWorkingOn(path, () =>
        program.runUnknown(command, { ...given, ...of }, runOptions),
      );
      return { ...fieldsSchema.parse(result), source };
    }
    const parsed = parseInput(definition, { ...given, ...of });
    const { name } = places[writes.place as PlaceId];
    const place = trial
      ? await trialPlace()
      : await outputs.place(String(parsed[writes.field]), path, name);
    const placed = { ...of, [writes.field]: place.out };
    try {
      // A slice of a series has a name of its own already, which tells it from the others.
      const asNamed = page ? { page: 'all' } : {};
      const output = await nameOutput(command, { ...parsed, ...placed, ...asNamed });
      if (output) await refuseOutside(output.path, place.folder);
      const result = await whileWorkingOn(path, () =>
        program.runUnknown(
          command,
          { ...given, ...placed },
          { ...runOptions, ...(output ? { output } : {}) },
        ),
      );
      if (!trial && output)
        await options.wrote?.({ source, run: runOptions.run ?? null, path: output.path });
      return { ...named(result, place), source };
    } catch (error) {
      await place.failed();
      throw error;
    }
  };

  /** A job can be cancelled from its first moment, before the program knows it. */
  const cancels = new Map<string, AbortController>();

  return {
    run: async (command, input, { job = randomUUID(), signal, trial = false, run: list }) => {
      const cancel = new AbortController();
      cancels.set(job, cancel);
      try {
        const either = signal ? AbortSignal.any([signal, cancel.signal]) : cancel.signal;
        return await run(command, input, {
          ...{ job, signal: either, trial },
          ...(list ? { run: list } : {}),
        });
      } catch (error) {
        throw publicError(error);
      } finally {
        cancels.delete(job);
      }
    },
    cancel: (job) => {
      cancels.get(job)?.abort();
      program.cancel(job);
    },
    async tile(address, signal) {
      const tile = tileAddressSchema.safeParse(address);
      if (!tile.success) throw invalidParameter('tile', say('tileAddress'), address);
      try {
        return await program.tile(tile.data, signal);
      } catch (error) {
        throw publicError(error);
      }
    },
    async thumbnail(source, signal) {
      const path = sources.pathOf(source);
      try {
        return await program.thumbnail(path, signal);
      } catch (error) {
        throw publicError(error);
      }
    },
    async cameraPreview(source, signal) {
      const path = sources.pathOf(source);
      try {
        return await program.cameraPreview(path, signal);
      } catch (error) {
        throw publicError(error);
      }
    },
    async release(input) {
      const released = releaseSchema.safeParse(input);
      if (!released.success) throw invalidParameter('sources', say('listIds'), typeof input);
      for (const source of released.data.sources)
        await release(sources.pathOf(source), sources.filesOf(source));
    },
    listen: (listener) =>
      program.listen((event) => {
        if (!isOfHost(event)) listener(publicEvent(event));
      }),
  };
}

/** What a training or a map tells is of files that its host chose: `training.ts` and `exploring.ts` say it to pages. */
const isOfHost = ({ type }: HourglassEvent): boolean =>
  type.startsWith('training-') || type === 'map-places';

/** The command's output with the page's name for what was written, and its plain file name. */
function named(result: unknown, place: GrantedOutput): Record<string, unknown> {
  const output = fieldsSchema.parse(result);
  if (typeof output.output !== 'string') return output;
  return { ...output, output: place.written(output.output), outputName: basename(output.output) };
}
