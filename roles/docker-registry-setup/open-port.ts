import { firewall_port, type Task } from '../../src/index.js';

/** Lets clients through the firewall that runs on the host, if one does: now, and after it starts again. @param opened `5000/tcp` */
export function openPort(opened: string, firewall: '' | 'firewalld' | 'iptables' | 'none'): Task[] {
  if (firewall === 'none') return [];
  return [firewall_port({ port: opened, backend: firewall === '' ? 'auto' : firewall })];
}
