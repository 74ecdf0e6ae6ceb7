import { X509Certificate } from 'node:crypto';
import { readFile, statfs } from 'node:fs/promises';
import { formatBytes } from '../../../text/format-bytes.js';
import { type HealthCheck, healthy, unhealthy } from './health-check.js';

const day = 24 * 3_600_000;

/** Checks the room that is left where the service keeps its state. */
export async function checkDisk(folder: string): Promise<HealthCheck> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const [free, all] = [bavail * bsize, blocks * bsize];
  const detail = `${formatBytes(free)} of ${formatBytes(all)} are free`;
  const hint = 'Make room: delete images that nobody needs, keep fewer jobs (jobs_kept, jobs_bytes), or add storage';
  const about = { name: 'disk' as const, subject: folder, detail, hint };
  if (free < 100 * 1024 ** 2 || free < all * 0.01) return unhealthy('failing', about);
  if (free < 1024 ** 3 && free < all * 0.1) return unhealthy('warning', about);
  return healthy('disk', detail, folder);
}

/** Checks how long a certificate counts. @param renew words that say what to do */
export function checkCertificate(pem: string, subject: string, renew: string, now = Date.now()): HealthCheck {
  const end = Date.parse(new X509Certificate(pem).validTo);
  const days = Math.floor((end - now) / day);
  const detail = days < 0 ? `it ended ${new Date(end).toISOString()}` : `it ends in ${days} days`;
  const about = { name: 'certificate' as const, subject, detail, hint: renew };
  if (days < 3) return unhealthy('failing', about);
  return days < 21 ? unhealthy('warning', about) : healthy('certificate', detail, subject);
}

/** Checks the certificate of a file. */
export async function checkCertificateFile(file: string): Promise<HealthCheck> {
  try {
    return checkCertificate(await readFile(file, 'utf8'), file, 'Renew it: a new file counts within seconds');
  } catch (error) {
    const detail = `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    const hint = 'Put the certificate there: the service goes on with the one that it has read';
    return unhealthy('failing', { name: 'certificate', subject: file, detail, hint });
  }
}
