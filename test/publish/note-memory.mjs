/* Loaded into a measured process before its own program: at its end it writes the most memory that it had, in KiB. */
import { writeFileSync } from 'node:fs';

process.on('exit', () => writeFileSync(process.env.NOTED_MEMORY, String(process.resourceUsage().maxRSS)));
