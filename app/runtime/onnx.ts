/**
 * An ONNX model as plain data, and its bytes. Owns the few messages of `onnx.proto3` that a training step and a trained
 * network need; the wire format is that of `@bufbuild/protobuf`. What the operators are is `graph.ts`' business.
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3 (field numbers), IR version 8 with opset 17.
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** An attribute of an operator; a plain number is an integer, which nearly all are. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

export interface GraphNode {
  readonly type: string;
  /** '' leaves an optional input out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Values that are part of the model; integers are 64-bit. */
export interface Constant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | readonly number[];
}

/** A float32 tensor that goes in or comes out; a word stands for a side that is left open. */
export interface Port {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

export interface OnnxModel {
  readonly nodes: readonly GraphNode[];
  readonly constants: readonly Constant[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

const IR_VERSION = 8;
export const OPSET = 17;

/** TensorProto.DataType */
const dataType = { float: 1, int64: 7 } as const;
/** AttributeProto.AttributeType */
const attributeType = { float: 1, int: 2, string: 3, ints: 7 } as const;

type Fill = (writer: BinaryWriter) => void;

const message = (writer: BinaryWriter, field: number, fill: Fill): void => {
  writer.tag(field, WireType.LengthDelimited).fork();
  fill(writer);
  writer.join();
};
const text = (writer: BinaryWriter, field: number, value: string): BinaryWriter =>
  writer.tag(field, WireType.LengthDelimited).string(value);
const integer = (writer: BinaryWriter, field: number, value: number): BinaryWriter =>
  writer.tag(field, WireType.Varint).int64(value);

/** The bytes of a `ModelProto`, as an `.onnx` file holds them. */
export function encodeModel({ nodes, constants, inputs, outputs }: OnnxModel): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, 1, IR_VERSION);
  text(writer, 2, 'hourglass');
  message(writer, 7, (graph) => {
    for (const node of nodes) message(graph, 1, writeNode(node));
    text(graph, 2, 'graph');
    for (const constant of constants) message(graph, 5, writeConstant(constant));
    for (const port of inputs) message(graph, 11, writePort(port));
    for (const port of outputs) message(graph, 12, writePort(port));
  });
  message(writer, 8, (opset) => {
    text(opset, 1, '');
    integer(opset, 2, OPSET);
  });
  return writer.finish();
}

export const writeNode =
  ({ type, inputs, outputs, attributes }: GraphNode): Fill =>
  (writer) => {
    for (const name of inputs) text(writer, 1, name);
    for (const name of outputs) text(writer, 2, name);
    text(writer, 3, outputs[0]!);
    text(writer, 4, type);
    for (const [name, value] of Object.entries(attributes))
      message(writer, 5, writeAttribute(name, value));
  };

const writeAttribute =
  (name: string, value: Attribute): Fill =>
  (writer) => {
    text(writer, 1, name);
    if (typeof value === 'number') {
      integer(writer, 3, value);
      integer(writer, 20, attributeType.int);
    } else if (typeof value === 'string') {
      text(writer, 4, value);
      integer(writer, 20, attributeType.string);
    } else if ('float' in value) {
      writer.tag(2, WireType.Bit32).float(value.float);
      integer(writer, 20, attributeType.float);
    } else {
      for (const one of value) integer(writer, 8, one);
      integer(writer, 20, attributeType.ints);
    }
  };

const writeConstant =
  ({ name, shape, data }: Constant): Fill =>
  (writer) => {
    for (const side of shape) integer(writer, 1, side);
    const isFloat = data instanceof Float32Array;
    integer(writer, 2, isFloat ? dataType.float : dataType.int64);
    text(writer, 8, name);
    // Raw data is little-endian by the standard, and so is every machine that ONNX Runtime is made for.
    const values = isFloat ? data : BigInt64Array.from(data, BigInt);
    writer
      .tag(9, WireType.LengthDelimited)
      .bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  };

export const writePort =
  ({ name, shape }: Port): Fill =>
  (writer) => {
    text(writer, 1, name);
    message(writer, 2, (type) =>
      message(type, 1, (tensor) => {
        integer(tensor, 1, dataType.float);
        message(tensor, 2, (sides) => {
          for (const side of shape)
            message(sides, 1, (dimension) => {
              if (typeof side === 'number') integer(dimension, 1, side);
              else text(dimension, 2, side);
            });
        });
      }),
    );
  };
