import { z } from 'zod';
import { absolutePath, needs } from '../path/path-params.js';
import { fileParams } from './file-params.js';

/** Parameters of the resources that edit a part of a file. */
export const editParams = {
  path: absolutePath.describe('The file'),
  create: z.boolean().default(false).describe('Create the file if it does not exist'),
  ...fileParams,
  needs,
};
