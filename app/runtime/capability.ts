/**
 * What a capability is to the engine: a folder, and one line in `app/jobs/engine/capabilities.ts`. Nothing
 * else of the program knows its name.
 */
import type {
  CommandContext,
  Commands,
  EngineCommand,
  ImageFormat,
  OutputOf,
  ParsedInputOf,
} from '../contract/index.ts';
import type { OpenDocument, Readers } from '../pixels/index.ts';
import type { CardKind, EngineServices } from './types.ts';

/** What answers to one command: input and output are those of its definition. */
export type Handler<K extends EngineCommand> = (
  input: ParsedInputOf<Commands[K]>,
  context: CommandContext,
  services: EngineServices,
) => Promise<OutputOf<Commands[K]>>;

export type Handlers = { readonly [K in EngineCommand]?: Handler<K> };

/** By format; a folder is one too. */
export type Describers = Readonly<Partial<Record<ImageFormat | 'folder', Handler<'info'>>>>;

export interface Capability {
  /** The name of its folder. */
  readonly id: string;
  /** Each command of the engine has one, in one capability. */
  readonly handlers: Handlers;
  /** Readers of the formats that it turns into pixels. */
  readonly readers?: (services: Pick<EngineServices, 'models' | 'inference'>) => Readers;
  /** What files of its formats say of themselves. */
  readonly describers?: Describers;
  /** The kinds of models that it uses and that are more than one network from pixels. */
  readonly cardKinds?: readonly CardKind[];
  /** An open document was closed, or opened anew under the same id: what is kept for it can go. */
  readonly closed?: (document: OpenDocument) => void;
}
