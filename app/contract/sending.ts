/**
 * Results on their way to an archive, as a page sees it. Who sends is the host (`hosts/shared/sending.ts`), after a question in a dialog of the
 * system; a page names files by their `@id` and sends what this session wrote of them, and nothing else.
 */
import * as z from 'zod';
import type { failureSchema } from './jobs.ts';

/** What became of one object. */
export interface SentObject {
  /** Of the file. */
  readonly name: string;
  readonly stored: boolean;
  /** In words: that the archive has it, or why not. */
  readonly words: string;
}

export interface SendingState {
  /** `asking`: files are looked at, and the person is asked in a dialog of the system. */
  readonly phase: 'rest' | 'asking' | 'sending';
  /** Counts requests: another number, other objects. */
  readonly list: number;
  /** Of the archive; null: nothing was sent. */
  readonly host: string | null;
  /** Of the last request. */
  readonly objects: number;
  readonly done: number;
  readonly of: number;
  readonly stored: number;
  readonly failed: number;
  /** How the last one ended; `declined`: the person said no, `stopped`: nothing else would have been stored either. */
  readonly ended: 'sent' | 'declined' | 'cancelled' | 'stopped' | null;
  /** Name of the file whose certificates are believed too; null: those of the system alone. */
  readonly authority: string | null;
  readonly problem: z.infer<typeof failureSchema> | null;
}

export const noSending: SendingState = {
  ...{ phase: 'rest', list: 0, host: null, objects: 0, done: 0, of: 0, stored: 0, failed: 0 },
  ...{ ended: null, authority: null, problem: null },
};

/** All of it, for a page that comes up. */
export interface SendingDesk {
  readonly state: SendingState;
  readonly sent: readonly SentObject[];
}

/** What a page may ask. Answers come as events, but for `all`. */
export const sendingRequestSchema = z.lazy(() =>
  z.discriminatedUnion('ask', [
    z.strictObject({ ask: z.literal('all') }),
    /** The DICOM files of the last export of these files; the person is asked first. */
    z.strictObject({
      ask: z.literal('send'),
      sources: z.array(z.string().min(1).max(100)).min(1).max(10_000),
      /** Address of the archive's DICOMweb service. */
      to: z.string().min(1).max(2000),
      /** null: none is asked for. */
      token: z.string().max(16_384).nullable(),
    }),
    /** A file with certificates of a private archive, in the system's dialog; believed until the program ends. */
    z.strictObject({ ask: z.literal('authority') }),
    z.strictObject({ ask: z.literal('noAuthority') }),
    z.strictObject({ ask: z.literal('cancel') }),
  ]),
);
export type SendingRequest = z.infer<typeof sendingRequestSchema>;

/** What a host offers its page. Rejects with HourglassError. */
export interface SendingDoor {
  all(): Promise<SendingDesk>;
  ask(request: SendingRequest): Promise<void>;
}

/** Told by the host: how far it is, and what became of objects since the event before. */
export const sendingEventSchema = z.lazy(() =>
  z.object({
    type: z.literal('sending'),
    state: z.custom<SendingState>().describe('Where to, and how far it is'),
    sent: z
      .array(z.object({ name: z.string(), stored: z.boolean(), words: z.string() }))
      .describe('What became of objects since the event before'),
  }),
);
export type SendingEvent = z.infer<typeof sendingEventSchema>;
