/**
 * `model.json` of TensorFlow.js: what it says of its format, its weights and what the network is. Owns the outer form and its
 * limits; the layers are `layers-model.ts`, the operations `graph-model.ts`, the files of weights `weights.ts`.
 * Source: tfjs-core `src/io/types.ts` (`ModelJSON`), tfjs-converter `src/data/compiled_api.ts` (`IGraphDef`), version 4.22.
 */
import * as z from 'zod';
import { decimal } from '../../contract/sentences/index.ts';
import { shown, unsuitable } from './refuse.ts';
import { say } from './sentences.ts';

/** Bytes of a model.json; one of 43,000 operations has 28 MB. */
export const LARGEST_JSON = 64 * 1024 ** 2;
/** Layers or operations. */
const MOST_NODES = 200_000;
const MOST_WEIGHTS = 200_000;

const size = z
  .number()
  .int()
  .min(0)
  .max(2 ** 31);

const weightSchema = z.object({
  name: z.string().min(1),
  shape: z.array(size).max(8),
  dtype: z.string(),
  quantization: z
    .object({
      dtype: z.string(),
      scale: z.number().optional(),
      min: z.number().optional(),
      original_dtype: z.string().optional(),
    })
    .optional(),
});
export type WeightEntry = z.output<typeof weightSchema>;

const manifestSchema = z.array(
  z.object({ paths: z.array(z.string()), weights: z.array(weightSchema) }),
);
export type Manifest = z.output<typeof manifestSchema>;

/** A layer as it was saved; `inbound_nodes` say where each of its calls has its inputs from. */
const layerSchema = z.object({
  class_name: z.string(),
  name: z.string().optional(),
  config: z.record(z.string(), z.unknown()).default({}),
  inbound_nodes: z.array(z.unknown()).default([]),
});
export type LayerEntry = z.output<typeof layerSchema>;

const portsSchema = z.array(z.tuple([z.string(), z.number().int(), z.number().int()]));

/** One port may stand there without a list around it. */
const ports = z.preprocess(
  (value) => (Array.isArray(value) && typeof value[0] === 'string' ? [value] : value),
  portsSchema,
);

const functionalSchema = z.object({
  layers: z.array(layerSchema),
  input_layers: ports,
  output_layers: ports,
});
const sequentialSchema = z.preprocess(
  (config) => (Array.isArray(config) ? { layers: config } : config),
  z.object({ layers: z.array(layerSchema) }),
);

/** A network of layers: one after the other, or as they name each other. */
export type Container =
  | { readonly kind: 'sequential'; readonly layers: readonly LayerEntry[] }
  | ({ readonly kind: 'functional' } & z.output<typeof functionalSchema>);

const nodeSchema = z.object({
  name: z.string(),
  op: z.string(),
  input: z.array(z.string()).default([]),
  attr: z.record(z.string(), z.unknown()).default({}),
});
export type NodeEntry = z.output<typeof nodeSchema>;

const signatureSchema = z.object({
  inputs: z.record(z.string(), z.object({ name: z.string().optional() })).default({}),
  outputs: z.record(z.string(), z.object({ name: z.string().optional() })).default({}),
});
export type Signature = z.output<typeof signatureSchema>;

const modelSchema = z.object({
  format: z.string().nullish(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: manifestSchema,
  signature: signatureSchema.nullish(),
  userDefinedMetadata: z.object({ signature: signatureSchema.nullish() }).nullish(),
});

export type Topology =
  | { readonly format: 'layers-model'; readonly container: Container }
  | {
      readonly format: 'graph-model';
      readonly nodes: readonly NodeEntry[];
      readonly signature: Signature | null;
    };

export interface ModelJson {
  readonly topology: Topology;
  readonly manifest: Manifest;
  /** As it stands there, for TensorFlow.js. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** @throws HourglassError model-unsuitable with what is wrong, naming the field */
export function parseModelJson(text: string): ModelJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unsuitable(say('notJson'), error);
  }
  const model = value as { modelTopology?: unknown; weightsManifest?: unknown } | null;
  if (typeof model !== 'object' || !model?.modelTopology || !model.weightsManifest)
    throw unsuitable(say('noModel'));
  const parsed = fitting(modelSchema, value, []);
  const count = parsed.weightsManifest.reduce((sum, { weights }) => sum + weights.length, 0);
  refuseMore(count, MOST_WEIGHTS, say('weights'));
  return {
    topology: topologyOf(parsed),
    manifest: parsed.weightsManifest,
    raw: value as Record<string, unknown>,
  };
}

function topologyOf(model: z.output<typeof modelSchema>): Topology {
  const { modelTopology: topology } = model;
  const format = model.format ?? null;
  if (format === 'graph-model' || (format === null && 'node' in topology)) {
    const nodes = fitting(z.array(nodeSchema), topology.node, ['modelTopology', 'node']);
    refuseMore(nodes.length, MOST_NODES, say('nodes'));
    const signature = model.userDefinedMetadata?.signature ?? model.signature ?? null;
    return { format: 'graph-model', nodes, signature };
  }
  // The converter wraps what Keras wrote.
  const root = 'model_config' in topology ? topology.model_config : topology;
  const container = containerOf(root, ['modelTopology']);
  if (format !== null && format !== 'layers-model')
    throw unsuitable(say('unknownFormat', { format: shown(format) }));
  if (!container) throw unsuitable(say('noModel'));
  return { format: 'layers-model', container };
}

/** Kinds of layers that are networks themselves. */
export const containers = ['Sequential', 'Functional', 'Model'] as const;

/** @returns null: it is no network of layers. @throws HourglassError model-unsuitable */
export function containerOf(value: unknown, path: readonly string[]): Container | null {
  const { class_name: kind, config } = (value ?? {}) as { class_name?: unknown; config?: unknown };
  if (!containers.some((one) => one === kind)) return null;
  if (isKeras3(config)) throw unsuitable(say('keras3'));
  const at = [...path, 'config'];
  const container: Container =
    kind === 'Sequential'
      ? { kind: 'sequential', ...fitting(sequentialSchema, config, at) }
      : { kind: 'functional', ...fitting(functionalSchema, config, at) };
  refuseMore(container.layers.length, MOST_NODES, say('nodes'));
  return container;
}

/** It writes the module of each layer, and calls as objects. */
const isKeras3 = (config: unknown): boolean => {
  const layers = (config as { layers?: unknown } | null)?.layers;
  return (
    Array.isArray(layers) &&
    layers.some((layer) => typeof (layer as { module?: unknown } | null)?.module === 'string')
  );
};

/** @throws HourglassError model-unsuitable naming the first field that does not fit */
export function fitting<T>(schema: z.ZodType<T>, value: unknown, path: readonly string[]): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw unsuitable(
    say('wrongField', {
      path: shown([...path, ...issue.path.map(String)].join('.')),
      message: shown(issue.message),
    }),
  );
}

function refuseMore(count: number, most: number, what: string): void {
  if (count > most)
    throw unsuitable(say('tooMany', { count: decimal(count), what, most: decimal(most) }));
}
