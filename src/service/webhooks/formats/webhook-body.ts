/** Body of a delivery, as it is sent. */
export interface WebhookBody {
  readonly contentType: string;
  readonly text: string;
}

/** Makes a body of JSON. */
export function jsonBody(value: unknown, contentType = 'application/json'): WebhookBody {
  return { contentType, text: JSON.stringify(value) };
}
