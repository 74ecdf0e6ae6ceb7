import { STATUS_CODES } from 'node:http';
import type { ServerAnswer } from '../../registry/server/answers/answer.js';

type Headers = NonNullable<ServerAnswer['headers']>;

const html = 'text/html; charset=utf-8';

/** Makes an answer in JSON, of the type that Crane gave it. */
export function jsonAnswer(value: unknown, headers: Headers = {}, status = 200): ServerAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** Makes an answer in HTML, or of a plain text that Crane sent as such. */
export function htmlAnswer(text: string, status = 200): ServerAnswer {
  return { status, headers: { 'Content-Type': html }, body: Buffer.from(text) };
}

/** Makes the error of all paths but those of v2: the words of its status, or other words. */
export function plainError(status: number, message = STATUS_CODES[status] ?? ''): ServerAnswer {
  return htmlAnswer(escapeHtml(message), status);
}

/** Makes the error of paths of v2. Its code is the status, as Crane had it, and not one of the specification. */
export function v2Error(status: number, message = STATUS_CODES[status] ?? ''): ServerAnswer {
  return jsonAnswer({ errors: [{ code: String(status), message }] }, {}, status);
}

/** Makes a redirect. The body is for people. */
export function redirectTo(url: string, status: 302 | 307 = 302): ServerAnswer {
  const location = locationOf(url);
  const shown = escapeHtml(location);
  const body = `<!DOCTYPE html>\n<title>Redirecting...</title>\n<p>The content is at <a href="${shown}">${shown}</a>.\n`;
  const answer = htmlAnswer(body, status);
  return { ...answer, headers: { ...answer.headers, Location: location, 'Cache-Control': 'no-store' } };
}

/** Makes the refusal of a method. */
export function wrongMethod(allowed: string): ServerAnswer {
  const answer = plainError(405);
  return { ...answer, headers: { ...answer.headers, Allow: allowed } };
}

/** Returns an address as a header may have it: what is no sign of an address is escaped. */
function locationOf(url: string): string {
  return url.replaceAll(/[^\x21-\x7e]|["<>\\^`{|}]/gu, (sign) => encodeURIComponent(wellFormed(sign)));
}

/** Escapes a part of a path, and leaves the signs that a path may have: `sha256:…` stays. */
export function escapePart(part: string): string {
  return encodeURIComponent(wellFormed(part)).replaceAll(/%(?:3A|40|24|2C|2B|3D|3B|26)/g, decodeURIComponent);
}

/** Escapes text for HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Replaces half characters, which JSON may have and an address may not. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
