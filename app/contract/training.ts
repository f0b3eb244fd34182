/**
 * Trainings of the person's, as a page sees them: what would be learnt from, the one that runs, and those that there are. Who keeps them is
 * the host (`hosts/shared/training.ts`); a page names no path, only files by their `@id` and a training by its id.
 */
import * as z from 'zod';
import { noticeSchema } from './domain.ts';
import { failureSchema } from './jobs.ts';
import { trainingCodes } from './training-event.ts';

/** What lies in the folder of a training, besides its card. */
export const trainingFiles = {
  ...{ state: 'training.bin', network: 'model.onnx' },
  /** A folder; of networks that latent files can be made with. */
  codec: 'latent',
} as const;

/**
 * `walking`: the folder is being read; `reading`: its images are, for the network; `finishing`: its result is measured and written;
 * `trying`: a network that cleans is tried like one from elsewhere.
 */
export const trainingPhases = [
  ...(['rest', 'walking', 'reading', 'learning', 'held', 'finishing', 'trying'] as const),
] as const;
export type TrainingPhase = (typeof trainingPhases)[number];

export const trainingPointSchema = z.lazy(() =>
  z.object({
    step: z.number().int(),
    loss: z.number().describe('On what is learnt from'),
    heldBack: z.number().describe('On held-back images'),
  }),
);
export type TrainingPoint = z.infer<typeof trainingPointSchema>;

/** What was measured on held-back images, beside simpler means. */
export const measuredSchema = z.lazy(() =>
  z.object({
    measure: z.string(),
    unit: z.string(),
    network: z.number(),
    beside: z.array(z.object({ name: z.string(), value: z.number() })),
  }),
);

/** How a training went, as far as it did. */
export const trainingCurveSchema = z.lazy(() =>
  z.object({
    points: z.array(trainingPointSchema),
    best: z.number().int().nullable().describe('Step of the lowest error on held-back images'),
    step: z.number().int(),
    of: z.number().int().nullable().describe('null: not known yet'),
    seconds: z.number(),
    floor: z.number().nullable().describe('What noise alone makes of the error'),
    components: z.number().nullable().describe('The error of principal components as wide'),
  }),
);
export type TrainingCurve = z.infer<typeof trainingCurveSchema>;
export const noCurve: TrainingCurve = {
  ...{ points: [], best: null, step: 0, of: null, seconds: 0, floor: null, components: null },
};

/** A training that there is, ended or not. */
export const trainingEntrySchema = z.lazy(() =>
  z.object({
    id: z.string(),
    name: z.string(),
    kind: z.string(),
    begun: z.string().describe('ISO 8601'),
    /** `stopped`: it can go on where it was. */
    state: z.enum(['running', 'stopped', 'done', 'failed']),
    from: z.string().describe('What is learnt from, for display'),
    bytes: z.number(),
    error: z.number().nullable().describe('The lowest on held-back images'),
    steps: z.number().int(),
    seconds: z.number(),
    ended: z.string().nullable(),
    quality: z.array(measuredSchema),
    notices: z.array(noticeSchema),
    network: z
      .object({ id: z.string(), title: z.string() })
      .nullable()
      .describe('As it is offered where networks are chosen; null: it is not'),
    codec: z.boolean().describe('Latent files can be made with its network, once it is offered'),
    problem: failureSchema.nullable().describe('Why it ended, or why its network is not offered'),
  }),
);
export type TrainingEntry = z.infer<typeof trainingEntrySchema>;

/** Another training, laid over the one that is looked at. */
export interface TrainingBeside {
  readonly id: string;
  readonly name: string;
  readonly curve: TrainingCurve;
  readonly quality: TrainingEntry['quality'];
  /** Measured on the same held-back pictures. */
  readonly sameHeldBack: boolean;
  /** The errors are of one kind. */
  readonly sameError: boolean;
}

export interface TrainingState {
  readonly phase: TrainingPhase;
  /** What would be learnt from; null: nothing was chosen. */
  readonly chosen: { readonly from: string; readonly name: string; readonly count: number } | null;
  /** Of files or images. */
  readonly done: number;
  readonly of: number;
  /** The training that runs, ran last, or is looked at; null: none. */
  readonly current: string | null;
  /** Of that one. */
  readonly curve: TrainingCurve;
  /** null: none was asked for. */
  readonly beside: TrainingBeside | null;
  readonly images: {
    readonly learnt: number;
    readonly heldBack: number;
    readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
    readonly notices: readonly z.infer<typeof noticeSchema>[];
  } | null;
  readonly problem: z.infer<typeof failureSchema> | null;
  /** Newest first. */
  readonly trainings: readonly TrainingEntry[];
}

export const noTraining: TrainingState = {
  ...{ phase: 'rest', chosen: null, done: 0, of: 0, current: null, images: null, problem: null },
  ...{ curve: noCurve, beside: null, trainings: [] },
};

/** As `training-pictures` tells them. */
export const trainingPicturesSchema = z.lazy(() =>
  z.object({
    step: z.number().int(),
    side: z.number().int(),
    tones: z.union([z.literal(1), z.literal(3)]),
    pictures: z.array(z.object({ shown: z.string(), given: z.string(), clean: z.string() })),
  }),
);
export type TrainingPictures = z.infer<typeof trainingPicturesSchema>;

/** As `training-codes` tells them. */
export const trainingCodesSchema = z.lazy(() => z.object(trainingCodes));
export type TrainingCodes = z.infer<typeof trainingCodesSchema>;

/** All of it, for a page that comes up. */
export interface TrainingDesk {
  readonly state: TrainingState;
  readonly pictures: TrainingPictures | null;
  readonly codes: TrainingCodes | null;
}

const point = z.lazy(() => z.number().int().min(0).max(1000));
const id = z.lazy(() => z.string().min(1).max(100));

/** What a page may ask. Answers come as events, but for `all`. */
export const trainingRequestSchema = z.lazy(() =>
  z.discriminatedUnion('ask', [
    z.strictObject({ ask: z.literal('all') }),
    /** The system's dialog; then the tree is read. */
    z.strictObject({ ask: z.literal('folder') }),
    z.strictObject({ ask: z.literal('files'), sources: z.array(id).min(1).max(100_000) }),
    z.strictObject({
      ask: z.literal('start'),
      name: z.string().trim().min(1).max(80),
      settings: z.record(z.string(), z.unknown()),
    }),
    /** Its curve and figures, while nothing runs; null: back to where one is begun. */
    z.strictObject({ ask: z.literal('show'), training: id.nullable() }),
    /** Another one beside the one that is looked at; null: none. */
    z.strictObject({ ask: z.literal('compare'), training: id.nullable() }),
    /** As a folder of its own, in one that is chosen in the system's dialog. */
    z.strictObject({ ask: z.literal('export'), training: id }),
    /** Of a folder that is chosen in the system's dialog. */
    z.strictObject({ ask: z.literal('import') }),
    /** One that was stopped goes on where it was. */
    z.strictObject({ ask: z.literal('resume'), training: id }),
    /** Its network is tried once more, to be offered where networks are chosen. */
    z.strictObject({ ask: z.literal('offer'), training: id }),
    /** Pictures of a variational network; the answer has them. Another one ends the one before. */
    z.strictObject({
      ask: z.literal('sample'),
      training: id,
      count: z.number().int().min(1).max(64),
      seed: z
        .number()
        .int()
        .min(0)
        .max(2 ** 31 - 1),
      temperature: z.number().min(0).max(5),
      /** Points of `TrainingCodes`: the way from one to the other. */
      between: z.tuple([point, point]).nullable(),
      /** From 1: this unit alone moves, of the code of the point `from`, or of the middle of all. */
      unit: z.number().int().min(1).max(1024).nullable(),
      from: point.nullable(),
      /** The nearest picture that was learnt from, of each. */
      near: z.boolean(),
      /** As a file too. */
      save: z.boolean(),
    }),
    z.strictObject({ ask: z.literal('hold'), held: z.boolean() }),
    /** It ends, and the best that it has found is the result. */
    z.strictObject({ ask: z.literal('finish') }),
    /** Whatever goes on ends; a training that has begun can go on later. */
    z.strictObject({ ask: z.literal('cancel') }),
    z.strictObject({ ask: z.literal('delete'), training: id }),
    /** Its folder, in the system's file manager. */
    z.strictObject({ ask: z.literal('reveal'), training: id }),
  ]),
);
export type TrainingRequest = z.infer<typeof trainingRequestSchema>;

/** What a variational network has made. */
export interface TrainingSamples {
  readonly side: number;
  readonly tones: 1 | 3;
  /** 8 bits a sample, interleaved, base64. */
  readonly squares: readonly string[];
  /** Of each; empty: nobody asked. Distances in levels of 255. */
  readonly nearest: readonly ({
    readonly name: string;
    readonly distance: number;
    readonly square: string;
  } | null)[];
  /** The distance of held-back pictures, in the middle. */
  readonly typical: number | null;
  /** Name of the file; null: none was asked for. */
  readonly file: string | null;
  /** The file, where no folder could be chosen for it; base64. */
  readonly png: string | null;
}
export type SampleRequest = Extract<TrainingRequest, { ask: 'sample' }>;

/** What a host offers its page. Rejects with HourglassError. */
export interface TrainingDoor {
  /** Folders can be chosen here, and shown. */
  readonly folders: boolean;
  all(): Promise<TrainingDesk>;
  ask(request: Exclude<TrainingRequest, SampleRequest>): Promise<void>;
  sample(request: SampleRequest): Promise<TrainingSamples>;
}

/** Told by the host: how it stands. */
export const trainingDeskEventSchema = z.lazy(() =>
  z.object({
    type: z.literal('training'),
    state: z
      .custom<TrainingState>()
      .describe('What is learnt from, how far it is, and all trainings'),
    pictures: trainingPicturesSchema.nullable().describe('null: as they were'),
    codes: trainingCodesSchema.nullable().describe('null: as they were'),
  }),
);
export type TrainingDeskEvent = z.infer<typeof trainingDeskEventSchema>;
