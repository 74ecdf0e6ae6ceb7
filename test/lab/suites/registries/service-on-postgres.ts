import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provisionJson } from '../../../kit/provision.js';
import { container, resetHost, ssh } from '../../lab.js';
import { processesDuring } from '../runs/watch-processes.js';

const admin = 'canary-password-of-anna';
/** With what URLs, and files of passwords, must escape. */
const ofDatabase = 'canary:of\\the@database/41%';
const address = `postgres://provision:${encodeURIComponent(ofDatabase)}@127.0.0.1/provision`;

/** The site sets up the database as well: the package, and a user and a database in it. */
const site = (host: string) => `- hosts: ${host}
  tasks:
    - package: { name: postgresql }
    - service: { name: postgresql, state: started, enabled: true }
    - name: the database of the service
      command:
        cmd: runuser -u postgres -- psql -q -v ON_ERROR_STOP=1
        stdin: |
          create role provision login password '{{database_password}}';
          create database provision owner provision;
        unless: runuser -u postgres -- psql -Atc "select 1 from pg_database where datname = 'provision'" | grep -q 1
- hosts: ${host}
  vars:
    registry_service_admin: { name: anna, password: "{{admin_password}}" }
    registry_service_database: "{{database_address}}"
    registry_service_backup_schedule: daily
  roles: [registry-service]
`;

/** The service on Debian's PostgreSQL: the one that a play of the same site has set up. One story. */
export const serviceOnPostgres = (host: string) => () => {
  let folder: Scratch;
  let args: string[];

  beforeAll(async () => {
    await resetHost(host);
    await execa('docker', ['cp', process.execPath, `${container(host)}:/usr/local/bin/node`]);
    folder = scratch();
    const given = { admin_password: admin, database_password: ofDatabase, database_address: address };
    args = [
      ...[folder.write('site.yaml', site(host)), '-i', folder.inventory({ [host]: labHost(host) })],
      ...['-e', `@${folder.write('secrets.json', JSON.stringify(given))}`],
    ];
  });
  afterAll(() => folder?.remove());

  const run = async (command: string) => {
    const { exitCode, stdout, stderr } = await ssh(host, command);
    expect({ command, exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ command, exitCode: 0, stderr: '' });
    return stdout;
  };
  const api = async (method: string, path: string, body?: object) => {
    const data = body === undefined ? '' : ` -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
    const { stdout } = await ssh(
      host,
      `curl -sk -u anna:${admin} -X ${method} -w '\\n%{http_code}' https://127.0.0.1:8443${path}${data}`,
    );
    const [text = '', status] = stdout.split(/\n(?=\d+$)/);
    return { status: Number(status), body: text.startsWith('{') ? JSON.parse(text) : text };
  };
  const processOfUnit = () => run('systemctl show -p MainPID -p NRestarts -p ActiveState provision-service');

  it('is set up with its database by one site, and again there is nothing to do', async () => {
    const first = await provisionJson(args);
    expect(named(first.tasks, 'failed', 'kept'), first.stderr).toEqual([]);
    expect((await api('POST', '/api/v1/robots', { name: 'team+ci', description: '' })).status).toBe(201);
    expect(await run('runuser -u postgres -- psql -Atc "select name from accounts order by name" provision')).toBe(
      'anna\nteam+ci',
    );
    expect(await run("cd /var/lib/provision-service && stat -c '%a %U %n' *")).toMatch(
      /^(?!.*service\.db)(?=.*600 provision key)/s,
    );
    const second = await provisionJson(args);
    expect(named(second.tasks, 'changed', 'failed', 'kept')).toEqual([]);
    const check = await provisionJson([...args, '--check', '--diff']);
    expect(named(check.tasks, 'would-change', 'unknown', 'failed', 'kept')).toEqual([]);
  });

  it('goes on when the database starts again, and says so while it is away', async () => {
    const before = await processOfUnit();
    await run('systemctl restart postgresql');
    // A connection that was cut may fail once; the next request has another.
    await expect.poll(async () => (await api('GET', '/api/v1/robots')).status, { timeout: 20_000 }).toBe(200);
    await run('systemctl stop postgresql');
    const status = await ssh(host, 'curl -sk -o /dev/null -w %{http_code} https://127.0.0.1:8443/readyz');
    expect(status.stdout).toBe('503');
    expect((await api('GET', '/api/v1/robots')).status).toBeGreaterThanOrEqual(500);
    await run('systemctl start postgresql');
    await expect.poll(async () => (await api('GET', '/api/v1/robots')).status, { timeout: 20_000 }).toBe(200);
    expect((await api('POST', '/api/v1/robots', { name: 'team+later', description: '' })).status).toBe(201);
    expect(await processOfUnit()).toBe(before);
  });

  it('is backed up by its timer, with the password in no process, and the dump is another service', async () => {
    const texts = [ofDatabase, encodeURIComponent(ofDatabase)];
    const { sightings, looks } = await processesDuring(host, texts, () =>
      run('systemctl start provision-service-backup.service'),
    );
    expect(sightings).toEqual([]);
    expect(looks).toBeGreaterThan(20);
    const copy = await run('ls -d /var/backups/provision-service/service-*');
    expect(await run(`stat -c '%a %U' ${copy} && cd ${copy} && stat -c '%a %U %n' *`)).toBe(
      '700 provision\n600 provision key\n600 provision service.dump',
    );
    await run(
      `runuser -u postgres -- createdb -O provision restored && runuser -u postgres -- pg_restore -d restored < ${copy}/service.dump`,
    );
    const config = { database: address.replace(/provision$/, 'restored'), key_file: `${copy}/key`, registry: false };
    await ssh(host, 'umask 077; cat >/tmp/restored.yaml', {
      input: JSON.stringify({ ...config, state: '/tmp/restored', listen: '127.0.0.1:9090' }),
    });
    const restored = `/opt/provision/bin/provision serve --config /tmp/restored.yaml >/dev/null 2>&1 &
until curl -sf http://127.0.0.1:9090/readyz >/dev/null; do kill -0 $! || exit 1; sleep 0.5; done
curl -s -u anna:${admin} http://127.0.0.1:9090/api/v1/robots; kill $!`;
    expect(JSON.parse(await run(restored)).items.map(({ name }: { name: string }) => name)).toEqual([
      'team+ci',
      'team+later',
    ]);
  });
};
