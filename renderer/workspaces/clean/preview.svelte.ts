/** One file on its way to being clean on the screen. How a layer comes about is layer-work.svelte.ts. */
import type { InputOf, OutputOf } from '../../../app/contract/index.ts';
import type { previewCommand } from '../../../app/contract/denoise.ts';
import { LayerWork, type LayerWorkOptions, type Produced } from '../../state/layer-work.svelte.ts';
import { cleanedKind } from './layers.ts';
import { sameSettings, type CleanSettings } from './settings.ts';

export type PreviewInput = InputOf<typeof previewCommand>;
export type PreviewOutput = OutputOf<typeof previewCommand>;
export type Cleaned = Produced<CleanSettings, PreviewOutput>;
export type RunPreview = LayerWorkOptions<CleanSettings, PreviewInput, PreviewOutput>['run'];

export class Preview extends LayerWork<CleanSettings, PreviewInput, PreviewOutput> {
  constructor(
    run: RunPreview,
    around: Pick<LayerWorkOptions<never, never, PreviewOutput>, 'visible' | 'onScreen'>,
  ) {
    const { visible, onScreen } = around;
    super({
      ...{ name: 'preview', kind: cleanedKind, run, same: sameSettings, visible },
      ...(onScreen ? { onScreen } : {}),
    });
  }
}
