import { z } from 'zod';
import { joinSh, type Sh, sh } from '../../../src/index.js';

const swift = [
  ...['account-reaper', 'account', 'container-sync', 'container-updater', 'container', 'object-expirer'],
  ...['object-reconstructor', 'object-updater', 'object', 'proxy'],
];
const services = [
  ...['glance-api', 'heat-engine', 'ironic-conductor', 'ironic-inspector-dnsmasq', 'ironic-inspector'],
  ...['mistral-api', 'mistral-engine', 'mistral-executor', 'nova-api', 'nova-compute', 'nova-conductor'],
  ...['nova-scheduler', ...swift.map((name) => `swift-${name}`), 'zaqar@'],
];

/** Signs of an undercloud: one item of each of the four is enough. The defaults are those of OpenStack's installer. */
export const undercloudProfile = z.strictObject({
  packages: z.array(z.string()).default(['instack-undercloud', 'python2-openstackclient']),
  services: z.array(z.string()).default(services.map((name) => `openstack-${name}.service`)),
  files: z.array(z.string()).default(['/home/stack/stackrc', '/home/stack/undercloud.conf']),
  dirs: z.array(z.string()).default(['/home/stack/']),
});

export type UndercloudProfile = z.output<typeof undercloudProfile>;

/** Script that prints `undercloud yes`, or `undercloud no WHY`. A part of the profile that is empty is not asked for. */
export function recognise({ packages, services, files, dirs }: UndercloudProfile): Sh {
  const any = (what: string, items: readonly string[], holds: Sh) =>
    items.length === 0
      ? []
      : [
          sh`if [ -z "$lacks" ]; then
  found=
  for item in ${items}; do if ${holds}; then found=$item; break; fi; done
  [ -n "$found" ] || lacks=${`none of its ${what} is there: ${items.join(', ')}`}
fi`,
        ];
  return joinSh([
    sh`lacks=`,
    ...any('folders', dirs, sh`[ -d "$item" ]`),
    ...any('files', files, sh`[ -e "$item" ]`),
    ...any(
      'packages',
      packages,
      sh`if command -v dpkg-query >/dev/null 2>&1 && [ -s /var/lib/dpkg/status ]; then dpkg-query -W -f '\${Status}' "$item" 2>/dev/null | grep -q '^install ok installed'; else rpm -q "$item" >/dev/null 2>&1; fi`,
    ),
    ...any('services', services, sh`systemctl status "$item" >/dev/null 2>&1`),
    sh`if [ -z "$lacks" ]; then echo 'undercloud yes'; else echo "undercloud no $lacks"; fi`,
  ]);
}
