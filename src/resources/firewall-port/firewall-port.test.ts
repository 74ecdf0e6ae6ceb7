import { describe, expect, it } from 'vitest';
import { planFrom } from '../../../test/kit/converge-locally.js';
import { firewall_port } from './firewall-port.js';
import { editSaved, opens } from './iptables-rules.js';
import { inputChains } from './nftables-chains.js';
import { network } from './port-rule.js';

/** Returns what a probe prints. */
function printed(fields: Readonly<Record<string, string>>): string {
  const lines = Object.entries(fields).map(([name, text]) => `${name} ${Buffer.from(text).toString('base64')}\n`);
  return `${lines.join('')}end yes\n`;
}

const task = (more: object = {}) => firewall_port({ port: 5000, ...more });
const scriptOf = (plan: ReturnType<typeof planFrom>) =>
  plan.verdict === 'change' && plan.apply.via === 'sh' ? plan.apply.script.script : '';

describe('firewall_port without a firewall', () => {
  it.each([
    [{}, {}, { verdict: 'ok', note: 'no firewall is active' }],
    [{ require: true }, {}, { verdict: 'refused', message: 'no firewall is active on this host' }],
    [{}, { unprivileged: '' }, { verdict: 'refused', hint: 'set become: true' }],
    [{ backend: 'ufw' }, {}, { verdict: 'refused', message: 'ufw does not run on this host' }],
    [
      {},
      { loose: 'iptables' },
      { message: 'iptables filters incoming traffic, but nothing would restore a rule after a restart' },
    ],
  ] as const)('%o, %o', (params, fields, plan) => {
    expect(planFrom(task(params), printed(fields))).toMatchObject(plan);
  });
});

describe('firewall_port with firewalld', () => {
  const found = (now: string, start: string) => printed({ backend: 'firewalld', now, start });
  it.each([
    ['1 no', '1 no', { summary: 'opened in firewalld' }],
    ['0 yes', '1 no', { summary: 'opened in firewalld for the next start' }],
    ['1 no', '0 yes', { summary: 'opened in firewalld now, as at every start' }],
    ['0 yes', '0 yes', { verdict: 'ok' }],
    ['112 Error: INVALID_ZONE: dmzz', '0 yes', { message: 'firewalld: Error: INVALID_ZONE: dmzz' }],
    ['253 not authorized', '253', { verdict: 'refused', message: 'firewalld: not authorized' }],
  ])('%s, %s', (now, start, plan) => {
    expect(planFrom(task(), found(now, start))).toMatchObject(plan);
  });

  it('lets in who it is told to', () => {
    const some = task({ source: '192.0.2.77/24', zone: 'internal' });
    expect(scriptOf(planFrom(some, found('0 yes', '1 no')))).toMatchInlineSnapshot(
      `"firewall-cmd --permanent '--zone=internal' '--add-rich-rule=rule family="ipv4" source address="192.0.2.0/24" port port="5000" protocol="tcp" accept' >/dev/null </dev/null || exit"`,
    );
  });
});

describe('firewall_port with ufw', () => {
  const found = (added: string, live = '') => printed({ backend: 'ufw', added, live });
  const live = '-A ufw-user-input -p tcp -m tcp --dport 5000 -j ACCEPT\n';
  it.each([
    [{}, '(None)\n', '', { summary: 'opened in ufw' }],
    [{}, "ufw allow 5000/tcp comment 'registry'\n", live, { verdict: 'ok' }],
    [{}, 'ufw allow 5000\n', live, { verdict: 'ok' }],
    [{}, 'ufw allow 5000/tcp\n', '', { summary: 'opened in ufw now, as at every start' }],
    [{}, 'ufw deny 5000/tcp\n', '', { verdict: 'kept', summary: 'there is the rule ufw deny 5000/tcp' }],
    [{ state: 'closed' }, 'ufw deny 5000/tcp\n', '', { verdict: 'ok' }],
    [{ zone: 'public' }, '', '', { message: 'ufw runs on this host, and has no zones' }],
    [
      { port: '8000-8010/udp', source: '192.0.2.5' },
      'ufw allow from 192.0.2.5 to any port 8000:8010 proto udp\n',
      '-A ufw-user-input -s 192.0.2.5/32 -p udp -m multiport --dports 8000:8010 -j ACCEPT\n',
      { verdict: 'ok' },
    ],
  ] as const)('%o: %s', (params, added, rules, plan) => {
    expect(planFrom(task(params), found(added, rules))).toMatchObject(plan);
  });

  it('takes the rule away by the words that made it', () => {
    expect(scriptOf(planFrom(task({ state: 'closed' }), found('ufw allow 5000\n', live)))).toContain(
      'ufw delete allow 5000 ',
    );
  });
});

describe('the rules of iptables', () => {
  const rule = {
    first: 5000,
    last: 5000,
    proto: 'tcp',
    source: undefined,
    family: undefined,
    zone: undefined,
  } as const;
  it.each([
    ['-A INPUT -p tcp -m tcp --dport 5000 -j ACCEPT', true],
    ['-A INPUT -m state --state NEW -m tcp -p tcp --dport 5000 -j ACCEPT', true],
    ['-A INPUT -p tcp -m comment --comment "the registry" -m tcp --dport 5000 -j ACCEPT', true],
    ['-A INPUT -i eth1 -p tcp -m tcp --dport 5000 -j ACCEPT', false],
    ['-A INPUT -s 192.0.2.0/24 -p tcp -m tcp --dport 5000 -j ACCEPT', false],
    ['-A INPUT -p tcp -m tcp --dport 5000 -j DROP', false],
    ['-A INPUT ! -s 192.0.2.1/32 -p tcp -m tcp --dport 5000 -j ACCEPT', false],
  ])('%s', (line, is) => {
    expect(opens(line, rule)).toBe(is);
  });

  const saved = '*nat\n-A INPUT -j X\nCOMMIT\n*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j REJECT\nCOMMIT\n';
  it('are put before all others of the same table, and taken out', () => {
    const opened = editSaved(saved, true, rule, '-A INPUT -p tcp -m tcp --dport 5000 -j ACCEPT');
    expect(opened).toBe(
      '*nat\n-A INPUT -j X\nCOMMIT\n*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 5000 -j ACCEPT\n-A INPUT -j REJECT\nCOMMIT\n',
    );
    expect(editSaved(opened, false, rule, '')).toBe(saved);
    expect(editSaved('', true, rule, 'X')).toBe('*filter\nX\nCOMMIT\n');
  });

  it('count only where packets get to them', () => {
    const path = { backend: 'iptables', 'iptables-path': '/etc/sysconfig/iptables' };
    const behind = `-P INPUT ACCEPT\n-A INPUT -j REJECT --reject-with icmp-host-prohibited\n-A INPUT -p tcp -m tcp --dport 5000 -j ACCEPT\n`;
    const before = behind.split('\n').toReversed().join('\n');
    const plan = (live: string) =>
      planFrom(task(), printed({ ...path, 'iptables-live': live, 'iptables-saved': live }));
    expect(plan(behind)).toMatchObject({ summary: 'opened in iptables' });
    expect(plan(before)).toMatchObject({ verdict: 'ok' });
  });
});

describe('firewall_port with nftables', () => {
  const chain = (rules: string) =>
    `table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy drop;\n${rules}\t}\n\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy accept;\n\t}\n}\n`;
  const ours = '\t\ttcp dport 5000 accept comment "provision"\n';
  const include = 'include "/etc/nftables.provision.conf"\n';
  const line = 'insert rule inet filter input tcp dport 5000 accept comment "provision"\n';
  const conf = `flush ruleset\n${chain('')}`;
  const fields = { backend: 'nftables', path: '/etc/nftables.conf' };
  it.each([
    [{ conf, ruleset: chain('') }, { summary: 'opened in nftables' }],
    [
      { conf: conf + include, ours: line, ruleset: chain('') },
      { summary: 'opened in nftables now, as at every start' },
    ],
    [{ conf, ours: line, ruleset: chain(ours) }, { summary: 'opened in nftables for the next start' }],
    [{ conf: conf + include, ours: line, ruleset: chain(ours) }, { verdict: 'ok' }],
    [
      { conf: conf.replace('drop', 'accept'), ruleset: chain('').replace('drop', 'accept') },
      { verdict: 'ok', note: 'nftables filters no incoming traffic' },
    ],
  ])('%o', (found, plan) => {
    expect(planFrom(task(), printed({ ...fields, ...found }))).toMatchObject(plan);
  });

  it('knows the chains that filter input', () => {
    const text = `${chain('\t\tct state established,related accept\n')}table ip other {\n chain INPUT {\n  type filter hook input priority 0; policy accept;\n }\n}\n`;
    expect(inputChains(text)).toEqual([
      { table: 'inet', name: 'inet filter input', rules: ['ct state established,related accept'], filters: true },
      { table: 'ip', name: 'ip other INPUT', rules: [], filters: false },
    ]);
  });
});

it.each([
  ['192.0.2.77/24', '192.0.2.0/24'],
  ['10.255.1.2/9', '10.128.0.0/9'],
  ['192.0.2.1/32', '192.0.2.1'],
  ['2001:DB8::/32', '2001:db8::/32'],
  ['192.0.2.1/33', undefined],
  ['example.com', undefined],
])('the network %s', (text, is) => {
  expect(network(text)).toBe(is);
});

it.each([
  [{ port: 0 }, 'must be a port from 1 to 65535'],
  [{ port: '8010-8000' }, 'must be a port from 1 to 65535'],
  [{ port: '5000/udp', proto: 'tcp' }, 'the port has another protocol'],
  [{ port: 5000, source: 'anybody' }, 'must be an address or a network: 192.0.2.0/24'],
])('firewall_port refuses %o', (given, message) => {
  expect(firewall_port.params.safeParse(given).error?.message).toContain(message);
});
