import ssh2, { type IdentityCallback, type OpenSSHAgent, type ParsedKey } from 'ssh2';
import { publicHalf } from './key-file.js';

/** Seconds in which an agent must answer: one that is forwarded over a dead link never does. */
const agentSeconds = 5;

/** Agent that offers only some of its keys. */
class FilteredAgent extends ssh2.OpenSSHAgent {
  readonly #keys: ParsedKey[];

  constructor(socket: string, keys: ParsedKey[]) {
    super(socket);
    this.#keys = keys;
  }

  override getIdentities(give: IdentityCallback<ParsedKey>): void {
    give(undefined, this.#keys);
  }
}

/** Keys of an agent that are worth offering, or why it offers none. */
export type AgentKeys =
  | { readonly agent: OpenSSHAgent; readonly count: number; readonly held: readonly Buffer[] }
  | { readonly agent: undefined; readonly problem: string | undefined; readonly held: readonly Buffer[] };

/**
 * Returns an agent with the keys worth offering. It is queried beforehand, since a dead agent's socket ends the whole
 * attempt in ssh2. With `only`, it offers just the keys whose public halves are those of these files.
 */
export async function agentWithKeys(
  socket: string,
  only: readonly string[] | undefined,
  offered: readonly Buffer[],
): Promise<AgentKeys> {
  const answer = await keysOfAgent(socket);
  if (answer instanceof Error)
    return { agent: undefined, problem: `${socket} does not answer: ${answer.message}`, held: [] };
  const held = answer.map((key) => key.getPublicSSH());
  const wanted = only && (await Promise.all(only.map(publicHalf)));
  const keys = answer.filter((key) => {
    const blob = key.getPublicSSH();
    return !offered.some((one) => one.equals(blob)) && (wanted?.some((one) => one?.equals(blob)) ?? true);
  });
  return keys.length === 0
    ? { agent: undefined, problem: undefined, held }
    : { agent: new FilteredAgent(socket, keys), count: keys.length, held };
}

/** Returns the keys of an agent, or why it doesn't answer. Certificates and security keys are omitted: they are unsupported. */
export function keysOfAgent(socket: string): Promise<ParsedKey[] | Error> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(new Error(`nothing within ${agentSeconds} s`)), agentSeconds * 1000);
    new ssh2.OpenSSHAgent(socket).getIdentities((error, keys = []) => {
      clearTimeout(late);
      if (error) resolve(error);
      else resolve(keys.flatMap((key) => ('getPublicSSH' in key ? [key] : [])));
    });
  });
}
