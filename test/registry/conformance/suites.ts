/** Names of our cases for each that a published suite has, by the suite's own name for it. */
type CasesOfSuite = Readonly<Record<string, readonly string[]>>;

const digests = ['sha256', 'sha512'] as const;
const both = (name: string) => digests.map((algorithm) => `${algorithm}: ${name}`);
const pulls = (name: string) => [`pushed and pulled: ${name}`];

/** The conformance suite of distribution-spec v1.1.1: its specifications but those that only set up or clean up. */
export const suite111: CasesOfSuite = {
  'Pull blobs: HEAD request to nonexistent blob should result in 404 response': both('a blob that is not there'),
  'Pull blobs: HEAD request to existing blob should yield 200': both('POST, then PUT'),
  'Pull blobs: GET nonexistent blob should result in 404 response': ['a blob that is not there, in words'],
  'Pull blobs: GET request to existing blob URL should yield 200': both('POST, then PUT'),
  'Pull manifests: HEAD request to nonexistent manifest should return 404': [
    'a manifest whose reference can be neither a tag nor a digest was an error, and is not there',
  ],
  'Pull manifests: HEAD request to manifest path (digest) should yield 200 response': pulls('image'),
  'Pull manifests: HEAD request to manifest path (tag) should yield 200 response': pulls('image'),
  'Pull manifests: GET nonexistent manifest should return 404': ['a manifest that is not there'],
  'Pull manifests: GET request to manifest path (digest) should yield 200 response': pulls('image'),
  'Pull manifests: GET request to manifest path (tag) should yield 200 response': pulls('image'),
  'Error codes: 400 response body should contain OCI-conforming JSON message': [
    'an error is told in JSON, with a code and a message',
  ],
  'Blob Upload Streamed: PATCH request with blob in body should yield 202 response': both('a stream of unknown length'),
  'Blob Upload Streamed: PUT request to session URL with digest should yield 201 response':
    both('a stream of unknown length'),
  'Blob Upload Monolithic: GET nonexistent blob should result in 404 response': both('a blob that is not there'),
  'Blob Upload Monolithic: POST request with digest and blob should yield a 201 or 202': both('one POST'),
  'Blob Upload Monolithic: GET request to blob URL from prior request should yield 200 or 404': both('one POST'),
  'Blob Upload Monolithic: POST request should yield a session ID': both('POST, then PUT'),
  'Blob Upload Monolithic: PUT upload of a blob should yield a 201 Response': both('POST, then PUT'),
  'Blob Upload Chunked: Out-of-order blob upload should return 416': both(
    'chunks of the wrong order, then of the right one',
  ),
  'Blob Upload Chunked: PATCH request with first chunk should return 202': both('chunks'),
  'Blob Upload Chunked: Retry previous blob chunk should return 416': [
    'a chunk out of order is refused, and the upload goes on',
  ],
  'Blob Upload Chunked: Get on stale blob upload should return 204 with a range and location': [
    'a chunk out of order is refused, and the upload goes on',
  ],
  'Blob Upload Chunked: PATCH request with second chunk should return 202': both('chunks'),
  'Blob Upload Chunked: PUT request with digest should return 201': both('chunks'),
  'Cross-Repository Blob Mount: Cross-mounting of a blob without the from argument should yield session id': [
    'a blob is mounted from wherever it is',
  ],
  "Cross-Repository Blob Mount: POST request to mount another repository's blob should return 201 or 202": [
    'a blob is mounted from another repository',
  ],
  'Cross-Repository Blob Mount: GET request to test digest within cross-mount namespace should return 200': [
    'a blob is mounted from another repository',
  ],
  'Cross-Repository Blob Mount: Cross-mounting of nonexistent blob should yield session id': [
    'a mount of what is not there is an upload begun',
  ],
  'Cross-Repository Blob Mount: Cross-mounting without from, and automatic content discovery enabled should return a 201':
    ['a blob is mounted from wherever it is'],
  'Manifest Upload: GET nonexistent manifest should return 404': ['a manifest that is not there'],
  'Manifest Upload: PUT should accept a manifest upload': pulls('image'),
  'Manifest Upload: Registry should accept a manifest upload with no layers': pulls('image without layers'),
  'Manifest Upload: GET request to manifest URL (digest) should yield 200 response': pulls('image'),
  'Listing tags: GET request to list tags should yield 200 response': ['tags, sorted'],
  'Listing tags: GET number of tags should be limitable by `n` query parameter': ['tags in pages'],
  'Listing tags: GET start of tag is set by `last` query parameter': ['tags in pages'],
  'Listing references: GET request to nonexistent blob should result in empty 200 response': [
    'referrers of what is not there',
  ],
  'Listing references: GET request to existing blob should yield 200': ['referrers, and those of a type'],
  'Listing references: GET request to existing blob with filter should yield 200': ['referrers, and those of a type'],
  'Listing references: GET request to missing manifest should yield 200': ['referrers of a subject that comes later'],
  'Manifest delete: DELETE request to manifest tag should return 202': [
    'a tag goes, its manifest and the other tags stay',
  ],
  'Manifest delete: DELETE request to manifest (digest) should yield 202 response': [
    'a manifest goes, and its tags with it',
  ],
  'Manifest delete: GET request to deleted manifest URL should yield 404 response': [
    'a manifest goes, and its tags with it',
  ],
  'Manifest delete: GET request to tags list should reflect manifest deletion': [
    'a tag goes, its manifest and the other tags stay',
  ],
  'Blob delete: DELETE request to blob URL should yield 202 response': ['a blob goes'],
  'Blob delete: GET request to deleted blob URL should yield 404 response': ['a blob goes'],
};

/** The suite on distribution-spec's main branch (967efdc), with what its `dev` version adds. Blobs: by both algorithms. */
export const suiteOfMain: CasesOfSuite = {
  ping: ['the base'],
  'empty/tag list': ['tags of a repository that is not there'],
  'empty/referrers': ['referrers of what is not there'],
  'blobs/get-missing': both('a blob that is not there'),
  'blobs/post only': both('one POST'),
  'blobs/post+put': both('POST, then PUT'),
  'blobs/chunked single': both('a wrong digest, by every way to push'),
  'blobs/stream': both('a stream of unknown length'),
  'blobs/mount': both('mounted from another repository, or begun where it is not there'),
  'blobs/mount anonymous': ['a blob is mounted from wherever it is'],
  'blobs/mount missing': both('mounted from another repository, or begun where it is not there'),
  'blobs/post cancel': ['an upload is cancelled'],
  'blobs/chunked multi': both('chunks'),
  'blobs/chunked multi and put chunk': both('chunks, the last one with PUT'),
  'blobs/chunked out-of-order': ['a chunk out of order is refused, and the upload goes on'],
  'blobs/chunked out-of-order and put chunk': both('chunks of the wrong order, then of the right one'),
  'blobs/range requests/range 500-1499': both('parts, also beyond the end and reversed'),
  'blobs/range requests/range 500-': both('parts, also beyond the end and reversed'),
  'blobs/range requests/range -500': both('parts, also beyond the end and reversed'),
  'blobs/range requests/range 2000-5000': both('parts, also beyond the end and reversed'),
  'blobs/range requests/range 500-0': both('parts, also beyond the end and reversed'),
  'blobs/range requests/range 5000-10000': both('parts, also beyond the end and reversed'),
  'blobs/empty': both('known contents, empty and {}'),
  'blobs/emptyJSON': both('known contents, empty and {}'),
  'blobs/bad digest post only': both('a wrong digest, by every way to push'),
  'blobs/bad digest post+put': both('a wrong digest'),
  'blobs/bad digest chunked': both('a wrong digest'),
  'blobs/bad digest chunked and put chunk': both('a wrong digest, by every way to push'),
  'blobs/bad digest stream': both('a wrong digest, by every way to push'),
  image: pulls('image'),
  'image-uncompressed': pulls('image with layers that are not compressed'),
  'large-manifest': pulls('image of nearly 4 MiB'),
  index: pulls('index'),
  'nested-index': pulls('index of indexes'),
  'empty-index': pulls('index of nothing'),
  artifact: pulls('artifact'),
  'artifact-index': pulls('artifact index'),
  'artifact-without-layers': pulls('artifact without layers'),
  'artifacts-with-subject': ['referrers, and those of a type'],
  'index-with-subject': ['an index that refers'],
  'missing-subject': ['referrers of a subject that comes later'],
  'data-field': pulls('image with data in its descriptor'),
  'non-distributable-layers': pulls('image with layers that are had elsewhere'),
  'custom-fields': pulls('image with fields of its own'),
  'no-layers': pulls('image without layers'),
  sparse: ['an index with manifests that are not there is kept, or refused by name'],
  sha512: ['sha512: an index with its images, pushed with tags beside the digest, pulled and deleted'],
  'tag-param-sha256': ['sha256: an index with its images, pushed with tags beside the digest, pulled and deleted'],
  'tag-param-sha512': ['sha512: an index with its images, pushed with tags beside the digest, pulled and deleted'],
  'bad-digest-image': ['a manifest with bytes behind those of its digest, and one by a digest that is none'],
  'tag-list': ['tags, sorted', 'tags in pages'],
  'delete/tag-delete': ['a tag goes, its manifest and the other tags stay'],
  'delete/manifest-delete': ['a manifest goes, and its tags with it'],
  'delete/blob-delete': ['a blob goes'],
  'missing-manifest/by-digest': ['a manifest that is not there'],
  'missing-manifest/by-tag': ['a manifest that is not there'],
  'invalid-digest-format/manifest-put': [
    'a manifest with bytes behind those of its digest, and one by a digest that is none',
  ],
  'invalid-digest-format/manifest-get': [
    'a manifest with bytes behind those of its digest, and one by a digest that is none',
  ],
};
