/** What the workspace looks like, apart from what is needed before it is entered. */
export const loadView = () => import('./LearnView.svelte');
