/** Resources by the names of Ansible's modules: the first that there is. */
const resources: Readonly<Record<string, readonly string[]>> = {
  apt: ['package'],
  blockinfile: ['block'],
  copy: ['file'],
  cronvar: ['cron'],
  dnf: ['package'],
  firewalld: ['firewall_port'],
  iptables: ['firewall_port'],
  lineinfile: ['line'],
  systemd: ['service'],
  systemd_service: ['service'],
  ufw: ['firewall_port'],
  wait_for: ['wait'],
  yum: ['package'],
};

const keyFile = 'write the key with `file` or `get_url` where the package manager reads it';
const sourceFile =
  'write the file with `file`, in /etc/apt/sources.list.d or /etc/yum.repos.d; then `package` with `update: true`';
const inInventory = 'put the hosts and groups into the inventory: it is read when a run begins';
const measured = 'resources measure for themselves; use `creates` or `unless` of `command`';
const ask = (cmd: string) =>
  `write \`command: { cmd: ${cmd}, always: true }\` with \`register\` and \`changed_when: false\``;
const install = (cmd: string) => `write \`command: { cmd: ${cmd}, unless: … }\`, with a check that it is there`;
const container = 'the role registry-setup runs registries; for others write `command`, with `unless`';
const authority = 'use `certificate`: it is issued by an authority that is kept beside the site, `ca_certificate`';
const reloaded = 'write `template` or `file`, and `notify` a handler that reloads it';

/** Hints for Ansible's modules that are no resource here by another name. */
const otherwise: Readonly<Record<string, string>> = {
  acl: 'write `command: { cmd: "setfacl …", unless: "getfacl … | grep -q …" }`',
  add_host: inInventory,
  alternatives: 'write `link` in /etc/alternatives, with `force: true`',
  apt_key: keyFile,
  apt_repository: sourceFile,
  async_status: 'long commands are waited for; remove it',
  authorized_key: 'write `line: { path: …/.ssh/authorized_keys, line: "ssh-…", create: true }`, after its `directory`',
  deb822_repository: sourceFile,
  debconf: 'write `command: { cmd: "echo … | debconf-set-selections", unless: … }`',
  docker_compose: container,
  docker_compose_v2: container,
  docker_container: container,
  docker_image: '`images` copies images between registries; `pull_check` makes an engine pull one',
  docker_login: 'use `registry_auths`, or the role docker-config: accounts of hosts',
  expect: 'write `command`, with options that make the program ask nothing',
  fetch: `there is no counterpart; for a short file ${ask('"cat FILE"')}`,
  find: ask('"find …"'),
  gem: install('"gem install NAME"'),
  get_certificate: ask('"openssl s_client …"'),
  getent: ask('"getent passwd NAME"'),
  git: 'write `command: { cmd: "git clone URL DIR", creates: DIR/.git }`',
  group_by: inInventory,
  hostname: 'write `command: { cmd: "hostnamectl set-hostname NAME", unless: \'test "$(hostname)" = NAME\' }`',
  ini_file: 'use `line` for one setting, `template` for a whole file: there is no counterpart for sections',
  known_hosts: 'write `line: { path: …/.ssh/known_hosts, line: "HOST ssh-…", create: true }`',
  locale_gen: install('"locale-gen NAME"'),
  modprobe: 'write `command: { cmd: "modprobe NAME", unless: "grep -q \'^NAME \' /proc/modules" }`',
  npm: install('"npm install --global NAME"'),
  openssl_certificate: authority,
  openssl_csr: authority,
  openssl_privatekey: authority,
  package_facts: measured,
  pam_limits: 'write `line`, or a file in /etc/security/limits.d',
  pause: 'use `wait` for what is waited for; --step asks before each task',
  parted: 'there is no counterpart: partition disks before; `mount` takes a file system',
  ping: 'remove it: `provision doctor` tells whether hosts are reached',
  pip: install('"pip install NAME"'),
  podman_container: container,
  raw: 'write `command: { cmd: "…" }`: the text of `cmd` is run by sh, and hosts need no Python',
  reboot: 'there is no counterpart: restart the host between two runs',
  replace: 'use `line` for one line, else `command: { cmd: "sed -i …", only_if: "grep -q …" }`',
  rpm_key: keyFile,
  script: 'send it with `file: { src: …, path: …, mode: "0755" }`, then run it with `command`',
  selinux: 'there is no counterpart; `seboolean` and `sefcontext` are there',
  service_facts: measured,
  set_fact: 'use `vars`, whose values may be templates of each other and of registered results',
  setup: 'facts are gathered before the first task',
  shell: 'write `command: { cmd: "…" }`: the text of `cmd` is run by sh',
  slurp: `${ask('"cat FILE"')}: NAME.stdout has the text`,
  stat: measured,
  subversion: 'write `command: { cmd: "svn checkout URL DIR", creates: DIR/.svn }`',
  supervisorctl: reloaded,
  synchronize: 'use `unarchive` with an archive: there is no counterpart for rsync',
  tempfile: 'there is no counterpart: name the file in a variable',
  timezone: 'write `link: { path: /etc/localtime, target: /usr/share/zoneinfo/…, force: true }`',
  uri: 'use `wait: { http: { url: … } }` to wait for an answer, else `command` with curl',
  x509_certificate: authority,
  xml: 'there is no counterpart; `json_file` is for JSON, `toml_file` for TOML',
  yum_repository: sourceFile,
};

/** Names of Ansible's modules that are answered with what to write. */
export const ansibleModules: readonly string[] = [...Object.keys(resources), ...Object.keys(otherwise)];

/** Returns what to write in place of a module of Ansible's; undefined for a name that is none, or that is not known. */
export function insteadOfModule(name: string, kinds: readonly string[]): string | undefined {
  const kind = (Object.hasOwn(resources, name) ? resources[name] : undefined)?.find((each) => kinds.includes(each));
  if (kind !== undefined) return `the resource is \`${kind}\` here`;
  return Object.hasOwn(otherwise, name) ? otherwise[name] : undefined;
}
