import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { vmImage } from '../images/vm-image.js';
import { inCache } from '../machine/cache.js';
import { daemonRuns, stopDaemon } from '../machine/daemon.js';
import { say, step } from '../machine/progress.js';
import { nfs1 } from './places.js';
import { startQemu, vmRecord } from './qemu.js';
import { ssh } from './ssh.js';

const current = inCache('vm', 'image');

/** Makes nfs1 run, as it was when its image was made; left alone where it does so already. */
export async function vmUp(): Promise<void> {
  const image = await vmImage(vmDown);
  const runs = await daemonRuns(vmRecord);
  if (runs && (await readFile(current, 'utf8').catch(() => '')) === image) return;
  if (runs) await vmDown();
  await mkdir(inCache('vm'), { recursive: true });
  await step('wake nfs1', async () => {
    await startQemu(image, { from: 'memory' });
    await ssh(nfs1.name, `date -s @${Math.round(Date.now() / 1000)}`); // it slept since its image was made
  });
  await writeFile(current, image);
}

/** Switches nfs1 off. */
export async function vmDown(): Promise<void> {
  if (await daemonRuns(vmRecord)) say('switch nfs1 off');
  await stopDaemon(vmRecord, 'SIGKILL');
}

/** Whether nfs1 runs. */
export async function vmRuns(): Promise<boolean> {
  return daemonRuns(vmRecord);
}
