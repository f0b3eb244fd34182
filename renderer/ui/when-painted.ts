/** Does something when the browser has painted what stands now; in a tab that nobody sees, which is not painted, at once. Returns how it is called off. */
export function whenPainted(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = (): void => void (timer = setTimeout(work));
  const frame = document.visibilityState === 'hidden' ? soon() : requestAnimationFrame(soon);
  return () => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
