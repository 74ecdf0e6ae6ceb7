import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { RegistryError } from '../../registry/registry-error.js';
import { type LinkSigner, pathOf, withQuery } from './link-signer.js';

/** Options of addresses that nginx's `secure_link` verifies (ngx_http_secure_link_module). */
export interface NginxLinkOptions {
  /**
   * Text of `secure_link_md5`, with nginx's variables `$secure_link_expires`, `$arg_NAME` of the end, and `$uri`; all
   * else is as it stands: `$secure_link_expires$uri SECRET`.
   */
  readonly expression: string;
  /** Parameter of the hash. Default `md5`. */
  readonly hashParameter?: string | undefined;
  /** Parameter of the end. Default `expires`. */
  readonly endParameter?: string | undefined;
  /** Address of the only client that may use it: `$remote_addr`. */
  readonly client?: string | undefined;
}

/** Makes a signer of addresses that nginx verifies. @throws RegistryError `input` for a variable that is not known here */
export function nginxLinks(options: NginxLinkOptions): LinkSigner {
  const { expression, hashParameter = 'md5', endParameter = 'expires', client } = options;
  const names = [...expression.matchAll(/\$\{?(\w+)\}?/g)].map(([, name = '']) => name);
  const foreign = names.find((name) => variableOf(name, '', '', '', endParameter) === undefined);
  if (foreign !== undefined) {
    throw new RegistryError('input', `the expression for nginx has $${foreign}, whose value is not known here`, {
      hint: `write it with $secure_link_expires, $uri, $arg_${endParameter} and $remote_addr`,
    });
  }
  if (!names.includes('uri')) {
    throw new RegistryError('input', 'the expression for nginx is without $uri: one address would open all others', {
      hint: 'write it as in secure_link_md5: $secure_link_expires$uri SECRET',
    });
  }
  if (names.includes('remote_addr') && (client === undefined || isIP(client) === 0)) {
    throw new RegistryError('input', 'the expression for nginx has $remote_addr, and no client is named', {
      hint: 'name the address of the client, or leave $remote_addr out',
    });
  }
  return {
    sign: (url, until) => {
      const uri = decoded(pathOf(url));
      const text = expression.replaceAll(
        /\$\{?(\w+)\}?/g,
        (_, name: string) => variableOf(name, uri, String(until), client ?? '', endParameter) ?? '',
      );
      const hash = createHash('md5').update(text).digest('base64url');
      return withQuery(url, `${hashParameter}=${hash}&${endParameter}=${until}`);
    },
  };
}

function variableOf(name: string, uri: string, end: string, client: string, endParameter: string): string | undefined {
  switch (name) {
    case 'uri':
      return uri;
    case 'secure_link_expires':
    case `arg_${endParameter}`:
      return end;
    case 'remote_addr':
      return client;
    default:
      return undefined;
  }
}

/** Returns a path as nginx has it in `$uri`: decoded, and with one slash for several. */
function decoded(path: string): string {
  const merged = path.replaceAll(/\/{2,}/g, '/');
  try {
    return decodeURIComponent(merged);
  } catch {
    return merged;
  }
}
