import { describe, expect, it } from 'vitest';
import { type DockerSysconfig, editDockerSysconfig, flagsIn } from './edit-docker-sysconfig.js';

const nothing: DockerSysconfig = {
  insecureRegistries: [],
  addRegistries: [],
  blockRegistries: [],
  options: [],
  satisfiedBy: [],
};
const wanted = { ...nothing, insecureRegistries: ['a:5000', 'b:5000'] };
const edit = (text: string, more: Partial<DockerSysconfig> = wanted) =>
  editDockerSysconfig(text, { ...nothing, ...more });

/** Lines in the way that EL7's stock file has them. */
const stock = `# /etc/sysconfig/docker
OPTIONS='--selinux-enabled --log-driver=journald --signature-verification=false'
if [ -z "\${DOCKER_CERT_PATH}" ]; then
    DOCKER_CERT_PATH=/etc/docker
fi

# INSECURE_REGISTRY='--insecure-registry'
`;

describe('/etc/sysconfig/docker', () => {
  it('gets a line behind the commented one, the rest byte for byte', () => {
    expect(edit(stock).text).toBe(
      `${stock}INSECURE_REGISTRY="--insecure-registry a:5000 --insecure-registry b:5000"\n`,
    );
  });

  it.each([
    [
      `INSECURE_REGISTRY='--insecure-registry a:5000'\n`,
      `INSECURE_REGISTRY='--insecure-registry a:5000 --insecure-registry b:5000'\n`,
    ],
    [`INSECURE_REGISTRY=\nX=1\n`, `INSECURE_REGISTRY="--insecure-registry a:5000 --insecure-registry b:5000"\nX=1\n`],
    [
      `OPTIONS="-H x --insecure-registry=a:5000"\n`,
      `OPTIONS="-H x --insecure-registry=a:5000"\nINSECURE_REGISTRY="--insecure-registry b:5000"\n`,
    ],
    [
      `other_args='--insecure-registry b:5000 --insecure-registry a:5000'`,
      `other_args='--insecure-registry b:5000 --insecure-registry a:5000'`,
    ],
  ])('understands %j', (text, expected) => {
    expect(edit(text).text).toBe(expected);
    expect(edit(edit(text).text)).toMatchObject({ text: expected, summary: '' });
  });

  it('is left alone when it names all that it should, outside comments', () => {
    const satisfiedBy = ['local', 'upstream'];
    const named = 'INSECURE_REGISTRY="--insecure-registry local:5000 --insecure-registry upstream"\n';
    expect(edit(named, { ...wanted, satisfiedBy }).text).toBe(named);
    expect(edit(`# ${named}`, { ...wanted, satisfiedBy }).text).not.toBe(`# ${named}`);
  });

  it('adds flags; one that has another value is an overwriting', () => {
    expect(edit('OPTIONS="--live-restore"\n', { options: ['--live-restore', '--log-opt max-size=1m'] })).toMatchObject({
      text: 'OPTIONS="--live-restore --log-opt max-size=1m"\n',
      overwrites: false,
    });
    expect(edit(stock, { options: ['--log-driver=json-file'] })).toMatchObject({
      text: stock.replace('--log-driver=journald', '--log-driver=json-file'),
      overwrites: true,
    });
  });

  it('reads all flags, however they are written', () => {
    expect(
      flagsIn(`OPTIONS="--a b --c=d --e"\n# OPTIONS="--no x"\nADD_REGISTRY='--add-registry r'\n`).map(
        ({ name, value }) => [name, value],
      ),
    ).toEqual([
      ['--a', 'b'],
      ['--c', 'd'],
      ['--e', ''],
      ['--add-registry', 'r'],
    ]);
  });
});
