import { X509Certificate } from 'node:crypto';

/** The server ended the TLS connection, most often over the certificate of a client, or for want of one. */
export class TlsRefusal extends Error {
  constructor(
    message: string,
    readonly hint: string | undefined,
    cause: Error,
  ) {
    super(message, { cause });
  }
}

/** Alerts that a server sends over what the client showed it (RFC 8446, 6.2). */
const overCertificate = new Set([41, 42, 43, 44, 45, 46, 48, 49, 116]);

/** Alert of OpenSSL's servers to a client without a certificate up to TLS 1.2; it has other causes too. */
const handshakeFailure = 40;

/**
 * Reads the alert of a server, which Node passes on in OpenSSL's words; undefined for other errors.
 * @param host as in references: the folder of its certificates has this name
 * @param certificate that of the client, PEM, where it has one
 */
export function readTlsRefusal(error: Error, host: string, certificate: string | undefined): TlsRefusal | undefined {
  const [, words = '', number] = /\balert ([^:]+):[^\n]*SSL alert number (\d+)/.exec(error.message) ?? [];
  if (number === undefined) return undefined;
  const alert = `TLS alert ${number}, ${words}`;
  if (overCertificate.has(Number(number))) {
    return certificate === undefined
      ? new TlsRefusal(`it wants the certificate of a client (${alert})`, placeHint(host), error)
      : new TlsRefusal(
          `it does not take the client certificate ${certificateText(certificate)} (${alert})`,
          acceptedHint,
          error,
        );
  }
  const wanting = Number(number) === handshakeFailure && certificate === undefined;
  const hint = wanting ? `${placeHint(host)}, if it wants the certificate of a client` : undefined;
  return new TlsRefusal(`it ends the TLS connection (${alert})`, hint, error);
}

const acceptedHint =
  'give one that is valid now, made for clients, and issued by an authority that the registry accepts for them';

function placeHint(host: string): string {
  return `put it and its key into /etc/containers/certs.d/${host}/ or ~/.docker/certs.d/${host}/, as client.cert and client.key`;
}

function certificateText(certificate: string): string {
  const { subject, validTo } = new X509Certificate(certificate);
  return `${subject.replaceAll('\n', ', ')}, valid until ${new Date(validTo).toISOString()}`;
}
