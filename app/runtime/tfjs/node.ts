/**
 * An operation of a graph model at its place: its inputs as values, its attributes as the converter writes them (texts in base64, numbers as
 * decimal texts), what does not fit being refused by name. Source: tfjs-converter `src/data/compiled_api.ts` (`IAttrValue`), version 4.22.
 */
import { decimal } from '../../contract/sentences/index.ts';
import type { NodeEntry } from './model-json.ts';
import type { Net, Value } from './net.ts';
import type { Pair, Padding, Sides, Window } from './pictures.ts';
import { shown, unsuitable } from './refuse.ts';
import { say } from './sentences.ts';
import type { Kind, Weight } from './weights.ts';

interface Attr {
  readonly s?: unknown;
  readonly i?: unknown;
  readonly f?: unknown;
  readonly b?: unknown;
  readonly type?: unknown;
  readonly list?: { readonly s?: unknown; readonly i?: unknown };
}

const dataTypes: Readonly<Record<string, Kind>> = {
  ...{ DT_FLOAT: 'float', DT_INT32: 'int', DT_INT64: 'int', DT_BOOL: 'bool' },
  ...{ '1': 'float', '3': 'int', '9': 'int', '10': 'bool' },
};

export class OperationCall {
  readonly net: Net;
  readonly inputs: readonly Value[];
  readonly #entry: NodeEntry;

  constructor(net: Net, entry: NodeEntry, inputs: readonly Value[]) {
    this.net = net;
    this.inputs = inputs;
    this.#entry = entry;
  }

  get op(): string {
    return this.#entry.op;
  }

  /** @throws HourglassError: there is none */
  input(at: number): Value {
    const value = this.inputs[at];
    if (value) return value;
    throw this.refuse('input', String(this.inputs.length), `> ${at}`);
  }

  refuse(field: string, value: unknown, expected: string): Error {
    const { name, op } = this.#entry;
    return unsuitable(
      say('operationField', {
        ...{ name: shown(name), kind: shown(op), field, value: shown(value), expected },
      }),
    );
  }

  /** The weight that an input is. @throws HourglassError: it is computed */
  constant(at: number, field: string): Weight {
    const { constant } = this.input(at);
    if (constant) return constant;
    const { name, op } = this.#entry;
    throw unsuitable(say('notConstant', { name: shown(name), kind: shown(op), field }));
  }

  /** The whole numbers that an input is. */
  numbers(at: number, field: string): readonly number[] {
    return Array.from(this.constant(at, field).data);
  }

  #attr(name: string): Attr | null {
    const { attr } = this.#entry;
    const value = Object.hasOwn(attr, name) ? attr[name] : null;
    return typeof value === 'object' && value !== null ? value : null;
  }

  text(name: string, fallback: string): string {
    const value = this.#attr(name)?.s;
    return typeof value === 'string' && value !== '' ? fromBase64(value) : fallback;
  }

  texts(name: string): readonly string[] {
    const list = this.#attr(name)?.list?.s;
    return Array.isArray(list) ? list.filter((one) => typeof one === 'string').map(fromBase64) : [];
  }

  flag(name: string, fallback = false): boolean {
    const value = this.#attr(name)?.b;
    return typeof value === 'boolean' ? value : fallback;
  }

  number(name: string, fallback: number): number {
    const attr = this.#attr(name);
    const value = attr?.f ?? attr?.i;
    if (value === undefined || value === null) return fallback;
    const number = Number(value);
    if (Number.isFinite(number)) return number;
    throw this.refuse(name, value, say('expectedNumber'));
  }

  whole(name: string, fallback: number): number {
    const number = this.number(name, fallback);
    if (Number.isSafeInteger(number)) return number;
    throw this.refuse(name, number, say('expectedList'));
  }

  wholes(name: string, fallback: readonly number[] = []): readonly number[] {
    const list = this.#attr(name)?.list?.i;
    if (!Array.isArray(list) || list.length === 0) return fallback;
    const numbers = list.map(Number);
    if (numbers.every(Number.isSafeInteger)) return numbers;
    throw this.refuse(name, list, say('expectedList'));
  }

  kindOf(name: string): Kind {
    const type = this.#attr(name)?.type;
    const kind = dataTypes[String(type)];
    if (kind) return kind;
    throw this.refuse(name, type, say('expectedOneOf', { list: 'DT_FLOAT, DT_INT32, DT_BOOL' }));
  }

  /** @throws HourglassError for channels first */
  channelsLast(): void {
    const format = this.text('data_format', 'NHWC');
    if (format !== 'NHWC') throw this.refuse('data_format', format, say('expectedChannelsLast'));
  }

  /** Rows and columns of [1, rows, columns, 1]. */
  pair(name: string): Pair {
    const [batch, rows, columns, channels] = this.wholes(name, [1, 1, 1, 1]);
    const fits = (side: number | undefined): side is number =>
      side !== undefined && side >= 1 && side <= 4096;
    if (batch === 1 && channels === 1 && fits(rows) && fits(columns)) return [rows, columns];
    const expected = say('expectedPair', { least: decimal(1), most: decimal(4096) });
    throw this.refuse(name, this.wholes(name), expected);
  }

  padding(): Padding {
    const padding = this.text('padding', 'VALID');
    if (padding === 'SAME') return 'same';
    if (padding === 'VALID') return 'valid';
    const list = this.wholes('explicit_paddings');
    if (padding !== 'EXPLICIT' || list.length !== 8)
      throw this.refuse(
        'padding',
        padding,
        say('expectedOneOf', { list: 'SAME, VALID, EXPLICIT' }),
      );
    return [list.slice(2, 4), list.slice(4, 6)] as unknown as Sides;
  }

  /** @param size of its kernel */
  window(size: Pair): Window {
    this.channelsLast();
    const [strides, dilations] = [this.pair('strides'), this.pair('dilations')];
    return { size, strides, dilations, padding: this.padding() };
  }
}

const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString('latin1');
