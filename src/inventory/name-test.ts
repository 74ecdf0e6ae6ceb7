/**
 * The test that a pattern makes of the name of a host or group: a glob that must fit all of it, or after `~` a regular
 * expression that must fit its beginning. Nothing where the expression is none.
 */
export function nameTest(pattern: string): ((name: string) => boolean) | undefined {
  const expression = pattern.startsWith('~') ? beginningExpression(pattern.slice(1)) : globExpression(pattern);
  return expression && ((name) => expression.test(name));
}

function beginningExpression(text: string): RegExp | undefined {
  const [, flags = '', source = text] = /^\(\?([is]+)\)(.*)$/s.exec(text) ?? [];
  try {
    return new RegExp(`^(?:${source.replaceAll('(?P<', '(?<')})`, flags);
  } catch {
    return undefined;
  }
}

/** Shell globs as Python's fnmatch reads them: `*` and `?` match any character, dots too; `^` is no negation. */
function globExpression(glob: string): RegExp | undefined {
  const source = glob.replace(/\*+|\?|\[(!?)(\]?[^\]]*)\]|[\\^$.|+(){}[\]]/g, (part, not?: string, set?: string) => {
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    if (set !== undefined && set !== '') return `[${not === '!' ? '^' : ''}${set.replace(/[\\\]^[]/g, '\\$&')}]`;
    return part.replace(/[\\^$.|+(){}[\]]/g, '\\$&');
  });
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return undefined;
  }
}
