import { z } from 'zod';

const text = (description: string, example: string) => z.string().meta({ description, examples: [example] });

/** Schema of {@link Facts}, with what each of them is: its description and an example are part of the documentation. */
export const factsSchema = z.object({
  os_family: z.enum(['debian', 'redhat', 'other']).meta({ description: 'Kind of distribution', examples: ['debian'] }),
  os_id: text('`ID` of os-release(5)', 'ubuntu'),
  os_version: text('`VERSION_ID` of os-release(5), empty where there is none', '24.04'),
  os_major: z
    .number()
    .meta({ description: 'Number before the first dot of `os_version`, 0 where there is none', examples: [24] }),
  os_name: text('Name of the release for people', 'Ubuntu 24.04.3 LTS'),
  arch: text('Architecture, as `uname -m` prints it', 'x86_64'),
  kernel: text('Release of the kernel', '6.8.0-71-generic'),
  hostname: text('Name of the host without its domain', 'registry1'),
  fqdn: text('Name of the host with its domain', 'registry1.example.org'),
  addresses: z
    .array(z.string())
    .readonly()
    .meta({
      description: "All addresses but loopback's and link-local IPv6 ones, IPv4 first",
      examples: [['192.0.2.10', '2001:db8::10']],
    }),
  default_address: text(
    'Address of the interface that the default route leaves by, else the first address, else empty',
    '192.0.2.10',
  ),
  package_manager: z
    .enum(['apt', 'dnf', 'yum', 'none'])
    .meta({ description: 'Package manager of the host', examples: ['apt'] }),
  service_manager: z
    .enum(['systemd', 'sysvinit', 'none'])
    .meta({ description: 'Service manager that runs on the host', examples: ['systemd'] }),
  docker_version: text('Version of the docker client, empty when not installed', '28.5.1'),
  podman_version: text('Version of podman, empty when not installed', ''),
  user: text('User that scripts run as: `root` once become holds', 'root'),
  uid: z.number().meta({ description: 'Number of that user', examples: [0] }),
  home: text('Home folder of that user', '/root'),
});

/** Facts of a host, gathered in one request before its tasks are made. */
export type Facts = Readonly<z.output<typeof factsSchema>>;
