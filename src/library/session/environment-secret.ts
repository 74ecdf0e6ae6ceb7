const taken = new Map<string, string>();

/**
 * Takes a secret out of the environment, so that no process started later inherits it. It is remembered for the next
 * session of this process. An empty variable means none.
 */
export function takeFromEnvironment(variable: string): string | undefined {
  const given = process.env[variable];
  delete process.env[variable];
  if (given === '') taken.delete(variable);
  else if (given !== undefined) taken.set(variable, given);
  return taken.get(variable);
}
