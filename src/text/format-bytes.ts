const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Returns a number of bytes in words: `12.3 MB`, in powers of ten as disks and networks are sold. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
