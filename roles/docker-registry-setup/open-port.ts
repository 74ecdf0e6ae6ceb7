import { command, type Task } from '../../src/index.js';

/** Lets clients through the firewall that runs on the host, if one does: now, and after it starts again. */
export function openPort(port: string, firewall: '' | 'firewalld' | 'iptables' | 'none'): Task[] {
  const rule = `INPUT -p tcp --dport ${port} -m conntrack --ctstate NEW -j ACCEPT`;
  const firewalld = command({
    title: `port ${port}/tcp in firewalld`,
    cmd: `firewall-cmd --permanent --add-port=${port}/tcp && firewall-cmd --add-port=${port}/tcp`,
    unless: `firewall-cmd --permanent --query-port=${port}/tcp && firewall-cmd --query-port=${port}/tcp`,
    ...(firewall === '' ? { only_if: 'systemctl is-active firewalld' } : {}),
  });
  const iptables = command({
    title: `port ${port}/tcp in iptables`,
    cmd: `iptables -I ${rule.replace('INPUT', 'INPUT 1')} && { service iptables save || netfilter-persistent save; }`,
    unless: `iptables -C ${rule}`,
    ...(firewall === '' ? { only_if: 'systemctl is-active iptables' } : {}),
  });
  switch (firewall) {
    case 'none':
      return [];
    case 'firewalld':
      return [firewalld];
    case 'iptables':
      return [iptables];
    case '':
      return [firewalld, iptables];
  }
}
