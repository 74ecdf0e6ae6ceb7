import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { homeFolder } from '../../../model/home-folder.js';
import { checkStep, checkWord } from './check-login-names.js';

/** Values of the tokens of ssh_config(5). */
export interface TokenValues {
  readonly host: string;
  /** Name that was looked up, before HostName. */
  readonly name: string;
  readonly port: number;
  readonly user: string;
  readonly keyAlias: string | undefined;
}

/**
 * Replaces `%h`, `%p`, … in a ProxyCommand, which `ssh -G` prints unexpanded. Unknown tokens stay.
 *
 * @throws ConnectionError where the host or user is not one plain word for a shell
 */
export function expandCommand(command: string, values: TokenValues): string {
  return expand(command, values, checkWord);
}

/**
 * Expands a path of ssh_config: tokens, and `~` for the home folder.
 *
 * @throws ConnectionError where the host or user would lead to another folder
 */
export function expandPath(path: string, values: TokenValues): string {
  const expanded = expand(path, values, checkStep);
  return expanded.startsWith('~/') ? join(homeFolder(), expanded.slice(2)) : expanded;
}

function expand(
  text: string,
  { host, name, port, user, keyAlias }: TokenValues,
  check: (token: string, value: string) => void,
): string {
  const self = userInfo();
  const remote: Readonly<Record<string, string>> = { h: host, k: keyAlias ?? name, n: name, r: user };
  const own: Readonly<Record<string, string>> = {
    '%': '%',
    d: homeFolder(),
    i: String(self.uid),
    L: hostname().replace(/\..*/, ''),
    l: hostname(),
    p: String(port),
    u: self.username,
  };
  return text.replace(/%(.)/g, (written, token: string) => {
    const value = remote[token];
    if (value === undefined) return own[token] ?? written;
    check(token, value);
    return value;
  });
}
