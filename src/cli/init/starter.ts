/** The files of a new site: path → text. */
export function starterFiles(typescript: boolean): ReadonlyMap<string, string> {
  return new Map([
    [typescript ? 'site.ts' : 'site.yaml', typescript ? siteTs : siteYaml],
    ['inventory.yaml', inventory],
    ['roles/motd/index.ts', role],
    ['tsconfig.json', tsconfig],
    ['.gitignore', '.provision/\nnode_modules/\n'],
  ]);
}

const inventory = `# The hosts, and how to log in to them: put your own in place of these.
all:
  vars:
    user: admin              # who logs in, as with ssh: keys, agent and ~/.ssh/config are used
    become: true             # sudo; -K asks for its password
  children:
    registry:
      hosts:
        registry1: { host: 192.0.2.10 }
    client:
      hosts:
        client1: { host: 192.0.2.21 }
`;

const siteYaml = `# Takes the hosts of inventory.yaml to a private registry, and clients that pull from it.
- name: Everywhere
  hosts: all
  roles:
    - { role: motd, vars: { motd: Looked after by provision. } }

- name: The registry
  hosts: registry
  vars:
    registry_runtime: package        # the distribution's; or docker, podman, embedded
    registry_port: 5000
    # What it is filled with, from where: provision explain image-sync
    # image_sync_upstream: registry.example.com
    # image_sync_images:
    #   - team/web:1.4
  roles:
    - registry-setup
    # - image-sync

- name: Whoever pulls from it
  hosts: client
  vars:
    docker_install: true
    docker_insecure_registries: ["{{first groups.registry}}:5000"]
  roles:
    - docker-config
`;

const siteTs = `// Takes the hosts of inventory.yaml to a private registry, and clients that pull from it.
import { defineSite, use } from 'registry-provision';
import motd from './roles/motd/index.js';

export default defineSite([
  { name: 'Everywhere', hosts: 'all', roles: [use(motd, { motd: 'Looked after by provision.' })] },
  {
    name: 'The registry',
    hosts: 'registry',
    vars: {
      registry_runtime: 'package', // the distribution's; or docker, podman, embedded
      registry_port: 5000,
      // What it is filled with, from where: provision explain image-sync
      // image_sync_upstream: 'registry.example.com',
      // image_sync_images: ['team/web:1.4'],
    },
    roles: ['registry-setup' /* , 'image-sync' */],
  },
  {
    name: 'Whoever pulls from it',
    hosts: 'client',
    vars: { docker_install: true, docker_insecure_registries: ['{{first groups.registry}}:5000'] },
    roles: ['docker-config'],
  },
]);
`;

const role = `import { defineRole, directory, file } from 'registry-provision';
import { z } from 'zod';

/** A role of one's own: variables with types, defaults and descriptions, and the tasks that follow from them. */
export default defineRole({
  name: 'motd',
  summary: 'What people read who log in',
  vars: z.object({
    motd: z.string().min(1).describe('The text'),
  }),
  tasks: ({ vars, facts }) => [
    directory({ path: '/etc/motd.d', mode: '0755' }),
    file({ path: '/etc/motd.d/provision', content: \`\${facts.hostname}: \${vars.motd}\\n\`, mode: '0644' }),
  ],
});
`;

const tsconfig = `{
  "compilerOptions": {
    "target": "es2022",
    "module": "esnext",
    "moduleResolution": "bundler",
    "strict": true,
    "noEmit": true,
    "skipLibCheck": true
  },
  "include": ["site.ts", "roles"]
}
`;
