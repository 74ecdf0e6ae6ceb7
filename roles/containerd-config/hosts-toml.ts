import { createHash } from 'node:crypto';
import { z } from 'zod';
import { defineResource, joinSh, type Resource, sh, toml_file } from '../../src/index.js';

const params = toml_file.params.extend({
  accounts: z
    .array(z.strictObject({ url: z.string(), authorization: z.string() }))
    .describe('Accounts in it: the URL of the host, and the header'),
});

interface HostsState {
  /** State of the file itself. */
  readonly file: unknown;
  /** Its text; undefined where there is none. */
  readonly text: string | undefined;
}

/**
 * hosts.toml of containerd. Where it differs in passwords of the same accounts alone, it gets the new ones without
 * force: the registry has them already.
 */
export const hosts_toml = defineResource({
  kind: 'hosts_toml',
  summary: 'A hosts.toml of containerd',
  params,
  create: ({ accounts, ...params }): Resource<HostsState> => {
    const file = toml_file.create(params);
    const { id, provides, needs, staging, template } = file;
    const forced = toml_file.create({ ...params, force: true });
    return {
      kind: 'hosts_toml',
      id,
      provides,
      needs,
      staging,
      ...(template !== undefined && { template }),
      probe: (host) =>
        joinSh([
          sh`printf 'text %s\n' "$(base64 2>/dev/null <${host.at(params.dest)} | tr -d '\n')"`,
          file.probe(host),
        ]),
      parse: (reply, host) => {
        const [line = ''] = /^text .*\n/.exec(reply.stdout) ?? [];
        const text = Buffer.from(line.slice('text '.length), 'base64').toString('utf8');
        const rest = { ...reply, stdout: reply.stdout.slice(line.length) };
        return { file: file.parse(rest, host), text: text === '' ? undefined : text };
      },
      plan: ({ file: state, text }, host) => {
        const planned = forced.plan(state, host);
        const renewed = withNewPasswords(text ?? '', accounts);
        if (planned.verdict !== 'change' || renewed === undefined) return file.plan(state, host);
        const digest = `sha256:${createHash('sha256').update(renewed).digest('hex')}`;
        const isAll = planned.writes?.some(({ value }) => value === digest) ?? false;
        return isAll ? { ...planned, summary: 'password renewed' } : file.plan(state, host);
      },
      result: ({ file: state }) => file.result?.(state) ?? {},
    };
  },
});

/** Returns the text with the passwords of accounts that it has of the same users; undefined where they are right. */
function withNewPasswords(
  text: string,
  accounts: readonly { readonly url: string; readonly authorization: string }[],
): string | undefined {
  let host = '';
  const lines = text.split('\n').map((line) => {
    host = /^\s*\[host\.("[^"]*")/.exec(line)?.[1] ?? host;
    const [, head = '', found = ''] = /^(\s*Authorization = )"(Basic [^"]*)"$/.exec(line) ?? [];
    const wanted = accounts.find(({ url }) => JSON.stringify(url) === host);
    if (found === '' || wanted === undefined || userOf(wanted.authorization) !== userOf(found)) return line;
    return `${head}${JSON.stringify(wanted.authorization)}`;
  });
  const renewed = lines.join('\n');
  return renewed === text ? undefined : renewed;
}

function userOf(authorization: string): string {
  return Buffer.from(authorization.slice('Basic '.length), 'base64').toString('utf8').split(':')[0] ?? '';
}
