import { homedir, hostname, userInfo } from 'node:os';
import { join } from 'node:path';

/** What the tokens of ssh_config(5) stand for. */
export interface TokenValues {
  readonly host: string;
  /** The name that was asked for, before HostName. */
  readonly name: string;
  readonly port: number;
  readonly user: string;
  readonly keyAlias: string | undefined;
}

/** Replaces `%h`, `%p`, … in a setting, where `ssh -G` leaves them as they were written. Unknown tokens stay. */
export function expandTokens(text: string, { host, name, port, user, keyAlias }: TokenValues): string {
  const self = userInfo();
  const values: Readonly<Record<string, string>> = {
    '%': '%',
    d: homedir(),
    h: host,
    i: String(self.uid),
    k: keyAlias ?? name,
    L: hostname().replace(/\..*/, ''),
    l: hostname(),
    n: name,
    p: String(port),
    r: user,
    u: self.username,
  };
  return text.replace(/%(.)/g, (written, token: string) => values[token] ?? written);
}

/** A path of ssh_config: tokens, and `~` for the home folder. */
export function expandPath(path: string, values: TokenValues): string {
  const expanded = expandTokens(path, values);
  return expanded.startsWith('~/') ? join(homedir(), expanded.slice(2)) : expanded;
}
