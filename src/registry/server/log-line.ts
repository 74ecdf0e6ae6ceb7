import { visibleMessage } from '../../diagnostics/printable.js';

/** A line of the server's log, with the time. Whatever a client sent stays in it, and is of bounded length. */
export function logLine(text: string): string {
  return `${new Date().toISOString()} ${visibleMessage(text)}\n`;
}
