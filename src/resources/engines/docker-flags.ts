/** Option of dockerd on its command line. */
export interface DockerFlag {
  /** Without dashes, in its long form: `insecure-registry`. */
  readonly name: string;
  /** `true` where the option has no value. */
  readonly value: string;
  /** Index among the words, and the number of words that it takes. */
  readonly at: number;
  readonly words: number;
}

const shortNames: Readonly<Record<string, string>> = {
  H: 'host',
  D: 'debug',
  l: 'log-level',
  g: 'data-root',
  G: 'group',
  b: 'bridge',
  s: 'storage-driver',
  p: 'pidfile',
};

/** Flags that take no value of their own: `--debug`, `--debug=false`. Any other takes the next word. */
const switches = new Set([
  ...['debug', 'live-restore', 'icc', 'ip-forward', 'ip-masq', 'iptables', 'ip6tables', 'ipv6', 'userland-proxy'],
  ...[
    'selinux-enabled',
    'signature-verification',
    'tls',
    'tlsverify',
    'raw-logs',
    'experimental',
    'init',
    'no-new-privileges',
  ],
  ...['enable-secrets', 'disable-legacy-registry'],
]);

/** Flags that may be given many times, with the key of daemon.json that holds all of them. */
const lists: Readonly<Record<string, string>> = {
  'insecure-registry': 'insecure-registries',
  'registry-mirror': 'registry-mirrors',
  'add-registry': 'add-registries',
  'block-registry': 'block-registries',
  'authorization-plugin': 'authorization-plugins',
  'exec-opt': 'exec-opts',
  'storage-opt': 'storage-opts',
  'log-opt': 'log-opts',
  'dns-opt': 'dns-opts',
  host: 'hosts',
  label: 'labels',
  dns: 'dns',
  'dns-search': 'dns-search',
  'default-ulimit': 'default-ulimits',
};

/** Returns the key of daemon.json that means the same as a flag; dockerd refuses to start when both are given. */
export function keyOfFlag(name: string): string {
  return lists[name] ?? name;
}

/**
 * Returns the slot that a flag fills and that another flag can't fill, too: `log-opt max-size`. Undefined where each
 * flag adds to the others.
 */
export function slotOfFlag({ name, value }: Pick<DockerFlag, 'name' | 'value'>): string | undefined {
  if (name === 'log-opt') return `log-opt ${value.split('=')[0]}`;
  return name in lists ? undefined : name;
}

/** Tells whether a flag states the default: a switch that is off anyway. */
export function isDefaultFlag({ name, value }: Pick<DockerFlag, 'name' | 'value'>): boolean {
  return value === 'false' && (name === 'live-restore' || name === 'debug');
}

/** Finds the flags among the words of a command line; other words are ignored. */
export function flagsIn(words: readonly string[]): readonly DockerFlag[] {
  const flags: DockerFlag[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const [, long, short, value] = /^(?:--([a-z0-9][a-z0-9-]*)|-([A-Za-z]))(?:=(.*))?$/s.exec(words[at] ?? '') ?? [];
    const name = long ?? shortNames[short ?? ''];
    if (name === undefined) continue;
    const next = words[at + 1];
    const takesNext = value === undefined && !switches.has(name) && next !== undefined && !next.startsWith('-');
    flags.push({ name, value: value ?? (takesNext ? next : 'true'), at, words: takesNext ? 2 : 1 });
    if (takesNext) at += 1;
  }
  return flags;
}

/** Word of a line without its quotes and backslashes, and its place with them. */
export interface WordSpan {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** Splits a line into words as systemd does: at blanks, with quotes around words that hold some. */
export function wordSpans(text: string): readonly WordSpan[] {
  const found = text.matchAll(/(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/gs);
  return [...found].map(({ 0: raw, index }) => ({ word: unquote(raw), start: index, end: index + raw.length }));
}

/** Splits a line into words, without their places. */
export function wordsIn(text: string): readonly string[] {
  return wordSpans(text).map(({ word }) => word);
}

function unquote(raw: string): string {
  return raw.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs,
    (_, single?: string, double?: string, sign?: string) => single ?? double?.replaceAll(/\\(.)/gs, '$1') ?? sign ?? '',
  );
}

/** Tells whether two values of a flag mean the same, as a mirror with and without the slash at its end. */
export function sameValue(name: string, one: string, other: string): boolean {
  return name === 'registry-mirror'
    ? one.replace(/(?<!\/)\/+$/, '') === other.replace(/(?<!\/)\/+$/, '')
    : one === other;
}
