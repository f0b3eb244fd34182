/** Files of ours, read when one is chosen and written when one is asked for: what they must be is said by schemas, which the page does not load otherwise. */
import '../../app/contract/plain-schemas.ts';

export { presetsFromText } from '../../app/contract/preset-file.ts';
export { settingsFileText, settingsFromText } from '../../app/contract/settings-file.ts';
