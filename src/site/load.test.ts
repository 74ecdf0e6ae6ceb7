import { expect, test } from 'vitest';
import { load } from '../../test/kit/site-fixture.js';
import type { PlayListing } from './load.js';

const inventory = `
all:
  vars:
    domain: example.org
    url: "https://{{inventory_hostname}}.{{domain}}"
  children:
    web:
      hosts:
        web1: {web_port: 8080}
        web2:
          only_web2: yes
      vars:
        web_tls: true
    db:
      hosts:
        db1:
`;

test('a site becomes plays: what is handed down, where handlers run, what is decided when', async () => {
  const site = await load({
    'inventory.yaml': inventory,
    'templates/motd.hbs': '{{url}} {{facts.arch}} {{greeting}}{{#if nowhere}}x{{/if}}',
    'vars/more.yaml': 'greeting: hello\nanswer: 42',
    'site.yaml': `
- name: All
  hosts: web
  become: yes
  tags: play
  serial: [1, 50%]
  max_fail_percentage: 30
  any_errors_fatal: yes
  vars_files: vars/more.yaml
  vars:
    greeting: "hi {{answer}}"
    packages: [a, b]
  pre_tasks:
    - command: echo {{url}}
  roles:
    - role: web
      tags: [role, web]
      vars: {web_sites: [{host: "{{domain}}"}]}
    - role: web
      when: eq facts.os_family "redhat"
  tasks:
    - name: Greet
      template: {src: motd.hbs, dest: /etc/motd, data: {extra: "{{answer}}"}}
      tags: motd
      notify: reload all
    - name: Each
      file: {path: "/srv/{{item}}", mode: "{{default mode omit}}"}
      loop: "{{packages}}"
      register: made
      when: ne item "b"
    - command: echo {{made.results.[0].changed}}
    - name: Ask
      service: {name: x, enabled: yes}
      when: [made.changed, eq ansible_os_family "Debian"]
      become: false
    - import_role: {name: web, vars: {web_port: "{{answer}}"}}
      become_user: deploy
      run_once: true
  post_tasks:
    - command: {cmd: "true", always: true}
      when: eq facts.os_family "redhat"
      register: never
  handlers:
    - name: reload all
      service: {name: web}
    - name: not here
      service: {name: web}
      when: eq facts.os_family "redhat"
`,
  });
  expect(site.told).toBe('');
  const [play] = site.plays;
  expect(play).toMatchObject({ serial: [1, 1], maxFailPercentage: 30, anyErrorsFatal: true, gatherFacts: true });
  expect(play?.hosts.map((host) => [host.name, host.settings.become])).toEqual([
    ['web1', true],
    ['web2', true],
  ]);
  expect(site.program('web1')).toMatchInlineSnapshot(`
    "task command echo https://web1.example.org tags=play become=root "echo https://web1.example.org"
    flush
    task web : file /etc/web.conf tags=play,role,web,config become=root notify=task web : restart web tags=play,role,web become=root {"name":"web"} notify=reload all {"path":"/etc/web.conf","content":"{\\"web_port\\":8080,\\"web_tls\\":true,\\"web_name\\":\\"web1:8080\\",\\"web_sites\\":[{\\"host\\":\\"example.org\\"}],\\"os\\":\\"debian\\",\\"force\\":false}","state":"present"}
    stage web : sites tags=play,role,web
    task web : service web tags=play,role,web become=www {"name":"web"}
    skipped web : role web tags=play (when: eq facts.os_family "redhat")
    task Greet tags=play,motd become=root notify=reload all {"src":"motd.hbs","dest":"/etc/motd","data":{"url":"https://web1.example.org","facts":{"os_family":"debian","os_id":"debian","os_version":"12","os_major":12,"os_name":"Debian GNU/Linux 12 (bookworm)","arch":"x86_64","kernel":"6.1.0-18-amd64","hostname":"localhost","fqdn":"localhost","addresses":["192.0.2.1"],"default_address":"192.0.2.1","package_manager":"apt","service_manager":"systemd","docker_version":"","podman_version":"","user":"root","uid":0,"home":"/root"},"greeting":"hi 42","extra":42}}
    task Each (item=a) tags=play become=root register=made {"path":"/srv/a","state":"present"}
    skipped Each (item=b) tags=play (when: ne item "b")
    stage command tags=play
    task Ask tags=play when=later {"name":"x","enabled":true}
    task web : file /etc/web.conf tags=play,config become=deploy run-once notify=task web : restart web tags=play become=deploy run-once {"name":"web"} notify=reload all {"path":"/etc/web.conf","content":"{\\"web_port\\":42,\\"web_tls\\":true,\\"web_name\\":\\"web1:42\\",\\"web_sites\\":[],\\"os\\":\\"debian\\",\\"force\\":false}","state":"present"}
    stage web : sites tags=play
    task web : service web tags=play become=www run-once {"name":"web"}
    flush
    skipped command tags=play (when: eq facts.os_family "redhat")
    flush
    handler task reload all tags=play become=root {"name":"web"}"
  `);
  expect(listed(site.listing)).toMatchInlineSnapshot(`
    "All [web1,web2] tags=play
      - : command echo https://web1.example.org tags=play
      web : file /etc/web.conf tags=play,role,web,config
      web : sites tags=play,role,web …
      web : service web tags=play,role,web
      web : file /etc/web.conf tags=play,config
      web : sites tags=play …
      web : service web tags=play
      - : Greet tags=play,motd
      - : Each tags=play
      - : command tags=play
      - : Ask tags=play
      web : file /etc/web.conf tags=play,config
      web : sites tags=play …
      web : service web tags=play
      - : command true tags=play"
  `);
});

test('what depends on results is decided when it is reached', async () => {
  const site = await load({
    'inventory.yaml': inventory,
    'site.yaml': `
- hosts: web1
  tasks:
    - command: uptime
      register: uptime
    - name: Loop {{item}}
      file: {path: "{{item}}"}
      loop: "{{split uptime.stdout ' '}}"
      when: ne item "/b"
    - service: {name: x}
      when: uptime.changed
    - import_role: {name: web}
      when: uptime.changed
      tags: late
    - import_role: {name: web}
      vars: {web_name: "{{uptime.stdout}}"}
`,
  });
  expect(site.told).toBe('');
  expect(site.program('web1')).toMatchInlineSnapshot(`
    "flush
    task command uptime register=uptime "uptime"
    stage Loop {{item}}
    task service x when=later {"name":"x"}
    stage web : role web tags=late
    stage web : role web
    flush
    flush"
  `);
  const uptime = { changed: true, failed: false, skipped: false, kept: false, stdout: '/a /b /{{domain}}' };
  expect(await site.reach('web1', new Map([['uptime', uptime]]))).toMatchInlineSnapshot(`
    "Loop {{item}}:
      task Loop /a (item=/a) {"path":"/a","state":"present"}
      skipped Loop /b (item=/b) (when: ne item "/b")
      task Loop /{{domain}} (item=/{{domain}}) {"path":"/{{domain}}","state":"present"}
    service x when=true
    role web:
      task web : file /etc/web.conf tags=late,config notify=task web : restart web tags=late {"name":"web"} notify=reload all {"path":"/etc/web.conf","content":"{\\"web_port\\":8080,\\"web_tls\\":true,\\"web_name\\":\\"web1:8080\\",\\"web_sites\\":[],\\"os\\":\\"debian\\",\\"force\\":false}","state":"present"}
      stage web : sites tags=late
      task web : service web tags=late become=www {"name":"web"}
    role web:
      task web : file /etc/web.conf tags=config notify=task web : restart web {"name":"web"} notify=reload all {"path":"/etc/web.conf","content":"{\\"web_port\\":8080,\\"web_tls\\":true,\\"web_name\\":\\"/a /b /{{domain}}\\",\\"web_sites\\":[],\\"os\\":\\"debian\\",\\"force\\":false}","state":"present"}
      stage web : sites
      task web : service web become=www {"name":"web"}"
  `);
  expect(
    await site.reach('web1', new Map([['uptime', { ...uptime, changed: false, stdout: '/c' }]])),
  ).toMatchInlineSnapshot(`
    "Loop {{item}}:
      task Loop /c (item=/c) {"path":"/c","state":"present"}
    service x when=false
    role web:
      skipped web : role web tags=late (when: uptime.changed)
    role web:
      task web : file /etc/web.conf tags=config notify=task web : restart web {"name":"web"} notify=reload all {"path":"/etc/web.conf","content":"{\\"web_port\\":8080,\\"web_tls\\":true,\\"web_name\\":\\"/c\\",\\"web_sites\\":[],\\"os\\":\\"debian\\",\\"force\\":false}","state":"present"}
      stage web : sites
      task web : service web become=www {"name":"web"}"
  `);
  expect(await site.reach('web1', new Map())).toMatchInlineSnapshot(`
    "Loop {{item}}:
      site.yaml:8:22: uptime is not defined (the task that registers uptime did not run)
    site.yaml:11:13: uptime is not defined (the task that registers uptime did not run)
    role web:
      site.yaml:13:13: uptime is not defined (the task that registers uptime did not run)
    role web:
      site.yaml:16:27: uptime is not defined, in the value of web_name (the task that registers uptime did not run)"
  `);
});

function listed(listing: readonly PlayListing[]): string {
  return listing
    .flatMap((play) => [
      `${play.name} [${play.hosts}] tags=${play.tags}`,
      ...play.tasks.map((task) => `  ${task.role ?? '-'} : ${task.name} tags=${task.tags}${task.stage ? ' …' : ''}`),
    ])
    .join('\n');
}
