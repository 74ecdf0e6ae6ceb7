const setting =
  'it is a setting of the inventory, and in templates only where the inventory has it: give it a variable of your own';
const none = 'there is no counterpart';

/** Ansible's variables that templates here do not have, each with what to write in its place. */
const counterparts: Readonly<Record<string, string>> = {
  ansible_host: setting,
  ansible_port: setting,
  ansible_user: setting,
  ansible_connection: setting,
  ansible_become: setting,
  ansible_become_user: setting,
  ansible_facts: 'facts are under `facts`: facts.os_family, facts.arch; their values are in small letters',
  ansible_check_mode: `${none}: in a role of TypeScript it is flags.check`,
  ansible_diff_mode: none,
  ansible_managed: `${none}: write the line into the template`,
  ansible_version: none,
  ansible_date_time: `${none}: a value that differs in every run would change the file in every run`,
  ansible_env: `${none}: give the value in a variable`,
  ansible_play_hosts: 'write groups.NAME, the hosts of a group',
  ansible_play_batch: 'write groups.NAME, the hosts of a group',
  ansible_play_name: none,
  ansible_role_name: none,
  ansible_loop: none,
  ansible_distribution_release: `${none}: facts.os_version is the number`,
  ansible_memtotal_mb: `${none}: ask it in a task with register`,
  ansible_processor_vcpus: `${none}: ask it in a task with register`,
  ansible_default_ipv6: `${none}: facts.addresses has all addresses`,
  ansible_service_mgr: 'write facts.service_manager',
  ansible_pkg_mgr: 'write facts.package_manager',
  ansible_kernel: 'write facts.kernel',
  ansible_nodename: 'write ansible_hostname',
  ansible_machine: 'write ansible_architecture',
  ansible_user_dir: 'write facts.home',
  ansible_user_uid: 'write facts.uid',
  ansible_all_ipv6_addresses: 'facts.addresses has all addresses',
  play_hosts: 'write groups.NAME, the hosts of a group',
  inventory_dir: 'playbook_dir is the folder of the site',
  inventory_file: none,
  role_path: `${none}: templates and files are found beside the site`,
  role_name: none,
  lookup: `${none}: use vars_files, a vault, or --ask`,
  vars: `${none}: name the variable itself`,
  environment: none,
};

/** Returns what to write in place of a variable of Ansible's; undefined for names that are not Ansible's. */
export function insteadOfAnsibleName(name: string): string | undefined {
  if (Object.hasOwn(counterparts, name)) return counterparts[name];
  return undefined;
}
