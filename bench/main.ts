/*
 * `npm run bench` measures the work on hosts beside Ansible, `npm run bench -- images` the copying of images beside skopeo,
 * `npm run bench -- embedded` the embedded registry beside docker-registry, `npm run bench -- hundred-hosts` a run with
 * nothing to do over a hundred hosts beside Ansible, `npm run bench -- many-hosts [CHECKOUT]` what the controller spends on
 * each host of a large run, beside another checkout, `npm run bench -- push` pushes of docker and podman beside their own,
 * `npm run bench -- service` the service: tokens, its registry with tokens, looks at a large registry, memory, start,
 * `npm run bench -- publish [TURNS]` publishing to a bucket beside awscli and s3cmd,
 * `npm run bench -- page` lists of tags and repositories, in a browser too, beside the same by a registry's API,
 * `npm run bench -- chaos [MINUTES]` kills the embedded registry while it collects garbage beside pushes and deletes, and
 * reads all that was acknowledged (ten minutes by default); `npm run bench -- service-kills [KILLS] [sqlite|postgres]` kills the
 * service beside logins, notifications and jobs (200 times by default).
 */
const benches: Readonly<Record<string, () => Promise<unknown>>> = {
  hosts: () => import('./hosts.js'),
  images: () => import('./images.js'),
  embedded: () => import('./embedded.js'),
  'hundred-hosts': () => import('./hundred-hosts.js'),
  'many-hosts': () => import('./many-hosts.js'),
  service: () => import('./service.js'),
  'service-kills': () => import('./service-kills.js'),
  page: () => import('./page.js'),
  push: () => import('./push.js'),
  publish: () => import('./publish.js'),
  chaos: () => import('./chaos.js'),
};
const [name = 'hosts'] = process.argv.slice(2);
const bench = benches[name];
if (bench === undefined)
  throw new Error(`there is no bench ${JSON.stringify(name)}, only ${Object.keys(benches).join(' and ')}`);
await bench();
