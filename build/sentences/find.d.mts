export interface Found {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly kind: 'literal' | 'text' | 'attribute';
}
export function findSentences(file: string, code: string): Found[];
export function findInFile(path: string): Found[];
export function findEarly(file: string, code: string): { readonly start: number }[];
export function findSameName(
  catalogues: readonly { readonly file: string; readonly code: string }[],
): { readonly file: string; readonly name: string; readonly earlier: string }[];
