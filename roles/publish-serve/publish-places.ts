/** Unit of `provision publish serve`. */
export const publishUnit = 'provision-publish';
export const publishUnitFile = `/etc/systemd/system/${publishUnit}.service`;
/** Folder of its configuration. */
export const publishFolder = '/etc/provision-publish';
export const craneConfigFile = `${publishFolder}/crane.conf`;
/** Folder of its certificate and key. */
export const publishTlsFolder = `${publishFolder}/tls`;
/** Private key that CloudFront knows. */
export const cloudFrontKey = `${publishFolder}/cloudfront.pem`;
/** Authorities of certificates that open protected repositories. */
export const clientAuthorities = `${publishFolder}/client-ca.pem`;
/** Authority of the S3 service. */
export const storeAuthority = `${publishFolder}/store-ca.pem`;
/** Account of the store, in the form of `~/.aws/credentials`. */
export const storeAccountFile = `${publishFolder}/credentials`;
