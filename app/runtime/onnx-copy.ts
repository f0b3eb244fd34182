/**
 * A copy of an ONNX model that ends elsewhere: with other outputs, and with nodes that make these of values inside it. What the new outputs do not
 * need is left out, so that it is not computed either. Weights are copied byte by byte. Field numbers: `onnx.ts`.
 */
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { writeNode, writePort, type GraphNode, type Port } from './onnx.ts';

/** Of `ModelProto`, `GraphProto` and `NodeProto`. */
const GRAPH = 7;
const graphField = { node: 1, initializer: 5, output: 12 } as const;
const nodeField = { input: 1, output: 2 } as const;
const INITIALIZER_NAME = 8;

interface Field {
  readonly number: number;
  readonly wire: WireType;
  /** With its tag. */
  readonly whole: Uint8Array;
  /** Of one with a length. */
  readonly content: Uint8Array;
}

/** @throws Error for what is no message */
function fieldsOf(bytes: Uint8Array): Field[] {
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wire] = reader.tag();
    const from = reader.pos;
    reader.skip(wire, number);
    const whole = bytes.subarray(start, reader.pos);
    const content =
      wire === WireType.LengthDelimited
        ? new BinaryReader(bytes.subarray(from, reader.pos)).bytes()
        : whole;
    fields.push({ number, wire, whole, content });
  }
  return fields;
}

const textsOf = (fields: readonly Field[], wanted: number): string[] =>
  fields.flatMap(({ number, content }) =>
    number === wanted ? [Buffer.from(content).toString('utf8')] : [],
  );

/**
 * @param model bytes of an ONNX file
 * @param ending nodes that follow those of the model, in order, and the new outputs
 * @throws Error for what is no model, and where a value is wanted that nothing makes
 */
export function endingWith(
  model: Uint8Array,
  ending: { readonly nodes: readonly GraphNode[]; readonly outputs: readonly Port[] },
): Uint8Array {
  const writer = new BinaryWriter();
  for (const field of fieldsOf(model))
    if (field.number !== GRAPH) writer.raw(field.whole);
    else
      writer
        .tag(GRAPH, WireType.LengthDelimited)
        .bytes(graphEndingWith(fieldsOf(field.content), ending));
  return writer.finish();
}

function graphEndingWith(
  fields: readonly Field[],
  { nodes, outputs }: Parameters<typeof endingWith>[1],
): Uint8Array {
  const needed = new Set([...outputs.map(({ name }) => name), ...nodes.flatMap((n) => n.inputs)]);
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const kept = new Set<Field>();
  // Nodes stand in the order in which they are run.
  for (const field of fields.toReversed()) {
    if (field.number !== graphField.node) continue;
    const parts = fieldsOf(field.content);
    const gives = textsOf(parts, nodeField.output);
    if (!gives.some((name) => needed.has(name))) continue;
    kept.add(field);
    for (const name of gives) made.add(name);
    for (const name of textsOf(parts, nodeField.input)) needed.add(name);
  }
  const missing = [...outputs.map(({ name }) => name), ...nodes.flatMap((n) => n.inputs)].find(
    (name) => !made.has(name),
  );
  if (missing !== undefined) throw new Error(`Nothing makes ${missing}.`);
  const writer = new BinaryWriter();
  for (const field of fields) {
    const { number, content, whole } = field;
    if (number === graphField.output) continue;
    if (number === graphField.node && !kept.has(field)) continue;
    if (
      number === graphField.initializer &&
      !textsOf(fieldsOf(content), INITIALIZER_NAME).some((name) => needed.has(name))
    )
      continue;
    writer.raw(whole);
  }
  for (const node of nodes) {
    writer.tag(graphField.node, WireType.LengthDelimited).fork();
    writeNode(node)(writer);
    writer.join();
  }
  for (const port of outputs) {
    writer.tag(graphField.output, WireType.LengthDelimited).fork();
    writePort(port)(writer);
    writer.join();
  }
  return writer.finish();
}
