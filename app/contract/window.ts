/**
 * What passes between the sandboxed window and the Electron host: one table of requests, each with
 * the schema that the host validates it by, and the messages that the host sends. The preload puts
 * `WindowDoor` on the page as `window.hourglass`; `renderer/host/electron-bridge.ts` makes the
 * `HostBridge` of it. Nothing else crosses.
 */
import * as z from 'zod';
import { keptPhotosSchema } from './photo-settings.ts';
import type { HourglassEvent } from './events.ts';
import { exploringRequestSchema } from './exploring.ts';
import { folderRunRequestSchema } from './folder-run.ts';
import { savedFileKinds } from './saved-file.ts';
import type { SerializedError } from './errors.ts';
import { sendingRequestSchema } from './sending.ts';
import { trainingRequestSchema } from './training.ts';

const name = z.string().min(1).max(255);
const text = z.string().max(4096);

/** One request per thing that the page may ask of the window's host. */
export const windowRequests = {
  info: z.strictObject({}),
  run: z.strictObject({
    command: name,
    input: z.record(z.string(), z.unknown()),
    job: name,
    /** The file is measured and removed. */
    trial: z.boolean().optional(),
    run: z.uuid().optional(),
  }),
  cancel: z.strictObject({ job: name }),
  /** Pictures from the clipboard, which lie in no folder. */
  paste: z.strictObject({
    items: z.array(z.strictObject({ name: text, data: z.instanceof(Uint8Array) })).max(1000),
  }),
  release: z.strictObject({ sources: z.array(name).max(100_000) }),
  openDialog: z.strictObject({ what: z.enum(['files', 'folder', 'network']) }),
  sample: z.strictObject({ sample: z.enum(['photo', 'scan']) }),
  pending: z.strictObject({}),
  reveal: z.strictObject({ output: text }),
  startDrag: z.strictObject({ outputs: z.array(text).min(1).max(10_000) }),
  chooseExportFolder: z.strictObject({}),
  folderRun: z.strictObject({ request: folderRunRequestSchema }),
  training: z.strictObject({ request: trainingRequestSchema }),
  exploring: z.strictObject({ request: exploringRequestSchema }),
  sending: z.strictObject({ request: sendingRequestSchema }),
  loadPreferences: z.strictObject({}),
  /** A file of ours, where the person says in the system's dialog. */
  saveFile: z.strictObject({ kind: z.enum(savedFileKinds), text: z.string().max(1_000_000) }),
  savePreferences: z.strictObject({ preferences: z.record(z.string(), z.unknown()) }),
  keepPhotoSettings: z.strictObject({ photos: keptPhotosSchema }),
  countPhotoSettings: z.strictObject({}),
  forgetPhotoSettings: z.strictObject({}),
  /** All that follows is said and asked by the host, in dialogs of the system. */
  lookForUpdate: z.strictObject({}),
} as const;

/** What comes over the channel of its own, from the preload. */
export const droppedSchema = z.strictObject({
  paths: z.array(z.string().min(1).max(32_767)).max(100_000),
});

export type WindowRequest = keyof typeof windowRequests;
export type WindowRequestInput<K extends WindowRequest> = z.output<(typeof windowRequests)[K]>;

/** Never a rejection: Electron would keep only the message of an error. */
export type WindowReply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: SerializedError };

export type WindowMessage =
  | { readonly kind: 'event'; readonly event: HourglassEvent }
  | { readonly kind: 'action'; readonly action: string };

/** `window.hourglass` in the window. */
export interface WindowDoor {
  /** A request of the table; none of them can name a file that was not admitted. */
  ask(request: WindowRequest, input: unknown): Promise<WindowReply>;
  /** Hands dropped, chosen or pasted files to the host; paths are taken here and never seen by the page. */
  admit(files: readonly File[]): Promise<WindowReply>;
  /** Listens to the host until the returned function is called. */
  listen(listener: (message: WindowMessage) => void): () => void;
}
