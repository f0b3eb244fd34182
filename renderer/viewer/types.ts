/**
 * What the viewer needs to know, and what it says back. The viewer owns pixels on the screen and
 * the view (zoom, centre); it knows nothing of commands, settings or files.
 */
import type { DocumentInfo, Rect } from '../../app/contract/index.ts';

export type CompareMode = 'split' | 'side' | 'original' | 'residual';

/** A cleaned layer as it is known on the page. */
export interface ViewerLayer {
  readonly id: string;
  /** Grows whenever pixels changed; tiles are fetched again for `changed` only. */
  readonly version: number;
  readonly complete: boolean;
}

export interface ViewerProps {
  readonly document: DocumentInfo;
  /** null: nothing cleaned yet; the original is shown everywhere. */
  readonly layer: ViewerLayer | null;
  readonly mode: CompareMode;
  /** While true the original is shown whatever the mode (key `\` held). */
  readonly holdOriginal: boolean;
  /** Residual amplification, 1–16. */
  readonly gain: number;
  /** Divider position, 0–1 of the viewer's width. */
  divider: number;
  /** The visible region changed (full-size coordinates); throttled to animation frames. */
  onview?: (visible: Rect) => void;
  /** The pointer is over this pixel of the image; null: over none. */
  onhover?: (pixel: { x: number; y: number } | null) => void;
}
