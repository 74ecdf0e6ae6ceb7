/** Names that no account can have: paths and words of the API, and what rights mean by them. */
const reserved = new Set(['admin-token', 'anonymous', 'everyone', 'nobody', 'system', 'library', 'v1', 'v2']);

const part = '[a-z0-9]+(?:[._-][a-z0-9]+)*';
const userShape = new RegExp(`^${part}$`);
const robotShape = new RegExp(`^(?:${part}\\+)?${part}$`);

/** Returns what is wrong with the name of a user; undefined: nothing. */
export function userNameProblem(name: string): string | undefined {
  if (name.length > 64) return 'must have at most 64 characters';
  if (!userShape.test(name)) return 'must be small letters and digits, with single ".", "_" or "-" between them';
  return reserved.has(name) ? `"${name}" is a word of the service itself` : undefined;
}

/** Returns what is wrong with the name of a robot: `ci`, `team+ci`; undefined: nothing. */
export function robotNameProblem(name: string): string | undefined {
  if (name.length > 64) return 'must have at most 64 characters';
  if (!robotShape.test(name)) return 'must be as that of a user, or NAMESPACE+NAME: team+ci';
  return reserved.has(name) ? `"${name}" is a word of the service itself` : undefined;
}

/** Least characters of a password (NIST SP 800-63B, 3.1.1.2, where a password is not the only factor). */
export const shortestPassword = 8;
/** Most characters: a hash takes any, but whoever sends a megabyte wants something else. */
export const longestPassword = 1024;

/** Returns what is wrong with a new password; undefined: nothing. */
export function passwordProblem(password: string, name: string): string | undefined {
  if ([...password].length < shortestPassword) return `must have at least ${shortestPassword} characters`;
  if (password.length > longestPassword) return `must have at most ${longestPassword} characters`;
  if (/[\0\r\n]/.test(password)) return 'must have no line ends';
  if (password.toLowerCase() === name) return 'must not be the name of the account';
  return new Set(password).size === 1 ? 'must not be one character again and again' : undefined;
}
