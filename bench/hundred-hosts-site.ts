import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The same work for both: folders, files, templates and lines below a folder of each host. */
export async function writeSites(
  folder: string,
  ground: string,
  tasks: number,
): Promise<{ readonly site: string; readonly playbook: string }> {
  await mkdir(join(folder, 'templates'), { recursive: true });
  const text = ['# {{inventory_hostname}}, number {{index}}', 'listen 127.0.0.1:80{{index}}', 'workers 4', ''].join(
    '\n',
  );
  const ours: object[] = [];
  const theirs: object[] = [];
  for (let index = 0; index < tasks; index += 1) {
    const place = `${ground}/part${index % 8}`;
    const owner = { owner: 'root', group: 'root' };
    const name = `task ${index + 1}`;
    if (index < 8) {
      ours.push({ name, directory: { path: place, ...owner, mode: '0755' } });
      theirs.push({ name, 'ansible.builtin.file': { path: place, state: 'directory', ...owner, mode: '0755' } });
    } else if (index % 3 === 0) {
      const content = `setting_${index} = on\n`.repeat(20);
      ours.push({ name, file: { path: `${place}/file${index}`, content, ...owner, mode: '0644' } });
      theirs.push({ name, 'ansible.builtin.copy': { dest: `${place}/file${index}`, content, ...owner, mode: '0644' } });
    } else if (index % 3 === 1) {
      const dest = `${place}/template${index}`;
      for (const suffix of ['hbs', 'j2'])
        await writeFile(
          join(folder, 'templates', `template${index}.${suffix}`),
          text.replaceAll('{{index}}', String(index)),
        );
      ours.push({ name, template: { src: `template${index}.hbs`, dest, ...owner, mode: '0644' } });
      theirs.push({ name, 'ansible.builtin.template': { src: `template${index}.j2`, dest, ...owner, mode: '0644' } });
    } else {
      const path = `${place}/lines${index}`;
      const line = `PermitRootLogin no # ${index}`;
      const regexp = '^PermitRootLogin';
      ours.push({ name, line: { path, regexp, line, create: true, ...owner, mode: '0644' } });
      theirs.push({ name, 'ansible.builtin.lineinfile': { path, regexp, line, create: true, ...owner, mode: '0644' } });
    }
  }
  const site = join(folder, 'site.yaml');
  const playbook = join(folder, 'playbook.yaml');
  await writeFile(site, JSON.stringify([{ name: 'all', hosts: 'all', tasks: ours }]));
  await writeFile(playbook, JSON.stringify([{ name: 'all', hosts: 'all', gather_facts: false, tasks: theirs }]));
  return { site, playbook };
}
