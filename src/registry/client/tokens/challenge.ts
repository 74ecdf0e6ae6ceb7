/** One challenge of WWW-Authenticate (RFC 9110, 11.6.1), its scheme in small letters. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const token = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+/;

/** Reads a WWW-Authenticate header, which may hold several challenges. What can't be read is left out. */
export function readChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  let rest = header.trim();
  while (rest !== '') {
    const word = token.exec(rest)?.[0];
    if (word === undefined) return challenges;
    rest = rest.slice(word.length);
    const current = challenges.at(-1);
    const value = /^\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/.exec(rest);
    if (value === null || current === undefined) {
      challenges.push({ scheme: word.toLowerCase(), parameters: {} });
      rest = rest.replace(/^\s+/, '');
    } else {
      current.parameters[word.toLowerCase()] = value[2] ?? (value[1] ?? '').replace(/\\(.)/g, '$1');
      rest = rest.slice(value[0].length);
    }
    rest = rest.replace(/^[\s,]+/, '');
  }
  return challenges;
}
