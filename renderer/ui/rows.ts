/** Which rows of a long list are on the page. */

/** Rows before and after those in sight, so that a wheel does not outrun the page. */
const beyond = 8;

/** @returns places of the first row on the page, and of the one after the last */
export function rowsInSight({
  top,
  height,
  rowHeight,
  rows,
}: {
  /** Scrolled away above, pixels. */
  readonly top: number;
  /** Of what is in sight, pixels. */
  readonly height: number;
  readonly rowHeight: number;
  readonly rows: number;
}): { readonly first: number; readonly end: number } {
  const end = Math.min(rows, Math.ceil((top + height) / rowHeight) + beyond);
  // A list that has become shorter is scrolled back a moment later.
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight) - beyond, rows - 1));
  return { first, end: Math.max(first, end) };
}
