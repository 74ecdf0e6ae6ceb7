/*
 * Builds dist: what the checkout runs and what the package has. `npm run build`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleCommand } from './bundle.js';
import { removeLeftovers } from './leftovers.js';
import { licensesOf } from './licenses.js';
import { dist } from './places.js';
import { bundleRegistryProgram } from './registry-program.js';
import { compileTypes } from './types.js';

const licenses = 'LICENSES.txt';

const [types, command, program] = await Promise.all([compileTypes(), bundleCommand(), bundleRegistryProgram()]);
writeFileSync(join(dist, licenses), licensesOf(command.foreignModules));
removeLeftovers([...types, ...command.names, ...program, licenses]);
