import type { ResourceKind } from '../model/task.js';
import { block } from './block.js';
import { directory } from './directory.js';
import { file } from './file.js';
import { json_file } from './json-file.js';
import { line } from './line.js';
import { link } from './link.js';
import { template } from './template.js';

/** Every kind of resource that a site may name. */
export const resourceKinds: readonly ResourceKind[] = [file, directory, link, template, line, block, json_file];
