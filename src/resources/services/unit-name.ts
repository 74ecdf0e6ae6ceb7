/** Name of systemd's unit for a path, as `systemd-escape --path --suffix=mount` writes it. */
export function unitName(path: string, suffix: string): string {
  return `${escapePath(path)}.${suffix}`;
}

/** systemd.unit(5), "String Escaping for Inclusion in Unit Names". */
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

/** A text of a unit file in which no `%` is a specifier. */
export function withoutSpecifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

/** One word of a setting that takes several: quoted, so that blanks and quotes in it are its own. */
export function unitWord(text: string): string {
  const plain = withoutSpecifiers(text);
  return /^[\w@%+:,./=-]+$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, '\\$&')}"`;
}
