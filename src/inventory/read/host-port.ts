/** Splits `name:22`, `name[1:3]:22` and `[2001:db8::1]:22`, as Ansible does; anything else is a name alone. */
export function splitPort(entry: string): { readonly pattern: string; readonly port?: number } {
  const bracketed = /^\[(.+)\]:(\d+)$/.exec(entry);
  const [, pattern, port] = bracketed ?? /^((?:[^:[\]]|\[[^\]]*\])+):(\d+)$/.exec(entry) ?? [];
  if (pattern === undefined || !/^[\w.:[\]-]+$/.test(pattern)) return { pattern: entry };
  return { pattern, port: Number(port) };
}
