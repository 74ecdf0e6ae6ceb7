/**
 * Ways to treat what is attached to images, which is signatures, attestations and SBOMs. `all`: they are copied, also
 * those that came after the image. `once`: they are copied with the image and looked for no more. `none`: they are left.
 */
export const attachmentsModes = ['all', 'once', 'none'] as const;

export type AttachmentsMode = (typeof attachmentsModes)[number];
