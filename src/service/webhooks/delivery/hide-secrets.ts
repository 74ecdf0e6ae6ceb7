/** Letters that a text must have to be taken for a secret: a shorter one would be found everywhere. */
const shortest = 4;

/** Returns a text without secrets, each in the forms in which a receiver may send it back. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  let hidden = text;
  for (const form of secrets.flatMap(formsOf)) hidden = hidden.replaceAll(form, '…');
  return hidden;
}

/** Returns headers whose values have no secrets. */
export function hideInHeaders(
  headers: Readonly<Record<string, string>>,
  secrets: readonly string[],
): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, hideSecrets(value, secrets)]));
}

function formsOf(secret: string): string[] {
  if (secret.length < shortest) return [];
  const [scheme, rest] = /^(?:Basic|Bearer) +(.+)$/i.test(secret) ? secret.split(/ +/, 2) : [undefined, undefined];
  const inner = rest === undefined || rest.length < shortest ? [] : [rest];
  const decoded = scheme?.toLowerCase() === 'basic' ? Buffer.from(rest ?? '', 'base64').toString('utf8') : '';
  const password = decoded.slice(decoded.indexOf(':') + 1);
  const all = [secret, ...inner, decoded, password].filter((each) => each.length >= shortest);
  const forms = all.flatMap((each) => [
    each,
    JSON.stringify(each).slice(1, -1),
    encodeURIComponent(each),
    Buffer.from(each).toString('base64'),
    each.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  ]);
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}
