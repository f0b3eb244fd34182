/**
 * The viewer alone on a page, for its browser tests and for looking at it: tiles come from
 * test/e2e/viewer-harness.ts. Not part of the product. The page is driven through `window.harness`;
 * the address may preset it: `?image=photo&mode=side&divider=0.3`.
 */
import { mount } from 'svelte';
import '../../ui/tokens.css';
import Harness from './Harness.svelte';
import { HarnessState } from './state.svelte.ts';

declare global {
  interface Window {
    harness: HarnessState;
  }
}

const target = document.getElementById('stage');
if (!target) throw new Error('The page has no #stage.');
const query = new URLSearchParams(location.search);
const images: unknown = await (await fetch('images')).json();
window.harness = new HarnessState(images, query);
mount(Harness, { target, props: { harness: window.harness } });
