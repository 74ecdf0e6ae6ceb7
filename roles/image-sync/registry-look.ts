import { z } from 'zod';
import {
  defineResource,
  isRepository,
  isTag,
  type Resource,
  registryQuestions,
  registryRefs,
  sh,
} from '../../src/index.js';

const params = z.strictObject({
  registry: z.string(),
  /** An empty or silent registry is an error. */
  required: z.boolean().default(true),
  message: z.string().optional(),
});

interface LookState {
  readonly url: string;
  readonly status: string;
  /** Error of curl when nothing answered. */
  readonly reason: string;
  readonly repositories: readonly { readonly name: string; readonly tags: readonly string[] }[];
  /** Number of names in its catalogue that are none. */
  readonly wrong: number;
  /** Its catalogue goes on at another address, it says. */
  readonly strays: boolean;
}

/** Pages of 500 names; a catalogue with more is not one to be looked at. */
const mostPages = 200;

/** Content of a registry: read, never changed. */
export const registry_look = defineResource({
  kind: 'registry_look',
  summary: 'What is in a registry',
  params,
  create: ({ registry, required, message }): Resource<LookState> => ({
    kind: 'registry_look',
    id: registry,
    provides: [],
    needs: ['service:docker', 'package:curl', 'path:/etc/containers/registries.conf.d/90-provision.conf'],
    reaches: registryRefs(registry),
    staging: 'skip',
    probeDeadline: 300,
    probe: () => sh`command -v curl >/dev/null 2>&1 || { echo "base - no-curl"; exit 0; }
${registryQuestions}
at=$(look ${registry})
echo "base $at"
case $at in *' 200 '*) ;; *) exit 0 ;; esac
at=\${at%% *}
next="/v2/_catalog?n=500" pages=0
while [ -n "$next" ] && [ "$pages" -lt ${mostPages} ]; do
  page=$(fetch ${registry} -D - "$at$next" | awk -F '"' '
    { gsub(/\r/, "") }
    link == "" && match($0, /^[Ll]ink: <[^>]*>/) { link = substr($0, 8, RLENGTH - 8) }
    /^\{/ { for (at = 2; at < NF; at += 2) if (strings++ > 0) print $at }
    END { print ">" link }')
  next=\${page##*>} pages=$((pages + 1))
  printf '%s' "\${page%>*}"
  case $next in '' | "/v2/_catalog?"*) ;; *) echo elsewhere >&2; next= ;; esac
done | while IFS= read -r name; do
  case /$name/ in
    *[!a-z0-9._/-]* | *//* | */[._-]* | *[._-]/*) printf '%s\n' wrong >&2 ;;
    *) printf 'url = "%s"\n' "$at/v2/$name/tags/list" ;;
  esac
done | fetch ${registry} -w '\n@ %{url_effective}\n' -K - | {
  body=
  while IFS= read -r line; do
    case $line in
      '@ '*)
        name=\${line#"@ $at/v2/"} tags=
        case $body in *'"tags":['*) tags=\${body#*'"tags":['} ;; esac
        echo "repository \${name%/tags/list} \${tags%%']'*}"
        body= ;;
      *) body=$body$line ;;
    esac
  done
} | tr -d '"' | tr ',' ' '`,
    parse: (reply) => {
      const aside = reply.stderr.split('\n');
      const lines = reply.stdout.split('\n').map((line) => line.trim().split(/\s+/));
      const [, url = registry, status = '000', ...words] = lines.find(([word]) => word === 'base') ?? [];
      const repositories = lines.flatMap(([word, name, ...tags]) =>
        word === 'repository' && name !== undefined && isRepository(name) ? [{ name, tags: tags.filter(isTag) }] : [],
      );
      return {
        url,
        status,
        reason: words.join(' '),
        repositories,
        wrong: aside.filter((line) => line === 'wrong').length,
        strays: aside.includes('elsewhere'),
      };
    },
    plan: ({ url, status, reason, repositories, wrong, strays }) => {
      if (status === 'no-curl' && !required) return { verdict: 'ok', note: 'curl is not installed on the host yet' };
      if (status === 'no-curl') return { verdict: 'refused', message: 'curl is not installed on the host' };
      const silent = status !== '200';
      if (required && (silent || repositories.length === 0)) {
        const why = silent ? unwilling(url, status, reason) : 'it holds no images';
        return {
          verdict: 'refused',
          message: message === undefined ? `no registry at ${registry}: ${why}` : `${message} (${why})`,
        };
      }
      const left = [
        ...(wrong === 0 ? [] : [`${wrong} more left out, as the specification allows no such name`]),
        ...(strays ? ['the next page of its catalogue would lead away from it: not followed'] : []),
      ];
      const note = silent
        ? unwilling(url, status, reason)
        : [`${url} answers, ${repositories.length} repositories`, ...left].join('; ');
      return {
        verdict: 'ok',
        note,
        details: repositories.flatMap(({ name, tags }) => tags.map((tag) => `${name}:${tag}`)),
      };
    },
    result: ({ status, repositories }) => ({
      answers: status === '200',
      repositories: repositories.map(({ name }) => name),
    }),
  }),
});

function unwilling(url: string, status: string, reason: string): string {
  if (status === '401' || status === '403') return `${url} asks for an account (${status})`;
  if (status !== '000') return `${url} answered ${status}`;
  return `${url} does not answer${reason === '' ? '' : `: ${reason}`}`;
}
