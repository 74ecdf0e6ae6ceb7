import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { container } from '../lab/lab.js';

/** Calls that change a file system; opens count when they may write. */
const calls =
  'openat,open,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,' +
  'chmod,fchmodat,fchmod,chown,lchown,fchown,fchownat,truncate,ftruncate,utimensat,mknod,mknodat,mount,umount2,setxattr,lsetxattr';

/** What is not the host's storage. */
const volatile = /^\/(run|proc|dev|sys)(\/|$)/;

/**
 * Watches, with strace from outside, whatever sshd's children do on a host of the lab while something runs, and gives
 * the calls that wrote outside /run: the independent view of "nothing was changed".
 */
export async function writesDuring(host: string, work: () => Promise<unknown>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-strace-'));
  try {
    return await watch(host, join(folder, 'log'), work);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function watch(host: string, log: string, work: () => Promise<unknown>): Promise<string[]> {
  const strace = execa(
    'strace',
    ['-f', '-y', '-qq', '-s', '256', '-o', log, '-e', `trace=${calls}`, '-p', String(await sshdOf(host))],
    {
      reject: false,
    },
  );
  await attached(strace.pid);
  try {
    await work();
  } finally {
    strace.kill('SIGINT');
    await strace;
  }
  const lines = (await readFile(log, 'utf8')).split('\n');
  if (lines.length < 10) throw new Error(`strace saw next to nothing on ${host}: ${lines.join('\n')}`);
  return lines.filter(wrote);
}

/** Whether a line of strace's log is a call that succeeded in changing something that lasts. */
export function wrote(line: string): boolean {
  const call = /^\d+\s+(\w+)\((.*)\)\s+= (-?\d+)/.exec(line);
  if (call === null || Number(call[3]) < 0) return false;
  const [, name = '', rest = ''] = call;
  if (/^(open|openat)$/.test(name) && !/O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(rest)) return false;
  const paths = [...rest.matchAll(/"([^"]*)"|\d+<([^>]*)>/g)].map((match) => match[1] ?? match[2] ?? '');
  const target = paths.filter((path) => path.startsWith('/'));
  return !(target.length > 0 && target.every((path) => volatile.test(path)));
}

async function sshdOf(host: string): Promise<number> {
  const { stdout } = await execa('docker', ['top', container(host), '-eo', 'pid,args']);
  const listener = stdout.split('\n').find((line) => line.includes('[listener]'));
  const pid = Number.parseInt(listener ?? '', 10);
  if (!Number.isInteger(pid)) throw new Error(`no sshd on ${host}:\n${stdout}`);
  return pid;
}

async function attached(pid: number | undefined): Promise<void> {
  for (let turn = 0; turn < 50; turn++) {
    const { stdout } = await execa('pgrep', ['-P', String(process.pid), '-x', 'strace'], { reject: false });
    if (pid !== undefined && stdout.includes(String(pid))) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
}
