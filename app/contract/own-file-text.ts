/** How small files of ours are written that people take to another machine: JSON with a mark, which says what of ours it is, and a version. Read by `own-file.ts`. */
export interface OwnFileKind {
  /** Value of `hourglass`. */
  readonly mark: string;
  /** The newest that is understood. */
  readonly version: number;
}

export const ownFileText = ({ mark, version }: OwnFileKind, content: object): string =>
  `${JSON.stringify({ hourglass: mark, version, ...content }, null, 2)}\n`;
