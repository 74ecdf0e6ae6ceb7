import { Problem, type ProblemPlace } from '../../problem.js';
import { isBcryptHash } from '../credentials/password-hash.js';
import { userNameProblem } from './account-names.js';

/** Reads the accounts of a file of htpasswd. @throws Problem naming each line that can't be taken */
export function readImportedAccounts(text: string): { readonly name: string; readonly hash: string }[] {
  const errors: ProblemPlace[] = [];
  const found: { name: string; hash: string }[] = [];
  const names = new Set<string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const colon = line.indexOf(':');
    const [name, hash] = [line.slice(0, Math.max(0, colon)).trim(), line.slice(colon + 1).trim()];
    const problem =
      colon === -1
        ? 'must be NAME:HASH'
        : (userNameProblem(name) ?? (isBcryptHash(hash) ? undefined : 'must have a hash of bcrypt (htpasswd -B)'));
    if (problem !== undefined) errors.push({ pointer: `/htpasswd, line ${index + 1}`, detail: problem });
    else if (names.has(name))
      errors.push({ pointer: `/htpasswd, line ${index + 1}`, detail: `${name} stands there twice` });
    names.add(name);
    found.push({ name, hash });
  }
  if (errors.length > 0) {
    const [first] = errors;
    throw new Problem('unprocessable', `${first?.pointer.slice(1)}: ${first?.detail}. Nothing was imported`, {
      errors,
    });
  }
  return found;
}
