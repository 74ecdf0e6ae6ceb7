import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { withConfigPath } from './containerd-text.js';

const path = '/etc/containerd/certs.d';
const edited = (text: string) => {
  const result = withConfigPath(text, path);
  return typeof result === 'string' ? result : result.text;
};

/** Configuration of Debian 12. */
const debian = `version = 2

[plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    [plugins."io.containerd.grpc.v1.cri".cni]
      bin_dir = "/usr/lib/cni"
`;

describe('config_path of containerd', () => {
  it('is put behind all that others wrote', () => {
    expect(edited(debian)).toBe(
      `${debian}\n[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d"\n`,
    );
    expect(withConfigPath(edited(debian), path)).toEqual({ text: edited(debian), summary: '', overwrites: false });
  });

  it.each([
    ['', 'version = 2\n\n[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d"\n'],
    [
      'disabled_plugins = ["cri"]',
      'disabled_plugins = ["cri"]\n\n[plugins.cri.registry]\n  config_path = "/etc/containerd/certs.d"\n',
    ],
    [
      "version = 3\n[plugins.'io.containerd.cri.v1.images'.registry]  # here\n[x]\n",
      `version = 3\n[plugins.'io.containerd.cri.v1.images'.registry]  # here\n  config_path = "/etc/containerd/certs.d"\n[x]\n`,
    ],
    [
      `version = 2\n[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = ""  # none\n`,
      `version = 2\n[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d"  # none\n`,
    ],
  ])('goes where the version of the file has it: %j', (text, wanted) => {
    expect(edited(text)).toBe(wanted);
    expect(parse(wanted)).toBeDefined();
    expect(withConfigPath(text, path)).toMatchObject({ overwrites: false });
  });

  it('is left alone where it is one of several, and overwritten where it is another', () => {
    const with_ = (value: string) =>
      `version = 2\n[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "${value}"\n`;
    expect(withConfigPath(with_(`${path}:/etc/docker/certs.d`), path)).toMatchObject({ summary: '' });
    expect(withConfigPath(with_('/srv/certs'), path)).toEqual({
      text: with_(path),
      summary: 'config_path /srv/certs -> /etc/containerd/certs.d',
      overwrites: true,
    });
  });

  it.each([
    [
      `${debian}\n[plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]\n  endpoint = ["https://m"]\n`,
      /^:8: registry\.mirrors cannot be used with config_path/,
    ],
    [
      `version = 2\n[plugins."io.containerd.grpc.v1.cri".registry.configs."a".tls]\nca_file = "/x"\n`,
      /^:2: registry\.configs\.\*\.tls cannot be used/,
    ],
    ['version = 2\nplugins = {"io.containerd.grpc.v1.cri" = {}}\n', /unusual way/],
    ['version = 4\n', /^: version 4 .* is not known/],
    ['version = \n', /^:1:\d+: is not TOML/],
  ])('is refused beside what it does not go with: %j', (text, why) => {
    expect(edited(text)).toMatch(why);
  });
});
