/** Returns an address with some values of its query changed; undefined or an empty text takes one away. */
export function withQuery(url: string, changes: Readonly<Record<string, string | undefined>>): string {
  const [path = '', text = ''] = url.split('?');
  const query = new URLSearchParams(text);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  }
  const next = query.toString();
  return next === '' ? path : `${path}?${next}`;
}
