import { isIPv6 } from 'node:net';
import { joinSh, type Sh, sh } from '../../sh.js';

/** Answer that an HTTP address must give. */
export interface HttpQuestion {
  readonly url: string;
  readonly status: readonly number[];
  readonly contains?: string | undefined;
  readonly insecure: boolean;
}

const local = /^(localhost|127\.\d+\.\d+\.\d+|::1|0\.0\.0\.0|::)$/;

/**
 * Defines the shell function `ask`, which prints `open`, `closed` or `no-tool`. A port of the host itself is looked
 * up in /proc, which needs no tool. Another host's port is connected to with the tools that there are.
 */
export function askPort(host: string, port: number): Sh {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const listening = sh`cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | while read -r _ address _ state _; do
    case $address,$state in *:${hex},0A) echo open; break ;; esac
  done`;
  return joinSh([
    sh`connect() {
  if command -v bash >/dev/null 2>&1 && command -v timeout >/dev/null 2>&1; then
    timeout 3 bash -c ${`exec 3<>/dev/tcp/${host}/${port}`} 2>/dev/null && echo open || echo closed
  elif command -v nc >/dev/null 2>&1; then
    nc -z -w 3 ${host} ${port} >/dev/null 2>&1 </dev/null && echo open || echo closed
  elif command -v curl >/dev/null 2>&1; then
    curl -s -o /dev/null --connect-timeout 3 --max-time 4 ${`http://${isIPv6(host) ? `[${host}]` : host}:${port}/`} </dev/null
    case $? in 6 | 7) echo closed ;; 28) echo 'closed timed out' ;; *) echo open ;; esac
  else echo 'no-tool neither bash, nc nor curl is there to connect with'; fi
}`,
    local.test(host)
      ? sh`ask() {
  found=$(${listening})
  if [ -n "$found" ]; then echo open; return; fi
  case $(connect) in open) echo open ;; *) echo closed ;; esac
}`
      : sh`ask() { connect; }`,
  ]);
}

/** Defines the shell function `ask`, which prints `open`, `closed` with the answer that came instead, or `no-tool`. */
export function askHttp({ url, status, contains, insecure }: HttpQuestion): Sh {
  const held =
    contains === undefined
      ? sh``
      : sh`case $body in *${contains}*) ;; *) echo ${`closed the answer does not hold ${contains}`}; return ;; esac`;
  // No proxy of the environment stands between a host and itself.
  const name = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const own = local.test(name)
    ? sh`proxy=yes`
    : sh`case " $(uname -n) $(hostname -f 2>/dev/null) $(hostname -I 2>/dev/null) " in *${` ${name} `}*) proxy=yes ;; esac`;
  return sh`ask() {
  proxy=
  ${local.test(name) ? own : sh`[ -z "$http_proxy$https_proxy$HTTPS_PROXY$all_proxy$ALL_PROXY" ] || ${own}`}
  if command -v curl >/dev/null 2>&1; then
    body=$(curl -sS \${proxy:+--noproxy '*'} ${insecure ? ['-k'] : []} --connect-timeout 5 --max-time 10 -w '\n%{http_code}' ${url} 2>&1 </dev/null | tr -d '\0')
    code=\${body##*
}
  elif command -v wget >/dev/null 2>&1; then
    body=$(wget -q -S -O - -T 5 \${proxy:+--no-proxy} ${insecure ? ['--no-check-certificate'] : []} ${url} 2>&1 </dev/null | tr -d '\0')
    code=$(printf '%s\n' "$body" | while read -r protocol number _; do case $protocol in HTTP/*) echo "$number" ;; esac; done | tail -n 1)
  else echo 'no-tool neither curl nor wget is there to ask with'; return; fi
  case $code in
  ${joinSh(
    status.map((each) => sh`${each}`),
    ' | ',
  )}) ;;
  '' | 000) printf 'closed %s\n' "$(printf '%s' "\${body%
*}" | tr '\n' ' ')"; return ;;
  *) echo "closed status $code"; return ;;
  esac
  ${held}
  echo "open status $code"
}`;
}
