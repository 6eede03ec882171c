import { ENVELOPE_ATTRIBUTES, type Envelope } from '#canonical';
import type { RelayedRow } from '#stage';

/** An event to a huvudman as its feed gives it. */
export interface StructuredEvent {
  readonly huvudman: string;
  readonly id: string;
  readonly subject: string;
  readonly cause: string;
  /** The CloudEvent in structured mode (CloudEvents JSON format §3), as JSON text. */
  readonly event: string;
}

const HUVUDMAN_TOPIC = /^huvudman\.([a-z0-9]{8,32})\.events$/;

/** The same event that the huvudman's topic has, attribute for attribute; undefined for a row of another topic. */
export function structuredEvent({
  topic,
  headers,
  value,
  cause,
}: RelayedRow): StructuredEvent | undefined {
  const huvudman = HUVUDMAN_TOPIC.exec(topic)?.[1];
  if (huvudman === undefined) return undefined;
  const binary = JSON.parse(headers) as Record<string, string>;
  const attributes: Record<string, string> = { specversion: '1.0' };
  for (const attribute of ENVELOPE_ATTRIBUTES) {
    const text =
      attribute === 'datacontenttype' ? binary['content-type'] : binary[`ce_${attribute}`];
    if (text !== undefined) attributes[attribute] = text;
  }
  const { id, subject } = attributes as unknown as Envelope & { subject: string };
  // The payload is JSON text already; what is JSON need not be read to be passed on.
  const event = `${JSON.stringify(attributes).slice(0, -1)},"data":${value}}`;
  return { huvudman, id, subject, cause, event };
}
