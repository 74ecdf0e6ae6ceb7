import ssh2, { type IdentityCallback, type OpenSSHAgent, type ParsedKey } from 'ssh2';
import { publicHalf } from './key-file.js';

/** Seconds: one that was forwarded over a dead link never answers. */
const agentSeconds = 5;

/** An agent that offers only some of its keys. */
class FilteredAgent extends ssh2.OpenSSHAgent {
  constructor(
    socket: string,
    private readonly keys: ParsedKey[],
  ) {
    super(socket);
  }

  override getIdentities(give: IdentityCallback<ParsedKey>): void {
    give(undefined, this.keys);
  }
}

/** The keys of an agent that are worth offering, or why it offers none. */
export type AgentKeys =
  | { readonly agent: OpenSSHAgent; readonly count: number; readonly held: readonly Buffer[] }
  | { readonly agent: undefined; readonly problem: string | undefined; readonly held: readonly Buffer[] };

/**
 * An agent with the keys worth offering: asked beforehand, since a dead agent's socket ends the whole attempt in ssh2.
 * With `only`, just the keys whose public halves are those of these files.
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

/** The keys that an agent holds, or why it doesn't say. Kinds that nothing here can use (certificates, security keys) are left out. */
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
