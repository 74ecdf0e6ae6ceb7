/**
 * Moves the focus once what is under way is shown: a window that closes gives it back to what opened it, which may be gone.
 * @param find Default: the heading of the page
 */
export function focusLater(find: () => HTMLElement | null | undefined = heading): void {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => find()?.focus())));
}

function heading(): HTMLElement | null {
  return document.querySelector('h1');
}
