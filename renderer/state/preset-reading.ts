/** Presets of a file, read when one is chosen: what a file must be is said by schemas, which the page does not load otherwise. */
import '../../app/contract/plain-schemas.ts';

export { presetsFromText } from '../../app/contract/preset-file.ts';
