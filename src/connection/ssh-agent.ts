import { readFile } from 'node:fs/promises';
import ssh2, { type IdentityCallback, type OpenSSHAgent, type ParsedKey } from 'ssh2';

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

/**
 * An agent with the keys worth offering: asked beforehand, since a dead agent's socket ends the whole attempt in ssh2.
 * Undefined when it has none, or does not answer. With `only`, just the keys whose public halves lie beside these files.
 */
export async function agentWithKeys(
  socket: string,
  only: readonly string[] | undefined,
  offered: readonly Buffer[],
): Promise<{ agent: OpenSSHAgent; count: number } | undefined> {
  const held = await heldBy(new ssh2.OpenSSHAgent(socket));
  const wanted = only === undefined ? undefined : await publicKeys(only);
  const keys = held.filter((key) => {
    const blob = key.getPublicSSH();
    return !offered.some((one) => one.equals(blob)) && (wanted?.some((one) => one.equals(blob)) ?? true);
  });
  return keys.length === 0 ? undefined : { agent: new FilteredAgent(socket, keys), count: keys.length };
}

function heldBy(agent: OpenSSHAgent): Promise<ParsedKey[]> {
  return new Promise((resolve) => {
    agent.getIdentities((error, keys = []) => {
      resolve(error ? [] : keys.flatMap((key) => ('getPublicSSH' in key ? [key] : [])));
    });
  });
}

async function publicKeys(files: readonly string[]): Promise<Buffer[]> {
  const keys = await Promise.all(
    files.map(async (file) => {
      // Without its public half beside it, a key can't be recognised in the agent.
      const text = await readFile(`${file}.pub`).catch(() => undefined);
      const key = text === undefined ? undefined : ssh2.utils.parseKey(text);
      return key === undefined || key instanceof Error ? [] : [key.getPublicSSH()];
    }),
  );
  return keys.flat();
}
