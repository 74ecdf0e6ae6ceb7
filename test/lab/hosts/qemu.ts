import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { inCache } from '../machine/cache.js';
import { daemonRuns, lastLines, processorSeconds, startDaemon } from '../machine/daemon.js';
import { findProgram } from '../machine/packages.js';
import { until } from '../machine/progress.js';
import { nfs1, registryPort, sshPort } from './places.js';
import { waitForLogin } from './ssh.js';

/** Which process nfs1 is. */
export const vmRecord = inCache('vm', 'qemu.json');
const consoleLog = inCache('vm', 'console.log');
const monitor = inCache('vm', 'monitor');

/**
 * Processor without what makes memory harder to attack and five levels of its tables: emulated, each way into the kernel
 * and each page cost more with them. Starting a process took four times as long.
 */
const cpu = 'max,la57=off,smap=off,smep=off,pku=off,umip=off';
/** Options of the kernel: its own hardening is left out likewise, and security modules. */
const kernelOptions = [
  'console=ttyS0 root=/dev/vda rw net.ifnames=0 quiet systemd.show_status=0 panic=1',
  'mitigations=off nokaslr norandmaps init_on_alloc=0 hardened_usercopy=off randomize_kstack_offset=off',
  'lsm=yama audit=0 nowatchdog',
].join(' ');

/** Milliseconds that nfs1 has to boot or wake: 18 s on a quiet machine, many minutes on one with a load of 20. */
const patience = 20 * 60_000;

/**
 * Starts nfs1 and waits for a login. From the disk it boots, and what it writes stays; from the memory that was saved
 * when it had booted, it is there in a second or two, and what it writes is forgotten.
 */
export async function startQemu(image: string, { from }: { from: 'disk' | 'memory' }): Promise<void> {
  await mkdir(inCache('vm'), { recursive: true });
  await rm(monitor, { force: true });
  const args = [
    // Software emulation: where KVM is missing or hangs, this works all the same. One processor: with
    // two, a tenth of the work was waiting for the other, and on a busy machine one may be stopped with a lock in its hand.
    ...['-accel', 'tcg', '-cpu', cpu, '-smp', '1', '-m', '1024', '-nographic', '-no-reboot'],
    ...['-kernel', join(image, 'vmlinuz'), '-initrd', join(image, 'initrd'), '-append', kernelOptions],
    ...['-drive', `file=${join(image, 'disk.img')},if=virtio,format=raw,snapshot=${from === 'memory' ? 'on' : 'off'}`],
    ...['-nic', `user,model=virtio-net-pci,${forwards()}`],
    ...['-serial', 'stdio', '-monitor', `unix:${monitor},server,nowait`],
    ...(from === 'memory' ? ['-incoming', `exec:cat '${join(image, 'memory')}'`] : []),
  ];
  // Its suites are the longest: it goes before all else where that is permitted (nice says so where it isn't, and goes on).
  const qemu = findProgram('qemu-system-x86_64') ?? 'qemu-system-x86_64';
  await startDaemon('nice', ['-n', '-10', qemu, ...args], consoleLog, vmRecord);
  // A connection made while the memory is still being read would be retried only after seven seconds.
  await until('nfs1 to run', patience, async () => !(await daemonRuns(vmRecord)) || (await runs()), { report });
  const gone = async () =>
    (await daemonRuns(vmRecord)) ? undefined : `qemu ended (${consoleLog}):\n${await lastLines(consoleLog)}`;
  await waitForLogin(nfs1.name, patience, gone, report);
}

/** Saves the memory of the running nfs1 to a file, and ends it. */
export async function saveMemory(file: string): Promise<void> {
  const socket = connect(monitor);
  await once(socket, 'connect');
  socket.resume();
  // Stopped first: pages that the emulated processors write while they are being saved may be missed.
  socket.write(`stop\nmigrate "exec:cat > '${file}'"\nquit\n`);
  await until('nfs1 to save its memory', patience, async () => !(await daemonRuns(vmRecord)), { report });
  socket.destroy();
}

/** Whether the machine's processors run; where they stand still, with the memory read, they are set going. */
async function runs(): Promise<boolean> {
  const status = await ask('info status');
  if (/VM status: paused/.test(status) && !/inmigrate/.test(status)) await ask('cont');
  return status.includes('VM status: running');
}

/** What qemu's monitor says to a line. */
async function ask(line: string): Promise<string> {
  let said = '';
  const socket = connect(monitor);
  socket.setTimeout(1000, () => socket.destroy());
  socket.on('data', (bytes) => {
    said += bytes.toString();
    // The prompt behind the answer: one stands before it as well.
    if (said.split('(qemu) ').length > 2) socket.destroy();
  });
  socket.on('error', () => socket.destroy());
  socket.write(`${line}\n`);
  await new Promise((resolve) => socket.once('close', resolve));
  return said;
}

/** Returns the end of a line about the wait for nfs1: it tells a machine that stands still from a slow one. */
async function report(): Promise<string> {
  return `qemu has used ${Math.round(await processorSeconds(vmRecord))} s of processor time`;
}

/** nfs1's ports: on its own loopback address, and at the bridge, where the other hosts look for it. */
function forwards(): string {
  const forward = (address: string, port: number, guest: number) => `hostfwd=tcp:${address}:${port}-:${guest}`;
  return [nfs1.address, nfs1.inside]
    .flatMap((address) => [forward(address, sshPort, 22), forward(address, registryPort, registryPort)])
    .join(',');
}
