/** What the test drives and what the viewer said back. */
import type { DocumentInfo, Rect } from '../../../app/contract/index.ts';
import type { CompareMode, LayerKind, ViewerHandle, ViewerLayer } from '../types.ts';
import { ViewState } from '../view-state.svelte.ts';

interface HarnessImage {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
  readonly levels: number;
  /** Of a scan. */
  readonly white?: number;
  readonly codes?: NonNullable<DocumentInfo['codes']>;
}

const infoOf = (image: HarnessImage): DocumentInfo => ({
  document: image.id,
  source: `@${image.id}`,
  name: `${image.id}.png`,
  bytes: 1,
  modifiedMs: 0,
  format: 'png',
  width: image.width,
  height: image.height,
  channels: image.hasAlpha ? 4 : 3,
  hasAlpha: image.hasAlpha,
  sampleType: 'uint8',
  ...(image.codes ? { codes: image.codes } : {}),
  scale: { black: 0, white: image.white ?? 255, slope: 1, intercept: 0, unit: null, window: null },
  content: { family: 'photo', reason: '8 bits per sample' },
  frames: 1,
  files: 1,
  profileName: null,
  levels: image.levels,
  tileSize: 512,
  capturedWith: null,
  iso: null,
  notices: [],
});

const kind: LayerKind = {
  id: 'cleaned',
  whole: 'Cleaned',
  partly: 'Partly cleaned',
  noun: 'cleaned',
  picture: 'cleaned picture',
  difference: { label: 'Removed', words: 'what was removed' },
};

const modes: readonly CompareMode[] = ['split', 'side', 'original', 'residual'];

export class HarnessState {
  readonly images: readonly HarnessImage[];
  readonly view = new ViewState();
  /** Of every layer here. */
  readonly kind = kind;
  document = $state.raw<DocumentInfo>() as DocumentInfo;
  layer = $state.raw<ViewerLayer | null>({ id: 'clean', kind, version: 1, complete: true });
  mode = $state<CompareMode>('split');
  holdOriginal = $state(false);
  gain = $state(4);
  divider = $state(0.5);
  shown = $state(true);
  visible: Rect | null = null;
  pixel: { x: number; y: number } | null = null;
  zoom: { readonly scale: number; readonly fitted: boolean } | null = null;
  viewer = $state.raw<ViewerHandle | null>(null);

  constructor(images: unknown, query: URLSearchParams) {
    if (!Array.isArray(images)) throw new Error('The tile server sent no list of images.');
    this.images = images as HarnessImage[];
    this.open(query.get('image') ?? 'coordinates');
    this.mode = modes.find((mode) => mode === query.get('mode')) ?? 'split';
    this.divider = Number(query.get('divider') ?? 0.5);
    if (query.has('raw')) this.layer = null;
  }

  open(id: string): void {
    const image = this.images.find((candidate) => candidate.id === id);
    if (!image) throw new Error(`There is no image ${id}.`);
    this.document = infoOf(image);
  }
}
