import { PROBLEMS, type ProblemKind } from '#runtime';
import { INGEST_PROBLEMS, REFUSALS } from '../src/ingest-problems.js';
import { problemOfRefusals } from '../src/judge/tell-verdicts.js';

const MENDED = 'once it is mended; the same `id` may be used';
const LATER = 'the whole request, with the same ids, after `Retry-After`';

/** Whether a push is to be sent again after this answer; every problem that a push can meet, and no other. */
const SEND_AGAIN: Readonly<Record<string, string>> = {
  'not-an-event': MENDED,
  'bad-attribute': MENDED,
  'not-your-source': 'once the operator has registered the source for your client',
  'source-not-ready': 'once the operator has mended the settings; the same `id` may be used',
  'unknown-type': 'with a known type; ask the operator if the type should be known',
  'data-too-large': MENDED,
  'data-too-deep': MENDED,
  'bad-data': MENDED,
  'events-refused': 'once each is mended; the same ids may be used',
  'too-many-events': 'in smaller batches; nothing was stored',
  'bad-request': 'once it is mended; of a body that broke off: with the same ids',
  'malformed-body': 'once it is mended; nothing was stored',
  'token-missing': 'with a token',
  'token-invalid': 'with a new token',
  'scope-missing': 'with a token that has the scope `events:write`',
  'not-found': 'to the right address',
  'request-timeout': 'with the same ids, faster or in smaller parts; a stream from `resumeAtLine`',
  'body-too-large': 'in smaller parts; a stream from `resumeAtLine`',
  'unsupported-media-type': 'with one of the media types in `accepted`, not compressed',
  'too-many-requests': LATER,
  internal: 'later, with the same ids; if it stays so, tell the operator `instance`',
  unavailable: LATER,
  'issuer-unavailable': LATER,
  closing: `${LATER}; a stream from \`resumeAtLine\``,
};

/** What no push meets, or only one that is no HTTP request of the interface's form. */
const ELSEWHERE = [
  'validation-failed', 'forbidden', 'operator-only', 'route-closed', 'method-not-allowed', 'not-acceptable', 'conflict', 'gone', 'address-too-long',
  'headers-too-large',
]; // prettier-ignore

/** Codes that are neither in the table nor said to be elsewhere, and those that no kind has. */
export function unplaced(kinds: readonly ProblemKind[]): string[] {
  const codes = kinds.map(({ code }) => code);
  const placed = [...Object.keys(SEND_AGAIN), ...ELSEWHERE];
  return [
    ...codes.filter((code) => !placed.includes(code)),
    ...placed.filter((code) => !codes.includes(code)),
  ];
}

/** The section of the README, without its head. */
export function describeProblems(): string {
  const kinds: Readonly<Record<string, ProblemKind>> = {
    ...REFUSALS,
    ...INGEST_PROBLEMS,
    ...PROBLEMS,
  };
  const rows = Object.entries(SEND_AGAIN).map(([code, again]) => {
    const { status, title, detail } = kinds[code]!;
    return `| ${status} | \`${code}\` | ${title} | ${detail} | ${again} |`;
  });
  return [
    'An error is `application/problem+json` (RFC 9457). Its `type` is `urn:elevnav:problem:` and the code; the first eight codes are those of',
    'verdicts too. `detail` may say it more exactly than here. `instance` is an id of this one answer; the log of a 500 has it.',
    '',
    '| status | code | what it means | what to do | send it again |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    'One event whose data has no `id`:',
    '',
    '```json',
    JSON.stringify(sample(), null, 2),
    '```',
  ].join('\n');
}

function sample(): object {
  const says =
    'Required: the id of the object that the event is about, as a text. Add it in the sending system and send the event again.';
  const refusal = {
    verdict: 'refused',
    id: '2026-11-22/4711',
    code: 'bad-data',
    issues: [{ pointer: '/data/id', says }],
  } as const;
  const problem = problemOfRefusals([{ pointer: '#', refusal }], 1);
  return problem.document('urn:uuid:9b2d4a1e-6f3c-4a57-8f0b-2c5d7e9a1b34');
}
