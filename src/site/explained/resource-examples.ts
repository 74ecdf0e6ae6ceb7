/** A task of every kind of resource, as it is written in a site. */
export const resourceExamples: Readonly<Record<string, string>> = {
  file: '- file: {path: /etc/motd, content: "Registry of the lab\\n", mode: "0644"}',
  directory: '- directory: {path: /srv/registry, owner: registry, group: registry, mode: "0750"}',
  link: '- link: {path: /etc/localtime, target: /usr/share/zoneinfo/UTC}',
  template:
    '- template: {src: etc/exports.hbs, dest: /etc/exports, data: {exports: [{path: /srv/images, clients: "*(ro)"}]}}',
  get_url: `- get_url:
    url: https://downloads.example.com/crane
    dest: /usr/local/bin/crane
    checksum: sha256:https://downloads.example.com/SHA256SUMS
    mode: "0755"`,
  unarchive: '- unarchive: {src: tool-1.2.tar.gz, dest: /opt/tool, strip_components: 1, creates: /opt/tool/bin/tool}',
  line: '- line: {path: /etc/ssh/sshd_config, regexp: "^#?PermitRootLogin", line: PermitRootLogin no, validate: sshd -t -f %s}',
  block: '- block: {path: /etc/hosts, block: 192.0.2.10 registry1, marker: "# {mark} registries"}',
  json_file:
    '- json_file: {path: /etc/docker/daemon.json, create: true, merge: {insecure-registries: ["registry1:5000"]}}',
  package: '- package: {name: [docker.io, curl]}',
  registries_conf: '- registries_conf: {registries: [{registry: "registry1:5000", insecure: true}]}',
  containerd_config: '- containerd_config: {config_path: /etc/containerd/certs.d}',
  toml_file: `- toml_file:
    src: etc/containerd/certs.d/hosts.toml.hbs
    dest: /etc/containerd/certs.d/registry1:5000/hosts.toml
    data: {hosts: [{url: "http://registry1:5000"}]}`,
  pull_check: '- pull_check: {engine: podman, image: "registry1:5000/library/busybox:1"}',
  service: '- service: {name: docker, state: started, enabled: true}',
  user: '- user: {name: registry, system: true, home: /srv/registry, shell: /usr/sbin/nologin}',
  group: '- group: {name: registry, system: true}',
  mount: '- mount: {path: /srv/images, src: "nfs1:/var/export/images", fstype: nfs, opts: "ro,soft"}',
  mount_unit: '- mount_unit: {path: /srv/registry, src: "nfs1:/var/export/registry", opts: hard}',
  storage_preflight: '- storage_preflight: {path: /srv/registry, user: docker-registry, min_free: 10G}',
  firewall_port: '- firewall_port: {port: 5000, source: 192.0.2.0/24}',
  seboolean: '- seboolean: {name: virt_use_nfs, state: true}',
  sefcontext: '- sefcontext: {target: "/srv/registry(/.*)?", setype: container_file_t}',
  systemd_timer:
    '- systemd_timer: {name: renew, schedule: daily, command: [/usr/bin/certbot, renew], random_delay: 3600}',
  cron: '- cron: {name: prune, job: /usr/bin/docker image prune -f, hour: 3, minute: 30}',
  sysctl: '- sysctl: {name: net.ipv4.ip_forward, value: 1}',
  docker_sysconfig:
    '- docker_sysconfig: {flags: [{variable: INSECURE_REGISTRY, name: insecure-registry, value: "registry1:5000"}]}',
  docker_options: '- docker_options: {keys: [log-driver]}',
  docker_config: '- docker_config: {merge: {insecure-registries: ["registry1:5000"]}}',
  registry_auths:
    '- registry_auths: {path: /root/.docker/config.json, reader: docker, accounts: [{registry: "registry1:5000", username: puller, password: "{{puller_password}}"}]}',
  docker_daemon: '- docker_daemon: {keys: [insecure-registries, log-opts]}',
  command: '- command: {cmd: mkfs.xfs /dev/vdb1, creates: /srv/images/.formatted}',
  wait: '- wait: {http: {url: "http://localhost:5000/v2/"}, timeout: 30}',
  images: `- images:
    from: registry.example.com
    to: localhost:5000
    list: ["team/web:1.4", {name: team/db, semver: ">=2"}]`,
  provision_program: '- provision_program: {path: /opt/provision}',
  embedded_registry: '- embedded_registry: {directory: /var/lib/registry, port: 5000}',
  certificate:
    '- certificate: {certificate: /etc/registry/tls.crt, key: /etc/registry/tls.key, names: [registry.example.org]}',
  ca_certificate: '- ca_certificate: {path: "/etc/docker/certs.d/registry1:5000/ca.crt"}',
  htpasswd: '- htpasswd: {path: /etc/registry/htpasswd, accounts: {puller: "{{puller_password}}"}, group: registry}',
  debug: '- debug: {msg: "docker pull {{inventory_hostname}}:5000/team/web:1.4"}',
  assert: `- assert:
    that: ["gte facts.os_major 9", "not (eq facts.arch 'i686')"]
    fail_msg: this site is for releases from 9 on`,
  fail: `- fail: {msg: there is no disk for images}
  when: not (defined image_disk)`,
};
