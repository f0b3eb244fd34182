/**
 * Exploring as a page sees it: the pictures that are asked about, what is asked, and the answers. Who keeps them is the host
 * (`hosts/shared/exploring.ts`); a page names no path: a picture is its place in the list, or the `@id` of a file that the page has.
 */
import * as z from 'zod';
import type { AdmittedFile } from './bridge.ts';
import { partSchema } from './explore-fields.ts';
import { noticeSchema } from './domain.ts';
import type { HeatMap } from './heat.ts';
import { failureSchema } from './jobs.ts';
import { mapLayouts } from './map-event.ts';

/** `walking`: a folder is being read; `asking`: the question is being answered. */
export type ExploringPhase = 'rest' | 'walking' | 'asking';

export const questions = ['similar', 'unusual', 'map'] as const;
export type Question = (typeof questions)[number];

/** Pictures of a folder, or of the strip. */
export interface ExploredSet {
  /** For display. */
  readonly from: string;
  readonly name: string;
  readonly count: number;
}

/** A network that a person trained, and what it can be asked. */
export interface ExploringNetwork {
  /** Of the training. */
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  /** It can tell what it can not give back. */
  readonly rebuilds: boolean;
}

export interface ExploringState {
  readonly phase: ExploringPhase;
  /** Counts lists: another number, other pictures. */
  readonly list: number;
  /** What is asked about; null: nothing was chosen. */
  readonly chosen: ExploredSet | null;
  /** What unusual pictures are judged by; null: the others. */
  readonly good: ExploredSet | null;
  /** Places of the pictures that were called fine, to be judged by beside the good ones; null: nothing of these good ones is remembered. */
  readonly fine: readonly number[] | null;
  /** That pictures can be compared by; of these some can judge. Newest first. */
  readonly networks: readonly ExploringNetwork[];
  /** That is being answered, or was asked last. */
  readonly question: Question | null;
  readonly done: number;
  readonly of: number;
  /** What is being done just now: the name of a picture, mostly. */
  readonly doing: string;
  readonly problem: z.infer<typeof failureSchema> | null;
}

export const noExploring: ExploringState = {
  ...{ phase: 'rest', list: 0, chosen: null, good: null, fine: null, question: null },
  ...{ networks: [], done: 0, of: 0, doing: '', problem: null },
};

/** What every answer says besides. */
interface Answered {
  /** Of the pictures, by their places. */
  readonly list: number;
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  readonly notices: readonly z.infer<typeof noticeSchema>[];
}

export interface SimilarAnswer extends Answered {
  readonly question: 'similar';
  /** What was looked for; null: pictures that are one. */
  readonly of: { readonly source: string; readonly name: string } | null;
  /** Name of the network that compared; null: by looks. */
  readonly by: string | null;
  /** A part of it was looked for. */
  readonly isPart: boolean;
  /** How many are above the cutoff, named or not. */
  readonly above: number;
  readonly found: readonly {
    readonly picture: number;
    readonly kind: 'same' | 'similar';
    /** Share of the pairs that are less alike. */
    readonly percentile: number;
    readonly mirrored: boolean;
  }[];
  readonly groups: readonly (readonly number[])[];
}

/** Shares of the picture. */
export interface UnusualSpot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly peak: number;
}

export interface UnusualAnswer extends Answered {
  readonly question: 'unusual';
  readonly mode: 'features' | 'template' | 'reconstruction';
  /** Name of the network that judged; null: none did. */
  readonly by: string | null;
  /** Good pictures that were learnt from. */
  readonly good: number;
  /** Level from which on a place is named. */
  readonly edge: number;
  readonly promise: {
    readonly falseAlarms: number;
    readonly checked: number;
    readonly flagged: number;
    readonly threshold: number | null;
    readonly needed: number;
    readonly low: number | null;
    readonly high: number | null;
  };
  /** The most unusual first. */
  readonly rows: readonly {
    readonly picture: number;
    readonly verdict: 'unusual' | 'usual' | 'ranked' | 'unmatched';
    readonly score: number | null;
    readonly spots: readonly UnusualSpot[];
    /** Of the most unusual ones. */
    readonly heat?: HeatMap | undefined;
  }[];
}

export interface MapAnswer extends Answered {
  readonly question: 'map';
  readonly layout: (typeof mapLayouts)[number];
  /** false: these are the places by now. */
  readonly finished: boolean;
  /** x and y of every picture of the list, 0 to 1, float32 in little endian, base64; NaN: it is not on the map. */
  readonly places: string;
  /** Cluster of each from 1, a byte, base64; null: not found yet. */
  readonly clusters: string | null;
  /** The picture in the middle of each cluster, the largest first; empty: not known yet. */
  readonly centres: readonly number[];
}

/** What may tell pictures apart on a map. */
export interface FactsAnswer extends Answered {
  readonly question: 'facts';
  /** The noise was measured too. */
  readonly noise: boolean;
  /** By the places of the pictures; null: it could not be read. */
  readonly facts: readonly ({
    readonly camera: string | null;
    readonly noise: number | null;
  } | null)[];
}

export type ExploringAnswer = FactsAnswer | SimilarAnswer | UnusualAnswer | MapAnswer;

export interface ExploredPicture extends AdmittedFile {
  /** Below the folder that was read, with /; empty at its top. */
  readonly folder: string;
}

/** All of it, for a page that comes up, or hears of another list. */
export interface ExploringDesk {
  readonly state: ExploringState;
  readonly pictures: readonly ExploredPicture[];
  readonly answers: readonly ExploringAnswer[];
}

const sources = z.lazy(() => z.array(z.string().min(1).max(100)).min(1).max(100_000));

/** Id of a training whose network is asked; absent: none is. */
const network = z.lazy(() => z.string().min(1).max(100));

/** What a page may ask. Answers come as events, but for `all`. */
export const exploringRequestSchema = z.lazy(() =>
  z.discriminatedUnion('ask', [
    z.strictObject({ ask: z.literal('all') }),
    /** The system's dialog; then the tree is read. `good`: of pictures that unusual ones are judged by. */
    z.strictObject({ ask: z.literal('folder'), good: z.boolean() }),
    z.strictObject({ ask: z.literal('files'), good: z.boolean(), sources }),
    /** Unusual is what is unlike the others. */
    z.strictObject({ ask: z.literal('noGood') }),
    /** Pictures of the list are fine after all, or are not; what they are judged by must be a folder. */
    z.strictObject({
      ask: z.literal('fine'),
      pictures: z.array(z.number().int().min(0)).min(1).max(100_000),
      fine: z.boolean(),
    }),
    z.strictObject({
      ask: z.literal('similar'),
      /** What is looked for; null: pictures that are one. */
      source: z.string().min(1).max(100).nullable(),
      /** Percentile. */
      cutoff: z.number().min(0).max(100),
      by: network.optional(),
      /** Of what is looked for; absent: all of it. */
      part: partSchema.optional(),
    }),
    z.strictObject({
      ask: z.literal('unusual'),
      falseAlarms: z.number().min(0.1).max(50),
      by: network.optional(),
    }),
    z.strictObject({
      ask: z.literal('map'),
      /** null: as many as divide the pictures best. */
      clusters: z.number().int().min(1).max(64).nullable(),
    }),
    /** Cameras, and noise, of all pictures. */
    z.strictObject({ ask: z.literal('facts'), noise: z.boolean() }),
    /** Whatever goes on ends; answers that are there stay. */
    z.strictObject({ ask: z.literal('cancel') }),
  ]),
);
export type ExploringRequest = z.infer<typeof exploringRequestSchema>;

/** What a host offers its page. Rejects with HourglassError. */
export interface ExploringDoor {
  /** Folders can be chosen here. */
  readonly folders: boolean;
  all(): Promise<ExploringDesk>;
  ask(request: ExploringRequest): Promise<void>;
}

/** Told by the host: how it stands, and an answer that is there or has changed. */
export const exploringEventSchema = z.lazy(() =>
  z.object({
    type: z.literal('exploring'),
    state: z.custom<ExploringState>().describe('What is asked about, and how far it is'),
    answer: z
      .custom<ExploringAnswer>()
      .nullable()
      .describe('In the place of the one before; null: they are as they were'),
  }),
);
export type ExploringEvent = z.infer<typeof exploringEventSchema>;
