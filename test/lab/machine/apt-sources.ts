import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** The Debian release of the lab's hosts. */
export const release = 'bookworm';

const suites = new Set([release, `${release}-updates`, `${release}-security`]);
const components = new Set(['main', 'contrib', 'non-free', 'non-free-firmware']);
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

interface Source {
  uri: string;
  suite: string;
  components: string[];
}

/** Debian's archives as this machine is set up to reach them, as a deb822 file; foreign repositories are left out. */
export async function aptSources(): Promise<string> {
  const named = process.env.PROVISION_LAB_APT_SOURCES;
  if (named !== undefined) return readFile(named, 'utf8');
  const sources = (await sourceFiles()).flatMap(({ path, text }) =>
    path.endsWith('.sources') ? parseDeb822(text) : parseOneLine(text),
  );
  const debian = sources.filter(
    (source) => suites.has(source.suite) && source.components.some((name) => components.has(name)),
  );
  if (!debian.some((source) => source.suite === release)) {
    throw new Error(
      `this machine's apt sources name no archive of Debian ${release}, which the lab's hosts are made of: ` +
        'give a deb822 sources file in PROVISION_LAB_APT_SOURCES',
    );
  }
  return debian
    .map(
      (source) =>
        `Types: deb\nURIs: ${source.uri}\nSuites: ${source.suite}\nComponents: ${source.components.join(' ')}\nSigned-By: ${keyring}\n`,
    )
    .join('\n');
}

/** The machine's settings for reaching those archives (proxies, frozen mirrors), as an apt.conf file. */
export async function aptSettings(): Promise<string> {
  const { stdout } = await execa('apt-config', ['dump', 'Acquire']);
  const wanted = /^Acquire::(https?::Proxy|Check-Valid-Until|Check-Date)\b/i;
  const lines = stdout.split('\n').filter((line) => wanted.test(line));
  for (const scheme of ['http', 'https']) {
    const proxy = process.env[`${scheme}_proxy`] ?? process.env[`${scheme.toUpperCase()}_PROXY`];
    if (proxy) lines.push(`Acquire::${scheme}::Proxy "${proxy}";`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

async function sourceFiles(): Promise<{ path: string; text: string }[]> {
  const directory = '/etc/apt/sources.list.d';
  const entries = (await readdir(directory).catch(() => [])).filter((name) => /\.(list|sources)$/.test(name)).sort();
  const paths = ['/etc/apt/sources.list', ...entries.map((name) => join(directory, name))];
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, 'utf8').catch(() => '') })));
}

function parseOneLine(text: string): Source[] {
  return text.split('\n').flatMap((line) => {
    const [, uri, suite, rest] = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)$/.exec(line.trim()) ?? [];
    return uri && suite && rest ? [{ uri, suite, components: words(rest) }] : [];
  });
}

function parseDeb822(text: string): Source[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string) =>
      words(new RegExp(`^${name}:((?:.*)(?:\\n[ \\t].*)*)`, 'im').exec(stanza)?.[1] ?? '');
    if (!field('Types').includes('deb') || field('Enabled')[0] === 'no') return [];
    return field('URIs').flatMap((uri) =>
      field('Suites').map((suite) => ({ uri, suite, components: field('Components') })),
    );
  });
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
