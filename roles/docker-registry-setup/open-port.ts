import { command, type Task } from '../../src/index.js';

/** Lets clients through the firewall that runs on the host, if one does: now, and after it starts again. @param opened `5000/tcp` */
export function openPort(opened: string, firewall: '' | 'firewalld' | 'iptables' | 'none'): Task[] {
  const [port = '', protocol = 'tcp'] = opened.split('/');
  const rule = `INPUT -p ${protocol} --dport ${port} -m conntrack --ctstate NEW -j ACCEPT`;
  const firewalld = command({
    title: `port ${opened} in firewalld`,
    cmd: `firewall-cmd --permanent --add-port=${opened} && firewall-cmd --add-port=${opened}`,
    unless: `firewall-cmd --permanent --query-port=${opened} && firewall-cmd --query-port=${opened}`,
    ...(firewall === '' ? { only_if: 'systemctl is-active firewalld' } : {}),
  });
  const iptables = command({
    title: `port ${opened} in iptables`,
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
