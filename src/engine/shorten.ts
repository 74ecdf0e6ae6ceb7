/** Returns the beginning and the end of a text that is longer than may be told, with how much is missing between them. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  const leftOut = text.length - 2 * half;
  return `${text.slice(0, half)}\n… ${leftOut} characters left out …\n${text.slice(-half)}`;
}
