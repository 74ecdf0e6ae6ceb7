/** Characters of a host or user that mean something to a shell, as OpenSSH 9.6 refuses them (CVE-2023-51385). */
const unsafe = {
  address: /['"`$\\;&<>|(){}\s\p{Cc}]/gu,
  user: /['"`;&<>|(){}\p{Cc}]/gu,
};

/** Describes why ssh and shells must not get an address, as the rest of a sentence about it; undefined where they may. */
export function addressProblem(address: string): string | undefined {
  return address === '' ? 'is empty' : problemOf(address, unsafe.address);
}

/** Describes why ssh, sudo and shells must not get the name of a user; undefined where they may. */
export function userProblem(user: string): string | undefined {
  const problem = problemOf(user, unsafe.user);
  if (problem !== undefined) return problem;
  // As words of their own they would be options.
  return /\s-/.test(user) || user.endsWith('\\') ? 'is not the name of a user' : undefined;
}

function problemOf(name: string, characters: RegExp): string | undefined {
  if (name.startsWith('-')) return 'would be read as an option, as it begins with "-"';
  const found = [...new Set(name.match(characters))].map((character) => JSON.stringify(character)).join(' ');
  return found === '' ? undefined : `has characters that a shell would read: ${found}`;
}
