/**
 * The only door of the window: one channel with a table of requests, and one for the paths of dropped
 * files, which only the preload can take from a file (`docs/threat-model.md`). Every message is checked for who
 * sends it (the main frame of our own window, on our own page) and for what it says (the schemas of
 * `app/contract/window.ts`); what is refused is logged with the reason. `ipcMain` is used nowhere else.
 */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import * as z from 'zod';
import {
  HourglassError,
  toHourglassError,
  windowChannels,
  type WindowReply,
  type WindowRequest,
  type WindowRequestInput,
} from '../../contract/index.ts';
import { droppedSchema, windowRequests } from '../../contract/window.ts';
import { refuseDeep } from '../shared/json.ts';
import { isOurAddress } from './address.ts';
import { say } from './sentences.ts';

export type WindowHandlers = {
  readonly [K in WindowRequest]: (input: WindowRequestInput<K>, sender: WebContents) => unknown;
} & {
  /** Files that the person dropped or chose, by their paths. */
  readonly dropped: (input: z.output<typeof droppedSchema>) => unknown;
};

export interface ValidatedIpcOptions {
  readonly handlers: WindowHandlers;
  /** Contents of our window, or null while there is none. */
  readonly contents: () => WebContents | null;
  readonly log: (line: string) => void;
}

const messageSchema = z.strictObject({ request: z.string(), input: z.unknown() });

/** Opens the door. Call once. */
export function registerValidatedIpc({ handlers, contents, log }: ValidatedIpcOptions): void {
  const refuse = (reason: string): WindowReply => {
    log(`Refused a message of the window. ${reason}`);
    const error = new HourglassError('not-allowed', say('requestNotAllowed'));
    return { ok: false, error: error.toJSON() };
  };

  /** One answer for one message: who asks, what it says, what came of it. */
  const answer = async (
    event: IpcMainInvokeEvent,
    message: unknown,
    work: () => Promise<unknown>,
  ): Promise<WindowReply> => {
    const stranger = senderRefusal(event, contents());
    if (stranger !== null) return refuse(stranger);
    try {
      refuseDeep(message, 'input');
      return { ok: true, value: await work() };
    } catch (thrown) {
      if (thrown instanceof Malformed) return refuse(thrown.message);
      const error = toHourglassError(thrown);
      if (error.code === 'internal') log(`A request failed: ${String(error.stack)}`);
      return { ok: false, error: error.toJSON() };
    }
  };

  ipcMain.handle(windowChannels.request, (event, message: unknown) =>
    answer(event, message, async () => {
      const envelope = messageSchema.safeParse(message);
      if (!envelope.success || !isWindowRequest(envelope.data.request))
        throw new Malformed(say('notOneKnownRequests'));
      const { request, input } = envelope.data;
      // The table pairs each handler with its schema; the pair is lost when it is looked up by name.
      const handler = handlers[request] as (input: unknown, sender: WebContents) => unknown;
      return handler(checked(request, windowRequests[request], input), event.sender);
    }),
  );
  ipcMain.handle(windowChannels.dropped, (event, message: unknown) =>
    answer(event, message, async () =>
      handlers.dropped(checked('dropped', droppedSchema, message)),
    ),
  );
}

/** A message that our own page would never send: it is refused without saying why. */
class Malformed extends Error {}

function checked<T extends z.ZodType>(name: string, schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Malformed(say('inputMalformed', { name, error: firstIssue(parsed.error) }));
}

const isWindowRequest = (name: string): name is WindowRequest =>
  Object.hasOwn(windowRequests, name);

const firstIssue = (error: z.ZodError): string => {
  const issue = error.issues[0];
  return issue ? `${issue.path.map(String).join('.') || 'input'}: ${issue.message}` : 'unknown';
};

/** Why a sender is refused, or null. */
function senderRefusal(event: IpcMainInvokeEvent, ours: WebContents | null): string | null {
  if (ours === null || event.sender !== ours) return say('doesNotComeFromOur');
  const frame = event.senderFrame;
  if (frame === null) return say('frameGone');
  if (frame.parent !== null) return say('comesFromFrameInsidePage');
  if (!isOurAddress(frame.url))
    return say('comesFrom', { origin: JSON.stringify(frame.url.slice(0, 100)) });
  return null;
}
