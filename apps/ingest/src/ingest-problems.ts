import { defineProblems } from '#runtime';

/** Why the door refuses one event: the codes of the verdicts, each with the status that it gives a push of that event alone. */
export const REFUSALS = defineProblems({
  'not-an-event': {
    status: 400,
    title: 'This is not a CloudEvent',
    detail: 'Send each event as one JSON object with the attributes of CloudEvents 1.0.',
  },
  'bad-attribute': {
    status: 400,
    title: 'An attribute of the CloudEvent is missing or wrong',
    detail: 'Mend each attribute that issues names and send the event again.',
  },
  'not-your-source': {
    status: 403,
    title: 'The credential may not speak for this source',
    detail:
      'Use the source that the operator of the hub registered for your client, or ask for it.',
  },
  'source-not-ready': {
    status: 409,
    title: 'The source is not set up to be read',
    detail: "Tell the operator of the hub that the source's settings and its adapter do not agree.",
  },
  'unknown-type': {
    status: 422,
    title: "The source's adapter does not know this type",
    detail: 'Send one of the types that issues names.',
  },
  'data-too-large': {
    status: 413,
    title: "The event's data is too large",
    detail: 'Send less data in each event; the limit stands in issues.',
  },
  'data-too-deep': {
    status: 400,
    title: "The event's data is nested too deep",
    detail: 'Send flatter data; the limit stands in issues.',
  },
  'bad-data': {
    status: 422,
    title: "The event's data is not what the source's adapter reads",
    detail: 'Mend each place that issues names and send the event again.',
  },
});

export type RefusalCode = keyof typeof REFUSALS;

/** Why the door refuses a whole request, beside the problems that every stage has. */
export const INGEST_PROBLEMS = defineProblems({
  'events-refused': {
    status: 422,
    title: 'No event of the request was accepted',
    detail:
      'Each event has its own code and issues in errors; mend them and send the events again.',
  },
  'too-many-events': {
    status: 413,
    title: 'The batch holds too many events',
    detail: 'Send smaller batches, or the events as application/x-ndjson.',
  },
});
