import { z } from 'zod';
import {
  absolutePath,
  backup,
  force,
  forceVariable,
  group,
  mode,
  needs,
  owner,
  validate,
} from '../path/path-params.js';

/** Parameters of the resources that edit a part of a file. */
export const editParams = {
  path: absolutePath.describe('The file'),
  create: z.boolean().default(false).describe('Make the file where there is none'),
  owner: owner.optional(),
  group: group.optional(),
  mode: mode.optional().describe('Permissions, quoted: "0644"; a new file has 0644'),
  validate: validate.optional(),
  backup,
  force,
  force_variable: forceVariable,
  needs,
};
