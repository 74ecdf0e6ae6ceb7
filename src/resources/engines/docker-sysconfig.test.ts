import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { planFrom } from '../../../test/kit/converge-locally.js';
import { flagsIn, wordsIn } from './docker-flags.js';
import { docker_sysconfig } from './docker-sysconfig.js';
import { mergeSysconfig, sysconfigFlags, type WantedFlag } from './sysconfig-text.js';

const insecure = (...values: string[]): WantedFlag[] =>
  values.map((value) => ({ variable: 'INSECURE_REGISTRY', name: 'insecure-registry', value }));
const option = (name: string, value = 'true'): WantedFlag => ({ variable: 'OPTIONS', name, value });

/** Lines in the way that EL7's stock file has them. */
const stock = `# /etc/sysconfig/docker
OPTIONS='--selinux-enabled --log-driver=journald --signature-verification=false'
if [ -z "\${DOCKER_CERT_PATH}" ]; then
    DOCKER_CERT_PATH=/etc/docker
fi

# INSECURE_REGISTRY='--insecure-registry'
# a last line`;

describe('options in /etc/sysconfig/docker', () => {
  it('get a line behind the commented one, the rest byte for byte', () => {
    const merged = mergeSysconfig(stock, insecure('a:5000', 'b:5000'));
    const line = `INSECURE_REGISTRY="--insecure-registry a:5000 --insecure-registry b:5000"\n`;
    expect(merged).toEqual({
      text: stock.replace('# a last line', `${line}# a last line`),
      summary: 'added --insecure-registry a:5000 --insecure-registry b:5000',
      overwrites: false,
    });
  });

  const ab = insecure('a:5000', 'b:5000');
  it.each<[string, WantedFlag[], string, boolean?]>([
    [
      `INSECURE_REGISTRY='--insecure-registry a:5000'\n`,
      ab,
      `INSECURE_REGISTRY='--insecure-registry a:5000 --insecure-registry b:5000'\n`,
    ],
    [
      `INSECURE_REGISTRY=\nX=1\n`,
      ab,
      `INSECURE_REGISTRY="--insecure-registry a:5000 --insecure-registry b:5000"\nX=1\n`,
    ],
    [
      `OPTIONS="-H x --insecure-registry=a:5000"\n`,
      ab,
      `OPTIONS="-H x --insecure-registry=a:5000"\nINSECURE_REGISTRY="--insecure-registry b:5000"\n`,
    ],
    [
      `other_args='--insecure-registry b:5000 --insecure-registry a:5000'`,
      ab,
      `other_args='--insecure-registry b:5000 --insecure-registry a:5000'`,
    ],
    [
      `OPTIONS="--live-restore"\n`,
      [option('log-opt', 'max-size=1m')],
      `OPTIONS="--live-restore --log-opt=max-size=1m"\n`,
    ],
    [`OPTIONS="--log-opt a=1"\n`, [option('log-opt', 'b=2')], `OPTIONS="--log-opt a=1 --log-opt=b=2"\n`],
    [`OPTIONS="--log-opt a=1 -D"\n`, [option('log-opt', 'a=2')], `OPTIONS="--log-opt=a=2 -D"\n`, true],
    [`OPTIONS="--mtu 1500 -D"\n`, [option('mtu', '1400')], `OPTIONS="--mtu=1400 -D"\n`, true],
    [`OPTIONS="-D=false"\r\n`, [option('debug')], `OPTIONS="--debug"\r\n`, true],
    [`OPTIONS=-D\n`, [option('live-restore', 'false')], `OPTIONS=-D\n`],
    [`OPTIONS=-D\n`, [option('iptables', 'false')], `OPTIONS="-D --iptables=false"\n`],
    [`OPTIONS=--live-restore\n`, [option('live-restore', 'false')], `OPTIONS=--live-restore=false\n`, true],
    [
      `OPTIONS="--registry-mirror=http://m/"\n`,
      [option('registry-mirror', 'http://m')],
      `OPTIONS="--registry-mirror=http://m/"\n`,
    ],
    [`OPTIONS=-a\nOPTIONS=-D\n`, [option('ipv6')], `OPTIONS=-a\nOPTIONS="-D --ipv6"\n`],
  ])('%j', (text, wanted, expected, overwrites = false) => {
    const merged = mergeSysconfig(text, wanted);
    expect(merged).toMatchObject({ text: expected, overwrites });
    expect(mergeSysconfig(expected, wanted)).toEqual({ text: expected, summary: '', overwrites: false });
  });

  const a = insecure('a:5000');
  const line = 'INSECURE_REGISTRY="--insecure-registry a:5000"';
  it.each<[string, string, WantedFlag[], string]>([
    ['several lines', 'OPTIONS="-D \\\n  --ipv6"\n', a, `OPTIONS="-D \\\n  --ipv6"\n${line}\n`],
    ['several pieces', `OPTIONS='-D'" --ipv6"\n`, [option('icc')], `OPTIONS='-D'" --ipv6"" --icc"\n`],
    ['escapes', 'OPTIONS="-D --label=a=\\"b\\""\r\n', [option('icc')], 'OPTIONS="-D --label=a=\\"b\\""" --icc"\r\n'],
    [
      'a flag that is on a line that goes on',
      'OPTIONS="-D \\\n --insecure-registry a:5000"\n',
      a,
      'OPTIONS="-D \\\n --insecure-registry a:5000"\n',
    ],
    ['single quotes over lines', "OPTIONS='-D\n  --mtu=1'\n", [option('icc')], "OPTIONS='-D\n  --mtu=1 --icc'\n"],
    ['blanks around', `  OPTIONS = '-D'  \nX=1`, [option('icc')], `  OPTIONS = '-D --icc'  \nX=1`],
    ['no last newline', `OPTIONS='-D'`, a, `OPTIONS='-D'\n${line}\n`],
    [
      'CRLF',
      `OPTIONS='-D'\r\n# INSECURE_REGISTRY=''\r\nX=1\r\n`,
      a,
      `OPTIONS='-D'\r\n# INSECURE_REGISTRY=''\r\n${line}\r\nX=1\r\n`,
    ],
    [
      'the name in a comment that hides a line',
      `# INSECURE_REGISTRY='' \\\nX=1\nY=2\n`,
      a,
      `# INSECURE_REGISTRY='' \\\nX=1\nY=2\n${line}\n`,
    ],
    ['the name inside a value', `X="\n# INSECURE_REGISTRY=''\n"\n`, a, `X="\n# INSECURE_REGISTRY=''\n"\n${line}\n`],
    [
      'conditions',
      'if [ -z "$OPTIONS" ]; then\n\tOPTIONS=-D\nfi # set\n',
      a,
      `if [ -z "$OPTIONS" ]; then\n\tOPTIONS=-D\nfi # set\n${line}\n`,
    ],
  ])('keep the rest byte for byte beside %s', (_, text, wanted, expected) => {
    expect(mergeSysconfig(text, wanted)).toMatchObject({ text: expected, overwrites: false });
    expect(mergeSysconfig(expected, wanted)).toMatchObject({ text: expected, summary: '' });
  });

  it.each<[string, WantedFlag[]?]>([
    ['\nOPTIONS="-D" --ipv6\n'],
    ['OPTIONS="-D" # why\n'],
    ['export OPTIONS="-D"\n'],
    ["OPTIONS='-D\n"],
    ['OPTIONS="--mtu=1 \\\n -D"\n', [option('mtu', '2')]],
    ['OPTIONS=-D\\ x\n', [option('icc')]],
  ])('are not guessed at: %j', (text, wanted = a) => {
    expect(mergeSysconfig(text, wanted)).toMatch(/^:[12]: OPTIONS is not edited: /);
  });

  it('are read from whichever variable has them', () => {
    const flags = sysconfigFlags(
      `OPTIONS="-H b --c=d --debug x"\n# OPTIONS="--no x"\nADD_REGISTRY='--add-registry r'\n`,
    );
    expect(
      typeof flags === 'string' ? flags : flags.map(({ variable, name, value }) => [variable, name, value]),
    ).toEqual([
      ['OPTIONS', 'host', 'b'],
      ['OPTIONS', 'c', 'd'],
      ['OPTIONS', 'debug', 'true'],
      ['ADD_REGISTRY', 'add-registry', 'r'],
    ]);
    expect(flagsIn(wordsIn(`--a 'b c' "d" --e`)).map(({ name, value, words }) => [name, value, words])).toEqual([
      ['a', 'b c', 2],
      ['e', 'true', 1],
    ]);
  });
});

describe('docker_sysconfig', () => {
  const state = (text?: string) =>
    text === undefined
      ? 'end yes\n'
      : `stat ${Buffer.byteLength(text)}|644|0|0|regular file|root|root\ncontent ${Buffer.from(text).toString('base64')}\nend yes\n`;
  const templates = {
    file: String,
    template: (src: string) => fileURLToPath(new URL(`../../../templates/${src}`, import.meta.url)),
  };
  const setting = { files: templates };
  const flags = insecure('local:5000', 'upstream:5000');

  it('is made from the template', () => {
    const plan = planFrom(docker_sysconfig({ flags: [...flags, option('mtu', '1400')] }), state(), setting);
    expect(plan.verdict === 'change' && plan.diff?.after).toMatchInlineSnapshot(`
      "# Options of the docker daemon; managed by provision.
      OPTIONS="--mtu=1400"
      # Registries that are talked to without verifying them.
      INSECURE_REGISTRY="--insecure-registry local:5000 --insecure-registry upstream:5000"
      "
    `);
  });

  const satisfied = docker_sysconfig({ flags, satisfied_by: ['local', 'upstream'] });
  it.each([
    ['names both hosts', 'INSECURE_REGISTRY="--insecure-registry local --insecure-registry upstream"\n', 'ok'],
    ['names both hosts in a comment', '# INSECURE_REGISTRY="--insecure-registry local upstream"\nX=1\n', 'change'],
    ['names one', 'INSECURE_REGISTRY="--insecure-registry local:5000"\n', 'change'],
  ])('is left alone where it names this host and its upstream: %s', (_, text, verdict) => {
    expect(planFrom(satisfied, state(text), setting).verdict).toBe(verdict);
  });

  it('is kept where an option has another value', () => {
    const driver = docker_sysconfig({
      flags: [option('log-driver', 'json-file')],
      force_variable: 'docker_config_force',
    });
    const { verdict, summary, hint } = { summary: '', hint: '', ...planFrom(driver, state(stock), setting) };
    expect([verdict, summary, hint]).toEqual([
      'kept',
      'exists and differs (replaced --log-driver=json-file)',
      'use --force, or set docker_config_force: true, to update it',
    ]);
    expect(planFrom(driver, state(stock), { ...setting, force: true })).toMatchObject({ verdict: 'change' });
  });
});
