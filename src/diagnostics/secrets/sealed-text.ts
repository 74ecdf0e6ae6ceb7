/** Whether a text says of itself that it is encrypted, as a file or as a value. */
export function isSealed(text: string): boolean {
  return text.startsWith('$ANSIBLE_VAULT;');
}
