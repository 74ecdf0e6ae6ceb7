/** Returns the name of systemd's unit for a path, as `systemd-escape --path --suffix=mount` writes it. */
export function unitName(path: string, suffix: string): string {
  return `${escapePath(path)}.${suffix}`;
}

/** Escapes a path by systemd.unit(5), "String Escaping for Inclusion in Unit Names". */
function escapePath(path: string): string {
  const plain = path.replace(/\/+/g, '/').replace(/^\/|\/$/g, '');
  if (plain === '') return '-';
  return [...Buffer.from(plain, 'utf8')]
    .map((byte, index) => {
      const sign = String.fromCharCode(byte);
      if (sign === '/') return '-';
      return /[A-Za-z0-9:_]/.test(sign) || (sign === '.' && index > 0)
        ? sign
        : `\\x${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

/** Escapes a text for a unit file, so that no `%` in it is a specifier. */
export function withoutSpecifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

/** Quotes a word of a setting that takes several, so that its blanks and quotes are kept. */
export function unitWord(text: string): string {
  const plain = withoutSpecifiers(text);
  return /^[\w@%+:,./=-]+$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, '\\$&')}"`;
}
