/** Variables of Ansible's that say nothing which matters here: how its modules run, and connections other than ssh. */
const ignored: readonly RegExp[] = [
  /^ansible_(?:\w+_)?interpreter(?:_fallback)?$/,
  /^ansible_group_priority$/,
  /^ansible_(?:ssh_)?(?:pipelining|retries|transfer_method|use_tty|scp_if_ssh|control_path(?:_dir)?)$/,
  /^ansible_(?:scp|sftp)_\w+$/,
  /^ansible_shell_\w+$/,
  /^ansible_(?:remote_tmp|async_dir|system_tmpdirs|module_\w+|common_remote_group|world_readable_temp)$/,
  /^ansible_(?:sudo|su)_\w+$/,
  /^ansible_(?:winrm|psrp|docker|podman|kubectl|oc|lxc|lxd|jail|chroot|network|netconf|httpapi|libssh|paramiko|aws_ssm|vmware|collection|local_temp)\w*$/,
  /^ansible_(?:facts|managed|version|check_mode|diff_mode|forks|verbosity|limit|run_tags|skip_tags|play_hosts|play_batch|play_name|role_name|parent_role_names|search_path|inventory_sources|config_file|playbook_python|loop|loop_var|index_var|dependent_role_names)$/,
  /^ansible_(?:cpu|processor|memory|mem|swap|memtotal|memfree|devices|mounts|interfaces|all_ipv[46]|default_ipv[46]|date_time|env|selinux|service_mgr|pkg_mgr|virtualization|lsb|local|user_\w+|real_\w+|effective_\w+|bios|product|board|system|machine|kernel|distribution|os_family|hostname|fqdn|nodename|domain|dns|python|apparmor|uptime|is_chroot|iscsi|fips|form_factor|cmdline|proc_cmdline|lvm|ssh_host_key|userspace|architecture|hostnqn|loadavg|locally)\w*$/,
];

/** Tells if a variable that begins with `ansible_` is one of Ansible's that changes nothing here. */
export function isIgnoredSetting(name: string): boolean {
  return ignored.some((pattern) => pattern.test(name));
}
