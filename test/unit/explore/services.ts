/** What a handler of `app/explore` needs of the engine: its models, pictures from files, and graphs that run here. */
import { join } from 'node:path';
import type {
  CommandContext,
  Commands,
  HourglassEvent,
  OutputOf,
} from '../../../app/contract/index.ts';
import { looksCards } from '../../../app/explore/card.ts';
import type { Networks } from '../../../app/explore/networks.ts';
import { decodeImage } from '../../../app/pixels/decode.ts';
import { readMetadata } from '../../../app/pixels/metadata-only.ts';
import { smallPicture } from '../../../app/pixels/thumbnail.ts';
import { createModelStore } from '../../../app/runtime/model-store.ts';
import { openGraph } from '../../../app/runtime/sessions.ts';
import type { Handler } from '../../../app/runtime/index.ts';
import type { EngineServices } from '../../../app/runtime/types.ts';
import { repositoryRoot } from '../../data.ts';

/** Nothing was trained. */
export const noNetworks: Networks = {
  openEncoder: () => Promise.reject(new Error('nothing was trained')),
  openRebuilder: () => Promise.reject(new Error('nothing was trained')),
};

type Command = 'findSimilar' | 'mapFolder';
type Input<C extends Command> = Parameters<Handler<C>>[0];

export type Asked<C extends Command> = Partial<Input<C>> & {
  readonly signal?: AbortSignal;
  readonly told?: (done: number) => void;
  readonly emit?: (event: HourglassEvent) => void;
};

/** The engine's, and which files were read through them. */
export function servicesOf(): { readonly read: string[]; readonly services: EngineServices } {
  const read: string[] = [];
  const services = {
    models: createModelStore(join(repositoryRoot, 'models'), null, [looksCards]),
    documents: {
      smallPicture: (path: string, _: number, signal: AbortSignal, side?: number) => {
        read.push(path);
        return smallPicture({ path, signal }, side);
      },
      metadata: (path: string, _: number, signal: AbortSignal) => readMetadata({ path, signal }),
      sourceImage: ({ path, signal }: { path: string; signal: AbortSignal }) => {
        read.push(path);
        return decodeImage({ path, signal });
      },
    },
    inference: {
      openGraph: async (bytes: Uint8Array, { threads }: { threads: number }) => {
        const graph = await openGraph(bytes, { device: 'cpu', threads });
        return {
          run: async (inputs: never, into: never) => {
            await graph.run(inputs, into);
            return { inputs, into };
          },
          close: () => graph.release(),
        };
      },
    },
  } as unknown as EngineServices;
  return { read, services };
}

/** @param folder that is asked about */
export function exploring<C extends Command>(
  handler: Handler<C>,
  folder: string,
): {
  /** Files that were read by the last `ask`. */
  readonly read: readonly string[];
  readonly models: EngineServices['models'];
  ask(asked: Asked<C>): Promise<OutputOf<Commands[C]>>;
} {
  const { read, services } = servicesOf();
  return {
    read,
    models: services.models,
    ask({ signal = new AbortController().signal, told, emit, ...input }) {
      read.length = 0;
      const context = {
        ...{ job: 'job', signal, emit: (event: HourglassEvent) => emit?.(event) },
        progress: ({ done }: { done: number }) => told?.(done),
      } as CommandContext;
      const asked = {
        ...{ anew: false, maxMegapixels: 400, folder, by: null, part: null },
        ...input,
      } as unknown as Input<C>;
      return handler(asked, context, services);
    },
  };
}
