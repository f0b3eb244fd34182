/**
 * Products of matrices that are the same bits on any number of threads. ONNX Runtime cuts a long sum into pieces whose length
 * depends on how the columns are shared out among threads (MLAS, `MlasSgemmOperation`); sums of up to 128 terms stay whole.
 */
import type { Graph } from '../../runtime/onnx-graph.ts';

/** Terms that are summed in one go whatever the threads do (`MLAS_SGEMM_STRIDEK`). */
const PIECE = 128;

export interface Matrix {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
}

export const transposed = (graph: Graph, { name, rows, columns }: Matrix): Matrix => ({
  name: graph.transpose(name, [1, 0]),
  rows: columns,
  columns: rows,
});

/** a × b, [a.rows, b.columns]; a has as many columns as b has rows. @returns the product's name */
export function product(graph: Graph, a: Matrix, b: Matrix): string {
  const terms = a.columns;
  if (terms <= PIECE) return graph.op('MatMul', [a.name, b.name]);
  const pieces = Math.ceil(terms / PIECE);
  const more = pieces * PIECE - terms;
  const left = more > 0 ? graph.op('Pad', [a.name, graph.ints(0, 0, 0, more)]) : a.name;
  const right = more > 0 ? graph.op('Pad', [b.name, graph.ints(0, 0, more, 0)]) : b.name;
  // One product for each piece of the sum, [pieces, rows, columns].
  const parts = graph.op('MatMul', [
    graph.transpose(graph.reshape(left, [-1, pieces, PIECE]), [1, 0, 2]),
    graph.reshape(right, [pieces, PIECE, b.columns]),
  ]);
  return graph.sum(parts, 0);
}
