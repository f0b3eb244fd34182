/**
 * What the viewer needs to know, and what it says back. The viewer owns pixels on the screen and
 * the view (zoom, centre); it knows nothing of commands, settings or files.
 */
import type { DocumentInfo, Rect } from '../../app/contract/index.ts';
import type { Amount } from './amount.ts';
import type { ViewState } from './view-state.svelte.ts';

export type CompareMode = 'split' | 'side' | 'original' | 'residual';

/**
 * What the pixels of a layer are, in the words of the workspace that makes it. The viewer knows no kinds: it
 * says what it was given, and takes pixels of one kind for no other's.
 */
export interface LayerKind {
  readonly id: string;
  /** Its label, for example “Cleaned”; “Partly cleaned” until it is whole. */
  readonly whole: string;
  readonly partly: string;
  /** In a sentence: “original left of the divider, *cleaned* right of it”. */
  readonly noun: string;
  /** What is waited for or read: “until the *cleaned picture* is there”. */
  readonly picture: string;
  /** What its difference from the original is: a label, and the same in a sentence. */
  readonly difference: { readonly label: string; readonly words: string };
}

/** A layer that is compared with the original, as it is known on the page. */
export interface ViewerLayer {
  readonly id: string;
  readonly kind: LayerKind;
  /** Beside its label once it is whole, for example its size as a file. */
  readonly facts?: string;
  /** Grows whenever pixels changed; tiles are fetched again for `changed` only. */
  readonly version: number;
  readonly complete: boolean;
  /** Tells a layer from an earlier one of the same id that is gone; nothing of that one is shown. */
  readonly epoch?: number;
  /**
   * Of an incomplete layer: what was finished when the viewer first saw it; later parts come by
   * `invalidate`. Absent: everything may be shown (the residual of an unfinished part is then grey).
   */
  readonly finished?: readonly Rect[];
  /** How much was taken away, where that can be told. */
  readonly amount?: Amount;
}

/**
 * What stands where a layer is to be seen, from the layer itself to nothing: a coarser level of it, what an earlier
 * result took away at the amount that is asked for, its own earlier pixels or an earlier result, the original.
 */
export type Stand = 'own' | 'coarse' | 'approximate' | 'earlier' | 'source' | 'nothing';

/** What a frame really showed. */
export interface OnScreen {
  readonly document: string;
  /** The layers it was drawn with. */
  readonly layer: ViewerLayer | null;
  readonly base: ViewerLayer | null;
  /** Every tile of a layer on the screen was there, at the wanted level, with its last pixels. */
  readonly whole: boolean;
  /** Some of it stands for another amount than it was made with. Absent: none. */
  readonly approximate?: boolean;
}

/** A picture with its layers as they would be shown. */
export interface PictureAhead {
  readonly document: DocumentInfo;
  readonly layer: ViewerLayer | null;
  readonly base: ViewerLayer | null;
}

export interface ViewerProps {
  readonly document: DocumentInfo;
  /** null: there is nothing but the original, which is shown everywhere. */
  readonly layer: ViewerLayer | null;
  /** A whole layer that the other one is compared with in the place of the original. */
  readonly base?: ViewerLayer | null;
  /** What may be shown next, the most likely first: its tiles are fetched when all of the picture is there. */
  readonly ahead?: readonly PictureAhead[];
  /** How much is to be taken away: layers that took another amount stand for it. Default: nothing is approximated. */
  readonly amount?: Amount | null;
  readonly mode: CompareMode;
  /** While true the original is shown whatever the mode (key `\` held). */
  readonly holdOriginal: boolean;
  /** Residual amplification, 1–16. */
  readonly gain: number;
  /** Divider position, 0–1 of the viewer's width. */
  divider: number;
  /**
   * Zoom and place. Hand in one that outlives the viewer to keep the place while the viewer is not on
   * the page; without it the viewer makes its own.
   */
  readonly view?: ViewState;
  /** What is really on the screen; null: that changes with the next frame. */
  onshown?: (shown: OnScreen | null) => void;
  /** The host says that a layer's tiles, or the document's, are not to be had any more. */
  onlost?: (layer: string) => void;
  /** The visible region changed (full-size coordinates); throttled to animation frames. */
  onview?: (visible: Rect) => void;
  /** The pointer is over this pixel of the image; null: over none. */
  onhover?: (pixel: { x: number; y: number } | null) => void;
  /** The zoom changed: device pixels per image pixel (1 is 100 %), and whether it is "fit". */
  onzoom?: (zoom: { readonly scale: number; readonly fitted: boolean }) => void;
  /** There: the wheel steps through slices, and zooms with Ctrl alone. */
  onturn?: ((by: 1 | -1) => void) | undefined;
  /** There: a drag with the right button sets which values are shown, CSS pixels. */
  onwindow?: ((by: { readonly right: number; readonly down: number }) => void) | undefined;
  /** There: a click puts something on a pixel. */
  onpoint?: ((pixel: { readonly x: number; readonly y: number }) => void) | undefined;
  /** There: Ctrl with an arrow moves it, pixels of the picture; `shifted` with Shift too. */
  onstep?: ((by: { readonly x: number; readonly y: number }, shifted: boolean) => void) | undefined;
  /** There: a drag draws a line instead of moving the picture. */
  ondraw?: ((drawn: Drawn) => void) | undefined;
}

/** A line that is drawn with the pointer, pixels of the picture. */
export interface Drawn {
  readonly from: { readonly x: number; readonly y: number };
  readonly to: { readonly x: number; readonly y: number };
  /** The pointer was lifted. */
  readonly done: boolean;
}

/** What the viewer component offers its owner (`bind:this`). */
export interface ViewerHandle {
  /** A `layer` event: these pixels of the cleaned layer became final with this version. */
  invalidate(rect: Rect, version: number): void;
  fit(): void;
  /** Device pixels per image pixel: 1 is 100 %, 2 is 200 %. Keeps the middle of the view. */
  setZoom(scale: number): void;
  zoomIn(): void;
  zoomOut(): void;
  /** Between "fit" and 100 %, about the pointer when it is over the picture. */
  toggleFit(): void;
  /** Moves the picture by parts of the view: `{ right: 0.25, down: 0 }` is a quarter to the right. */
  panBy(by: { readonly right: number; readonly down: number }): void;
  /** Puts the keyboard focus on the picture. */
  focus(): void;
  statistics(): ViewerStatistics;
}

/** Counted since the viewer came up; for the bench and the tests. */
export interface ViewerStatistics {
  readonly painter: 'webgl' | '2d' | 'none';
  readonly frames: number;
  readonly requests: number;
  readonly aborted: number;
  readonly failures: number;
  readonly bytes: number;
  readonly peakBytes: number;
  readonly budgetBytes: number;
  readonly tiles: number;
  readonly loading: number;
  /** Visible tiles without their own pixels in the last frame. */
  readonly missing: number;
}
